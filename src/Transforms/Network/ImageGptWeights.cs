using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>All weights of a network, which belong to its modules.</summary>
/// <param name="Tokens">The embeddings of the tokens and, in an autoregressive network, of the start of sequence: (K + 1, d) or (K, d).</param>
/// <param name="Positions">The embeddings of the positions, (T, d).</param>
/// <param name="Blocks">The blocks' weights.</param>
/// <param name="FinalGain">The gain of the final norm, (d).</param>
/// <param name="Head">The output head, (K, d).</param>
internal sealed record ImageGptWeights(Tensor Tokens, Tensor Positions, IReadOnlyList<BlockWeights> Blocks, Tensor FinalGain, Tensor Head);
