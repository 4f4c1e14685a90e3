using IGptMl.Classification;
using IGptMl.Completion;
using IGptMl.Hosting;
using IGptMl.Images;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Reports;

/// <summary>
/// Test images whose lower half is sampled from an autoregressive model: the kept half, several completions, and the quantized image, as in the paper's
/// figure.
/// </summary>
internal static class CompletionPictures
{
    private const int Completions = 3;
    private const int Gap = 1;
    private const int Scale = 4;
    private const int Seed = 1;

    /// <summary>Completes the first image of each class in turn, up to <paramref name="count"/> images.</summary>
    internal static IReadOnlyList<ReportedPicture> Create(
        MLContext context,
        ImageGptModel model,
        LabeledImages images,
        int count,
        CancellationToken cancellationToken)
    {
        if (count == 0 || model.Config.Objective != PretrainingObjective.Autoregressive || model.Config.ImageSize < 2)
        {
            return [];
        }

        var (size, length) = (model.Config.ImageSize, model.Config.ContextLength);
        var rows = Enumerable.Range(0, images.Count).DistinctBy(row => images.Labels[row]).OrderBy(row => images.Labels[row]).Take(count).ToArray();
        bool[] kept = [.. Enumerable.Range(0, length).Select(position => position < size / 2 * size)];
        var tokens = new ushort[rows.Length * Completions * length];
        for (var i = 0; i < rows.Length * Completions; i++)
        {
            images.TokensOf(rows[i / Completions]).CopyTo(tokens.AsSpan(i * length));
        }

        using var lease = model.Lease(DeviceChoice.Resolve(context, null, null));
        var sampler = new Sampler(lease.Executor, new SamplingOptions { CancellationToken = cancellationToken });
        sampler.Fill(tokens, Enumerable.Range(Seed, rows.Length * Completions).Select(seed => (ulong)seed).ToArray(), kept);
        var pixels = new CompletedPixels(model.Palette!, size, kept, model.Cropping);
        return [.. rows.Select((row, i) => new ReportedPicture(
            $"pictures/completion-{i + 1:00}.png",
            images.ClassNames[images.Labels[row]],
            Compose(pixels, images.TokensOf(row), tokens.AsMemory(i * Completions * length, Completions * length))))];
    }

    private static byte[] Compose(CompletedPixels pixels, ReadOnlySpan<ushort> original, ReadOnlyMemory<ushort> completed)
    {
        MLImage[] images =
        [
            pixels.CreateKeptImage(original),
            .. Enumerable.Range(0, Completions).Select(i => pixels.CreateImage(completed.Span.Slice(i * pixels.ContextLength, pixels.ContextLength))),
            pixels.CreateImage(original),
        ];
        using var grid = ImageGrid.Create([images], scale: 1, Gap);
        foreach (var image in images)
        {
            image.Dispose();
        }

        var rgb = new byte[ImagePixels.CountRgb(grid)];
        ImagePixels.CopyRgb(grid, rgb);
        return PngPicture.Encode(rgb, grid.Width, grid.Height, Scale);
    }
}
