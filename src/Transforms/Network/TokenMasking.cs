using IGptMl.Network;
using IGptMl.Numerics;

namespace IGptMl;

/// <summary>Which tokens of an image are hidden from a masked model when it is used (Chen et al. 2020, sections 2.1 and 4.4).</summary>
/// <remarks>
/// Masked models are trained on images with hidden tokens, and the paper also hides tokens when it uses them. An image's mask is a pure function of
/// <see cref="Seed"/> and the image's own tokens: the same image gives the same values in any batch, order or process, and another seed gives another mask.
/// </remarks>
public sealed record TokenMasking
{
    /// <summary>The paper's probability: 0.15.</summary>
    public const double DefaultProbability = 0.15;

    /// <summary>Hides no tokens.</summary>
    public static TokenMasking None { get; } = new() { Probability = 0 };

    /// <summary>The probability with which each token is hidden, 0 to less than 1. 0 hides none; a higher value hides at least one. Default 0.15.</summary>
    public double Probability { get; init; } = DefaultProbability;

    /// <summary>The seed of the masks. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>The masking for a model: null if it is autoregressive; otherwise the user's choice or, by default, a new instance.</summary>
    internal static TokenMasking? Of(ImageGptConfig config, TokenMasking? chosen)
        => config.Objective == PretrainingObjective.Masked ? chosen ?? new TokenMasking() : null;

    /// <summary>Draws the masks for rows of tokens; null if no token is hidden.</summary>
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

    /// <summary>Adds the problems of the settings for a model to <paramref name="guard"/>.</summary>
    internal void Check(OptionGuard guard, string name, ImageGptConfig config) => guard
        .Require(config.Objective == PretrainingObjective.Masked, name, this, "null for an autoregressive model")
        .Require(Probability is >= 0 and < 1, $"{name}.{nameof(Probability)}", Probability, "0 to less than 1");
}
