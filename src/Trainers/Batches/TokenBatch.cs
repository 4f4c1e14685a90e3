using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Batches;

/// <summary>A batch of images as network input.</summary>
/// <param name="Rows">The images' rows in the data, B.</param>
/// <param name="Tokens">Their tokens (B, T) int64, on the device.</param>
/// <param name="Mask">The hidden tokens; null hides none.</param>
internal sealed record TokenBatch(IReadOnlyList<int> Rows, torch.Tensor Tokens, TokenMask? Mask);
