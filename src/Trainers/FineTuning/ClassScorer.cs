using System.Numerics.Tensors;
using IGptMl.Network;

namespace IGptMl.FineTuning;

/// <summary>
/// Computes the scores of an image from a classifier's logits. An autoregressive model is evaluated once. A masked model is evaluated several times, each time
/// with other tokens hidden, as in training, and the scores come from a majority vote (Chen et al. 2020, section 4.4).
/// </summary>
/// <param name="MaskProbability">For a masked model, the probability with which each token is hidden.</param>
/// <param name="Votes">For a masked model, the number of masks.</param>
internal sealed record ClassScorer(double MaskProbability, int Votes)
{
    /// <summary>Computes a classifier's logits: (rows, T) tokens → (rows, C).</summary>
    internal delegate void LogitsOf(ReadOnlySpan<ushort> tokens, int rows, TokenMask? mask, Span<float> logits);

    /// <summary>Writes the probabilities of the classes.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="tokens">(rows, T).</param>
    /// <param name="rows">The number of images.</param>
    /// <param name="logits">The classifier.</param>
    /// <param name="scores">Receives (rows, C).</param>
    internal void Score(ImageGptConfig config, ReadOnlySpan<ushort> tokens, int rows, LogitsOf logits, Span<float> scores)
    {
        var classes = scores.Length / rows;
        if (config.Objective == PretrainingObjective.Autoregressive)
        {
            WriteProbabilities(tokens, null, scores);
            return;
        }

        var votes = new float[Votes][];
        for (var vote = 0; vote < Votes; vote++)
        {
            votes[vote] = new float[scores.Length];
            WriteProbabilities(tokens, new TokenMasking { Probability = MaskProbability, Seed = vote }.Draw(tokens, rows), votes[vote]);
        }

        for (var start = 0; start < scores.Length; start += classes)
        {
            MajorityVote.Of([.. votes.Select(vote => vote[start..(start + classes)])]).CopyTo(scores[start..]);
        }

        void WriteProbabilities(ReadOnlySpan<ushort> images, TokenMask? mask, Span<float> target)
        {
            logits(images, rows, mask, target);
            for (var start = 0; start < target.Length; start += classes)
            {
                var row = target.Slice(start, classes);
                TensorPrimitives.SoftMax(row, row);
            }
        }
    }
}
