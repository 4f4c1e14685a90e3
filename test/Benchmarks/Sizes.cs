using System.Globalization;

namespace IGptMl.Benchmarks;

/// <summary>The sizes of a network and of a batch, as named on the command line.</summary>
/// <param name="Config">The architecture.</param>
/// <param name="Batch">The number of images per step.</param>
internal sealed record Sizes(ImageGptConfig Config, int Batch)
{
    /// <summary>Parses D LAYERS HEADS SIZE COLORS and, if there is a sixth number, BATCH; uses the defaults if there are none.</summary>
    internal static Sizes Read(string[] args, params string[] others)
    {
        int[] numbers = [.. (args.Length == others.Length ? args : others).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        var config = new ImageGptConfig { EmbeddingSize = numbers[0], Layers = numbers[1], Heads = numbers[2], ImageSize = numbers[3], Colors = numbers[4] };
        return new Sizes(config, numbers.ElementAtOrDefault(5));
    }

    /// <summary>
    /// The floating-point operations of the forward and backward passes of a batch: 3 · (T (24 L d² + 2 K d) + 2 L T² d) per image. Causal attention counts
    /// half of T².
    /// </summary>
    internal double TrainingOperations
    {
        get
        {
            double t = Config.ContextLength, l = Config.Layers, d = Config.EmbeddingSize, k = Config.Colors;
            return Batch * 3 * ((t * ((24 * l * d * d) + (2 * k * d))) + (2 * l * t * t * d));
        }
    }
}
