using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>
/// Creates the images of the next rows on other threads while the current one is used. Images are returned in the order of the rows, regardless of the
/// order in which they are finished, and an error is thrown when its row is read. Used on one thread.
/// </summary>
internal sealed class ReadAhead(ImageSource source, SourceCursor cursor) : IDisposable
{
    // An approximate limit of the memory for waiting images.
    private const long MemoryBudget = 256L << 20;

    private static readonly int Longest = 2 * Environment.ProcessorCount;

    private readonly Queue<(long Position, Task<MLImage?> Image)> _waiting = new();
    private readonly CancellationTokenSource _end = new();
    private long _previous = -2;
    private int _length;
    private int _limit = Longest;

    /// <summary>The image of the cursor's row, which the caller owns.</summary>
    public MLImage? Read()
    {
        var (position, row) = (cursor.Position, cursor.Row);
        while (_waiting.TryPeek(out var first) && first.Position < position)
        {
            Drop(_waiting.Dequeue().Image);
        }

        var made = _waiting.TryPeek(out var next) && next.Position == position ? _waiting.Dequeue().Image : null;

        // A reader that has read many rows in sequence probably continues, so more images are read ahead. A reader that skips rows gets only those it reads.
        _length = position == _previous + 1 ? Math.Min(_limit, (2 * _length) + 1) : 0;
        _previous = position;
        Fill(position + 1);

        var image = made is null ? source.ReadImage(row) : made.GetAwaiter().GetResult();
        if (image is not null)
        {
            _limit = (int)Math.Clamp(MemoryBudget / (4L * image.Width * image.Height), 1, Longest);
        }

        return image;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        Task.WaitAll([.. _waiting.Select(next => Drop(next.Image))]); // no file stays open after the cursor is disposed
        _waiting.Clear();
        _end.Dispose();
    }

    private static Task Drop(Task<MLImage?> image) => image.ContinueWith(
        static done =>
        {
            if (done.IsCompletedSuccessfully)
            {
                done.Result?.Dispose();
            }
            else
            {
                _ = done.Exception; // observes the error of an image that was not read
            }
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private void Fill(long position)
    {
        for (position += _waiting.Count; _waiting.Count < _length && position < cursor.Count; position++)
        {
            var row = cursor.RowAt(position);
            _waiting.Enqueue((position, Task.Run(() => source.ReadImage(row), _end.Token)));
        }
    }
}
