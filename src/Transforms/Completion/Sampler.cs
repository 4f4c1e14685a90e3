using System.Diagnostics;
using System.Runtime.ExceptionServices;
using IGptMl.Inference;
using IGptMl.Numerics;

namespace IGptMl.Completion;

/// <summary>Samples the missing tokens of images in raster order, in batches of images, each with its own seed.</summary>
internal sealed class Sampler
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ImageGptExecutor _executor;
    private readonly SamplingOptions _options;

    /// <param name="executor">The executor of an autoregressive network.</param>
    /// <param name="options">How tokens are sampled; its seeds are not used.</param>
    internal Sampler(ImageGptExecutor executor, SamplingOptions options)
    {
        _executor = executor;
        _options = options;
    }

    /// <summary>Samples the tokens that are not kept.</summary>
    /// <param name="tokens">The images, (rows, T).</param>
    /// <param name="seeds">The seed of each image, (rows).</param>
    /// <param name="kept">Whether a position's token is given, (T).</param>
    /// <exception cref="OperationCanceledException">The cancellation token of the options was canceled.</exception>
    internal void Fill(Memory<ushort> tokens, ReadOnlyMemory<ulong> seeds, bool[] kept)
    {
        var (rows, free) = (seeds.Length, kept.Count(k => !k));
        if (rows == 0 || free == 0)
        {
            return;
        }

        var count = Math.Min(_executor.DecodingRows, (rows + _executor.DecodingThreads - 1) / _executor.DecodingThreads);
        var groups = (rows + count - 1) / count;
        var watch = new Watch(_options, (long)rows * free);
        if (_executor.DecodingThreads == 1 || groups == 1)
        {
            using var decoder = _executor.CreateDecoder(count);
            for (var group = 0; group < groups; group++)
            {
                FillGroup(group, decoder);
            }

            return;
        }

        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = _executor.DecodingThreads, CancellationToken = _options.CancellationToken };
            Parallel.For(0, groups, parallel, () => _executor.CreateDecoder(count), (group, _, decoder) => FillGroup(group, decoder), decoder
                => decoder.Dispose());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        IDecoder FillGroup(int group, IDecoder decoder)
        {
            var (first, size) = (group * count, Math.Min(count, rows - (group * count)));
            Fill(decoder, tokens.Slice(first * _executor.Config.ContextLength, size * _executor.Config.ContextLength).Span, seeds.Slice(first, size).Span,
                kept, first, watch);
            return decoder;
        }
    }

    private void Fill(IDecoder decoder, Span<ushort> tokens, ReadOnlySpan<ulong> seeds, bool[] kept, int first, Watch watch)
    {
        var (context, colors, rows) = (_executor.Config.ContextLength, _executor.Config.Colors, seeds.Length);
        var draw = new TokenDraw(_options, colors);
        var logits = new float[rows * colors];
        var read = 0; // all positions before this one have been read
        for (var position = 0; position < context; position++)
        {
            if (kept[position])
            {
                continue;
            }

            decoder.Read(tokens, rows, read, position);
            decoder.Predict(tokens, rows, position, logits);
            for (var row = 0; row < rows; row++)
            {
                var random = new SplitMix64(SplitMix64.Combine(seeds[row], (ulong)position));
                tokens[(row * context) + position] = draw.Draw(logits.AsSpan(row * colors, colors), random.NextDouble());
            }

            read = position + 1;
            watch.Drawn(tokens, rows, first, position);
        }
    }

    /// <summary>Progress and cancellation of a sampling run, for all of its threads.</summary>
    private sealed class Watch(SamplingOptions options, long total)
    {
        private readonly Lock _lock = new();
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private TimeSpan _next;
        private long _done;

        /// <summary>Reports the tokens of one position.</summary>
        /// <param name="tokens">The images, (rows, T).</param>
        /// <param name="rows">The number of images.</param>
        /// <param name="first">The index of the first image among all that are sampled.</param>
        /// <param name="position">The position.</param>
        internal void Drawn(ReadOnlySpan<ushort> tokens, int rows, int first, int position)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            if (options.Progress is null && options.TokenProgress is null)
            {
                return;
            }

            lock (_lock)
            {
                for (var row = 0; row < rows; row++)
                {
                    options.TokenProgress?.Report(new SampledToken
                        { Image = first + row, Position = position, Token = tokens[(row * (tokens.Length / rows)) + position] });
                }

                _done += rows;
                var elapsed = _clock.Elapsed;
                if (elapsed >= _next || _done == total)
                {
                    _next = elapsed + Interval;
                    options.Progress?.Report(new SamplingProgress { Done = _done, Total = total, Elapsed = elapsed });
                }
            }
        }
    }
}
