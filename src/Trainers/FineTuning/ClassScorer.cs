using IGptMl.Network;
using TorchSharp;

namespace IGptMl.FineTuning;

/// <summary>
/// How a classifier's logits become the scores of an image. An autoregressive model looks once. A masked model looks several times, each time with other
/// tokens hidden, as it was trained, and the majority decides (Chen et al. 2020, section 4.4).
/// </summary>
/// <param name="MaskProbability">For a masked model, the probability with which each token is hidden.</param>
/// <param name="Votes">For a masked model, the number of masks.</param>
internal sealed record ClassScorer(double MaskProbability, int Votes)
{
    /// <summary>Scores rows of tokens.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="tokens">The tokens (rows, T).</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="device">The device of the network.</param>
    /// <param name="logits">Runs the network: tokens (rows, T) and what to hide of them → logits (rows, C).</param>
    /// <param name="scores">Receives the probabilities (rows, C).</param>
    internal void Score(ImageGptConfig config, ReadOnlySpan<ushort> tokens, int rows, torch.Device device, Func<torch.Tensor, TokenMask?, torch.Tensor> logits, Span<float> scores)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var input = TokenTensor.Create(tokens, rows, device);
        if (config.Objective == PretrainingObjective.Autoregressive)
        {
            Probabilities(null).CopyTo(scores);
            return;
        }

        var votes = new float[Votes][];
        for (var vote = 0; vote < Votes; vote++)
        {
            votes[vote] = Probabilities(new TokenMasking { Probability = MaskProbability, Seed = vote }.Draw(tokens, rows));
        }

        var classes = scores.Length / rows;
        for (var start = 0; start < scores.Length; start += classes)
        {
            MajorityVote.Of([.. votes.Select(vote => vote[start..(start + classes)])]).CopyTo(scores[start..]);
        }

        float[] Probabilities(TokenMask? mask) => logits(input, mask).softmax(-1).cpu().data<float>().ToArray();
    }
}
