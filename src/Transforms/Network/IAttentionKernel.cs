using TorchSharp;

namespace IGptMl.Network;

/// <summary>An implementation of attention outside of libtorch's autograd.</summary>
/// <remarks>
/// Its backward pass is called explicitly. An exception in it therefore reaches the caller; in an autograd callback it would abort the process.
/// </remarks>
internal interface IAttentionKernel
{
    /// <summary>Whether the kernel takes projections (B, T, 3d) of this device, type, layout and head size.</summary>
    bool Supports(torch.Tensor projected, int heads);

    /// <summary>
    /// Queries, keys and values side by side (B, T, 3d) → the attended values (B, T, d) and, for the backward pass, the log-sum-exp of each query's scores
    /// (B, H, T). The caller disposes both.
    /// </summary>
    (torch.Tensor Attended, torch.Tensor LogSums) Forward(torch.Tensor projected, int heads, bool causal);

    /// <summary>The gradient of the projections, (B, T, 3d), from that of the attended values, (B, T, d). The caller disposes it.</summary>
    torch.Tensor Backward(torch.Tensor projected, torch.Tensor attended, torch.Tensor attendedGradient, torch.Tensor logSums, int heads, bool causal);
}
