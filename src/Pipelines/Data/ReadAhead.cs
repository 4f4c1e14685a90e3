using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>
/// Makes the images of the next rows on other threads while the current one is used. Images come in the order of the rows whatever the order in which they are
/// finished, and what is wrong with one shows when it is its turn. Used on one thread.
/// </summary>
internal sealed class ReadAhead(ImageSource source, SourceCursor cursor) : IDisposable
{
    // However large the images are, those that wait take no more than about this.
    private const long MemoryBudget = 256L << 20;

    private static readonly int Longest = 2 * Environment.ProcessorCount;

    private readonly Queue<(long Position, Task<MLImage?> Image)> _waiting = new();
    private readonly CancellationTokenSource _end = new();
    private long _previous = -2;
    private int _length;
    private int _limit = Longest;

    /// <summary>The image of the cursor's row, which the caller then owns.</summary>
    public MLImage? Read()
    {
        var (position, row) = (cursor.Position, cursor.Row);
        while (_waiting.TryPeek(out var first) && first.Position < position)
        {
            Drop(_waiting.Dequeue().Image);
        }

        var made = _waiting.TryPeek(out var next) && next.Position == position ? _waiting.Dequeue().Image : null;

        // Who reads row after row will go on so, the surer the longer it has been; who picks rows gets the picked ones only.
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
        Task.WaitAll([.. _waiting.Select(next => Drop(next.Image))]); // no file stays open when the cursor is gone
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
                _ = done.Exception; // of an image that nobody asked for
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
