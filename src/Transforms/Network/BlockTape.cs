using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>
/// The saved state for a block's backward pass: libtorch's autograd graphs before and after the attention, and the tensors that the attention kernel saves
/// between them.
/// </summary>
internal sealed class BlockTape : IDisposable
{
    private readonly Tensor _input; // a leaf of the graph, which receives the gradient
    private readonly Tensor _output;
    private readonly KernelPart? _attention;

    /// <param name="input">The input as a leaf of the graph; the tape takes ownership.</param>
    /// <param name="output">The output; the tape takes ownership.</param>
    /// <param name="attention">The attention, if a kernel computed it; null if it is part of libtorch's graph.</param>
    internal BlockTape(Tensor input, Tensor output, KernelPart? attention)
    {
        _input = input;
        _output = output;
        _attention = attention;
    }

    /// <summary>The block's output, detached, (B, T, d); the caller disposes it.</summary>
    internal Tensor Output() => _output.detach();

    /// <summary>Accumulates the gradients of the block's parameters. Returns the gradient of its input, (B, T, d), which the caller disposes.</summary>
    /// <param name="gradient">The gradient of the output, (B, T, d).</param>
    internal Tensor Backward(Tensor gradient)
    {
        _output.backward([gradient]);
        _attention?.Backward();
        return _input.grad!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _attention?.Dispose();
        _output.Dispose();
        _input.Dispose();
    }

    /// <summary>The saved state of attention that a kernel computed.</summary>
    /// <param name="Module">The attention module.</param>
    /// <param name="Kernel">The kernel.</param>
    /// <param name="Projected">Queries, keys and values, (B, T, 3d), attached to the graph that computes them.</param>
    /// <param name="Attended">The attended values, (B, T, d), a leaf of the graph after the attention.</param>
    /// <param name="LogSums">The log-sum-exp of the scores, (B, H, T).</param>
    internal sealed record KernelPart(SelfAttention Module, IAttentionKernel Kernel, Tensor Projected, Tensor Attended, Tensor LogSums) : IDisposable
    {
        /// <summary>Propagates the gradient of the attended values back to the block's input.</summary>
        internal void Backward()
        {
            using var attendedGradient = Attended.grad!;
            using var above = attendedGradient.contiguous();
            using var values = Projected.detach();
            using var projectedGradient = Module.Backward(Kernel, values, Attended, above, LogSums);
            Projected.backward([projectedGradient]);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Projected.Dispose();
            Attended.Dispose();
            LogSums.Dispose();
        }
    }
}
