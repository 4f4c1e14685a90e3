using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The weights of a block. Its modules own them.</summary>
/// <param name="Gain1">The gain of the first norm, (d).</param>
/// <param name="QueriesKeysValues">(d, 3d).</param>
/// <param name="Output">(d, d).</param>
/// <param name="Gain2">The gain of the second norm, (d).</param>
/// <param name="Expand">(d, 4d).</param>
/// <param name="Contract">(4d, d).</param>
internal sealed record BlockWeights(Tensor Gain1, Tensor QueriesKeysValues, Tensor Output, Tensor Gain2, Tensor Expand, Tensor Contract)
{
    /// <summary>All tensors.</summary>
    internal IEnumerable<Tensor> All => [Gain1, QueriesKeysValues, Output, Gain2, Expand, Contract];
}
