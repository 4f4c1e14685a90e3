using System.Text.Json.Serialization;
using IGptMl.Numerics;

namespace IGptMl;

/// <summary>The architecture of an Image GPT (Chen et al. 2020, section 2 and table 1): its sizes, without weights.</summary>
/// <remarks>
/// The presets <see cref="Small"/> to <see cref="ExtraLarge"/> are the paper's. <see cref="Tiny"/> and <see cref="Mini"/> are this library's, for training on a
/// CPU.
/// </remarks>
public sealed record ImageGptConfig
{
    /// <summary>The side of the square input in pixels, 1 to 256; the context is its square. Default 32.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>The number of colors in the palette, which is the number of token values, 2 to 65,535. Default 512.</summary>
    public int Colors { get; init; } = 512;

    /// <summary>The width d of the residual stream and of the features, a multiple of <see cref="Heads"/>. Default 512.</summary>
    public int EmbeddingSize { get; init; } = 512;

    /// <summary>The number L of blocks. Default 24.</summary>
    public int Layers { get; init; } = 24;

    /// <summary>The number of attention heads of a block. Default 8.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>What the model is pretrained to predict. Default <see cref="PretrainingObjective.Autoregressive"/>.</summary>
    public PretrainingObjective Objective { get; init; }

    /// <summary>iGPT-S: 24 layers, d = 512, 8 heads, 32x32 pixels; 76,571,648 parameters.</summary>
    public static ImageGptConfig Small { get; } = new();

    /// <summary>iGPT-M: 36 layers, d = 1024, 8 heads, 32x32 pixels; 455,157,760 parameters.</summary>
    public static ImageGptConfig Medium { get; } = new() { EmbeddingSize = 1024, Layers = 36 };

    /// <summary>iGPT-L: 48 layers, d = 1536, 16 heads, 32x32 pixels; 1,362,250,752 parameters. The paper also trains it at 48x48 pixels.</summary>
    public static ImageGptConfig Large { get; } = new() { EmbeddingSize = 1536, Layers = 48, Heads = 16 };

    /// <summary>
    /// iGPT-XL: 60 layers, d = 3072, 64x64 pixels; 6,810,875,904 parameters (the paper's 6,801M counts positions for 32x32 pixels).
    /// Its number of heads was not published; 24 gives it the head size 128 of iGPT-M.
    /// </summary>
    public static ImageGptConfig ExtraLarge { get; } = new() { ImageSize = 64, EmbeddingSize = 3072, Layers = 60, Heads = 24 };

    /// <summary>For a quick trial on a CPU: 6 layers, d = 64, 2 heads, 16x16 pixels; 377,728 parameters with 512 colors.</summary>
    public static ImageGptConfig Tiny { get; } = new() { ImageSize = 16, EmbeddingSize = 64, Layers = 6, Heads = 2 };

    /// <summary>For about an hour of training on a CPU: 8 layers, d = 128, 4 heads, 16x16 pixels; 1,739,008 parameters with 512 colors.</summary>
    public static ImageGptConfig Mini { get; } = new() { ImageSize = 16, EmbeddingSize = 128, Layers = 8, Heads = 4 };

    /// <summary>The number T of positions: the square of <see cref="ImageSize"/>.</summary>
    [JsonIgnore]
    public int ContextLength => ImageSize * ImageSize;

    /// <summary>
    /// The number of parameters: L (12 d² + 2 d) + T d + 2 K d + 2 d. A masked model has d fewer, as it has no start of sequence. There are no biases.
    /// </summary>
    [JsonIgnore]
    public long ParameterCount
    {
        get
        {
            long d = EmbeddingSize, blocks = Layers * ((12 * d * d) + (2 * d));
            return blocks + (ContextLength * d) + ((InputTokens + Colors) * d) + d;
        }
    }

    /// <summary>
    /// The floating-point operations of the forward and backward passes of one image: 3 · (T (24 L d² + 2 K d) + 2 L T² d). Causal attention counts half of T²,
    /// a masked model's attention all of it.
    /// </summary>
    internal double TrainingOperations
    {
        get
        {
            double t = ContextLength, l = Layers, d = EmbeddingSize, k = Colors, attention = Objective == PretrainingObjective.Masked ? 4 : 2;
            return 3 * ((t * ((24 * l * d * d) + (2 * k * d))) + (attention * l * t * t * d));
        }
    }

    /// <summary>The number of token embeddings: one per color and, for an autoregressive model, one for the start of sequence.</summary>
    internal int InputTokens => Objective == PretrainingObjective.Masked ? Colors : Colors + 1;

    /// <summary>Throws if a masked model is run as an autoregressive one, or the reverse: the results would be plausible but wrong.</summary>
    /// <exception cref="InvalidOperationException">The model has the other objective.</exception>
    internal void Require(PretrainingObjective objective)
    {
        if (Objective != objective)
        {
            throw new InvalidOperationException(objective == PretrainingObjective.Autoregressive
                ? "The model is a masked (BERT) one; an autoregressive model is required."
                : "The model is an autoregressive one; a masked (BERT) model is required.");
        }
    }

    /// <summary>Adds the problems of the sizes to <paramref name="guard"/>.</summary>
    internal void Check(OptionGuard guard)
    {
        guard.Range(nameof(ImageSize), ImageSize, 1, 256)
            .Range(nameof(Colors), Colors, 2, ushort.MaxValue)
            .Range(nameof(EmbeddingSize), EmbeddingSize, 1, 65536)
            .Range(nameof(Layers), Layers, 1, 1024)
            .Range(nameof(Heads), Heads, 1, 1024)
            .Require(Enum.IsDefined(Objective), nameof(Objective), Objective, $"{PretrainingObjective.Autoregressive} or {PretrainingObjective.Masked}");
        if (Heads > 0)
        {
            guard.Require(EmbeddingSize % Heads == 0, nameof(EmbeddingSize), EmbeddingSize, $"a multiple of Heads ({Heads})");
        }
    }
}
