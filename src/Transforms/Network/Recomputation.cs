using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>
/// A part of a network of which the input alone is kept for the backward pass, which computes the part once more to have its activations (Chen et al.
/// 2016, "Training deep nets with sublinear memory cost"): memory for the activations of one part at a time, for the time of one more forward pass.
/// </summary>
/// <remarks>The same operations on the same numbers give the same activations, and so the same gradients. Parameters get theirs while the part is computed again.</remarks>
internal sealed class Recomputation : autograd.SingleTensorFunction<Recomputation>
{
    /// <inheritdoc/>
    public override string Name => nameof(Recomputation);

    /// <summary>The part's output. Its parameters learn only if the input has a gradient, as all hidden states in a network have.</summary>
    internal static Tensor Run(nn.Module<Tensor, Tensor> part, Tensor input) => is_grad_enabled() && input.requires_grad ? apply(input, part) : part.forward(input);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, part) = ((Tensor)vars[0], (nn.Module<Tensor, Tensor>)vars[1]);
        ctx.save_for_backward([input]);
        ctx.save_data("part", part);
        using var noGradients = no_grad();
        return part.forward(input);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        using var saved = ctx.get_saved_variables()[0];
        using var input = saved.detach().requires_grad_(true);
        using var output = ((nn.Module<Tensor, Tensor>)ctx.get_data("part")).forward(input);
        output.backward([grad_output]);

        // TorchSharp frees what a function written in C# has saved when its context is finalized, which would be after many blocks: twice the memory.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return [input.grad!.MoveToOuterDisposeScope(), null!];
    }
}
