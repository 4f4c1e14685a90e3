using TorchSharp;

namespace IGptMl.Network;

/// <summary>An implementation of attention outside of libtorch's autograd.</summary>
/// <remarks>
/// The backward pass is called explicitly, so that its exceptions reach the caller. An exception in an autograd callback would abort the process.
/// </remarks>
internal interface IAttentionKernel
{
    /// <summary>Whether the kernel supports projections (B, T, 3d) of this device, type, layout and head size.</summary>
    bool Supports(torch.Tensor projected, int heads);

    /// <summary>
    /// Maps concatenated queries, keys and values (B, T, 3d) to the attended values (B, T, d) and, for the backward pass, the log-sum-exp of each query's
    /// scores (B, H, T). The caller disposes both.
    /// </summary>
    (torch.Tensor Attended, torch.Tensor LogSums) Forward(torch.Tensor projected, int heads, bool causal);

    /// <summary>Computes the gradient of the projections, (B, T, 3d), from the gradient of the attended values, (B, T, d). The caller disposes it.</summary>
    torch.Tensor Backward(torch.Tensor projected, torch.Tensor attended, torch.Tensor attendedGradient, torch.Tensor logSums, int heads, bool causal);
}
