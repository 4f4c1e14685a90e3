using IGptMl.Classification;
using IGptMl.Completion;
using IGptMl.Hosting;
using IGptMl.Network;
using IGptMl.Palettes;
using Microsoft.ML;

namespace IGptMl.Reports;

/// <summary>Test images whose lower half an autoregressive model draws, each beside the image and the half that the model saw.</summary>
internal static class CompletionPictures
{
    private const int Gap = 1;
    private const int Scale = 4;
    private const int Seed = 1;

    /// <summary>The first image of each class in turn, up to <paramref name="count"/>.</summary>
    internal static IReadOnlyList<ReportedPicture> Create(MLContext context, ImageGptModel model, LabelledImages images, int count, CancellationToken cancellation)
    {
        if (count == 0 || model.Config.Objective != PretrainingObjective.Autoregressive || model.Config.ImageSize < 2)
        {
            return [];
        }

        var (size, length) = (model.Config.ImageSize, model.Config.ContextLength);
        var rows = Enumerable.Range(0, images.Count).DistinctBy(row => images.Labels[row]).OrderBy(row => images.Labels[row]).Take(count).ToArray();
        bool[] kept = [.. Enumerable.Range(0, length).Select(position => position < size / 2 * size)];
        var tokens = new ushort[rows.Length * length];
        for (var i = 0; i < rows.Length; i++)
        {
            images.TokensOf(rows[i]).CopyTo(tokens.AsSpan(i * length));
        }

        var device = DeviceChoice.Resolve(context, null, null);
        var sampler = new Sampler(model.Decoders(device), model.Config, new SamplingOptions { CancellationToken = cancellation });
        sampler.Fill(tokens, rows.Select((_, i) => (ulong)(Seed + i)).ToArray(), kept);
        return [.. rows.Select((row, i) => new ReportedPicture(
            $"pictures/completion-{i + 1:00}.png",
            images.ClassNames[images.Labels[row]],
            Compose(model.Palette!, size, images.TokensOf(row), tokens.AsSpan(i * length, length), kept)))];
    }

    /// <summary>The image in the model's colours, what the model saw of it, and what the model made of that.</summary>
    private static byte[] Compose(Palette palette, int size, ReadOnlySpan<ushort> original, ReadOnlySpan<ushort> completed, bool[] kept)
    {
        var width = (3 * size) + (2 * Gap);
        var rgb = new byte[width * size * 3];
        rgb.AsSpan().Fill(byte.MaxValue);
        for (var position = 0; position < original.Length; position++)
        {
            Paint(0, original[position]);
            Paint(2, completed[position]);
            if (kept[position])
            {
                Paint(1, original[position]);
            }

            void Paint(int place, ushort token)
            {
                var at = 3 * ((position / size * width) + (place * (size + Gap)) + (position % size));
                (rgb[at], rgb[at + 1], rgb[at + 2]) = palette.GetColor(token);
            }
        }

        return PngPicture.Encode(rgb, width, size, Scale);
    }
}
