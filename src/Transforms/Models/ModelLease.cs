using IGptMl.Inference;
using IGptMl.Network;

namespace IGptMl.Models;

/// <summary>The right to use a model's weights on one device. They remain valid until the lease is disposed, even if the model is disposed earlier.</summary>
internal sealed class ModelLease : IDisposable
{
    private SharedNetwork? _holder;

    /// <param name="holder">The weights, which have been retained for this lease.</param>
    /// <param name="device">The device.</param>
    internal ModelLease(SharedNetwork holder, TorchSharp.torch.Device device)
    {
        try
        {
            (Network, Executor) = holder.On(device);
            _holder = holder;
        }
        catch
        {
            holder.Release();
            throw;
        }
    }

    /// <summary>The network's modules, ready to run.</summary>
    internal ImageGptNetwork Network { get; }

    /// <summary>The executor of the network.</summary>
    internal ImageGptExecutor Executor { get; }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _holder, null)?.Release();
}
