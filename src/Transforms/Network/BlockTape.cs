using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>
/// What a block's backward pass needs: the graphs that libtorch has recorded before and after the attention, and the tensors that the attention's kernel keeps
/// between them.
/// </summary>
internal sealed class BlockTape : IDisposable
{
    private readonly Tensor _input; // a leaf, which gets the gradient
    private readonly Tensor _output;
    private readonly KernelPart? _attention;

    /// <param name="input">The input as a leaf of the graph; it becomes the tape's.</param>
    /// <param name="output">The output; it becomes the tape's.</param>
    /// <param name="attention">The attention where a kernel has computed it; null where it is part of libtorch's graph.</param>
    internal BlockTape(Tensor input, Tensor output, KernelPart? attention)
    {
        _input = input;
        _output = output;
        _attention = attention;
    }

    /// <summary>The block's output without its graph, (B, T, d); the caller disposes it.</summary>
    internal Tensor Output() => _output.detach();

    /// <summary>Adds to the gradients of the block's parameters, and returns that of its input, (B, T, d), which the caller disposes.</summary>
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

    /// <summary>Attention that a kernel has computed.</summary>
    /// <param name="Module">The module that it belongs to.</param>
    /// <param name="Kernel">The kernel.</param>
    /// <param name="Projected">Queries, keys and values with the graph that they come from, (B, T, 3d).</param>
    /// <param name="Attended">The attended values as a leaf of the graph that follows, (B, T, d).</param>
    /// <param name="LogSums">The kernel's own, (B, H, T).</param>
    internal sealed record KernelPart(SelfAttention Module, IAttentionKernel Kernel, Tensor Projected, Tensor Attended, Tensor LogSums) : IDisposable
    {
        /// <summary>From the gradient that the attended values have been given back to the block's input.</summary>
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
