using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Batches;

/// <summary>Images as a network takes them.</summary>
/// <param name="Rows">Their rows in the data, B.</param>
/// <param name="Tokens">Their tokens (B, T) int64, on the device.</param>
/// <param name="Mask">What is hidden of them; null hides nothing.</param>
internal sealed record TokenBatch(IReadOnlyList<int> Rows, torch.Tensor Tokens, TokenMask? Mask);
