using IGptMl.Network;
using IGptMl.Numerics;

namespace IGptMl;

/// <summary>Which tokens of an image are hidden from a masked model that looks at it (Chen et al. 2020, sections 2.1 and 4.4).</summary>
/// <remarks>
/// Masked models are trained on images of which tokens are hidden, and the paper hides tokens from them in use, too. An image's mask is a pure function
/// of <see cref="Seed"/> and of the image's own tokens, so that the same image gives the same values in any batch, order or process, and another seed
/// another mask.
/// </remarks>
public sealed record TokenMasking
{
    /// <summary>The paper's probability: 0.15.</summary>
    public const double DefaultProbability = 0.15;

    /// <summary>Hides nothing.</summary>
    public static TokenMasking None { get; } = new() { Probability = 0 };

    /// <summary>The probability with which each token is hidden, 0 to less than 1. 0 hides none; above, at least one always is. Default 0.15.</summary>
    public double Probability { get; init; } = DefaultProbability;

    /// <summary>The seed of the masks. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>The masking of a model: null for an autoregressive one. For a masked one what the user has chosen, or this type's defaults.</summary>
    internal static TokenMasking? Of(ImageGptConfig config, TokenMasking? chosen)
        => config.Objective == PretrainingObjective.Masked ? chosen ?? new TokenMasking() : null;

    /// <summary>The masks of rows of tokens, or null if no token is to be hidden.</summary>
    internal TokenMask? Draw(ReadOnlySpan<ushort> tokens, int rows)
    {
        if (Probability == 0)
        {
            return null;
        }

        var context = tokens.Length / rows;
        var seeds = new ulong[rows];
        for (var row = 0; row < rows; row++)
        {
            seeds[row] = (ulong)(uint)Seed;
            foreach (var token in tokens.Slice(row * context, context))
            {
                seeds[row] = SplitMix64.Combine(seeds[row], token);
            }
        }

        return TokenMask.Draw(rows, context, Probability, row => seeds[row]);
    }

    /// <summary>Adds to <paramref name="guard"/> what is wrong with the settings, for that model.</summary>
    internal void Check(OptionGuard guard, string name, ImageGptConfig config) => guard
        .Require(config.Objective == PretrainingObjective.Masked, name, this, "null for an autoregressive model")
        .Require(Probability is >= 0 and < 1, $"{name}.{nameof(Probability)}", Probability, "0 to less than 1");
}
