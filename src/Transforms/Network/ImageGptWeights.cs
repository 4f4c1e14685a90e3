using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>All weights of a network. Its modules own them.</summary>
/// <param name="Tokens">The token embeddings, (K, d), or (K + 1, d) with the start of sequence of an autoregressive network.</param>
/// <param name="Positions">The position embeddings, (T, d).</param>
/// <param name="Blocks">The blocks' weights.</param>
/// <param name="FinalGain">The gain of the final norm, (d).</param>
/// <param name="Head">The output head, (K, d).</param>
internal sealed record ImageGptWeights(Tensor Tokens, Tensor Positions, IReadOnlyList<BlockWeights> Blocks, Tensor FinalGain, Tensor Head)
{
    /// <summary>All tensors.</summary>
    internal IEnumerable<Tensor> All => [Tokens, Positions, .. Blocks.SelectMany(block => block.All), FinalGain, Head];
}
