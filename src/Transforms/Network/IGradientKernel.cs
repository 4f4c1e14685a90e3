using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>An implementation of a network's training pass outside of libtorch's autograd.</summary>
internal interface IGradientKernel
{
    /// <summary>Whether the kernel supports a network: its dimensions, and the device and type of its weights.</summary>
    bool Supports(ImageGptNetwork network);

    /// <inheritdoc cref="ImageGptNetwork.Backward(Tensor, TokenMask?)"/>
    Tensor Backward(ImageGptNetwork network, Tensor tokens, TokenMask? mask);

    /// <inheritdoc cref="ImageGptNetwork.Backward(Tensor, TokenMask?, Func{Tensor, Tensor})"/>
    Tensor Backward(ImageGptNetwork network, Tensor tokens, TokenMask? mask, Func<Tensor, Tensor> loss);
}
