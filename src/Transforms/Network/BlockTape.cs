using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The saved state for a block's backward pass: libtorch's autograd graph, from a leaf that is the block's input.</summary>
internal sealed class BlockTape : IDisposable
{
    private readonly Tensor _input; // a leaf of the graph, which receives the gradient
    private readonly Tensor _output;

    /// <param name="input">The input as a leaf of the graph; the tape takes ownership.</param>
    /// <param name="output">The output; the tape takes ownership.</param>
    internal BlockTape(Tensor input, Tensor output)
    {
        _input = input;
        _output = output;
    }

    /// <summary>The block's output, detached, (B, T, d); the caller disposes it.</summary>
    internal Tensor Output() => _output.detach();

    /// <summary>Accumulates the gradients of the block's parameters. Returns the gradient of its input, (B, T, d), which the caller disposes.</summary>
    /// <param name="gradient">The gradient of the output, (B, T, d).</param>
    internal Tensor Backward(Tensor gradient)
    {
        _output.backward([gradient]);
        return _input.grad!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        _input.Dispose();
    }
}
