using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The keys and values of all positions read so far, for every block. The memory for the whole context is allocated at once.</summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys; // of each block, (capacity, H, T, d/H)
    private readonly Tensor[] _values;

    /// <param name="config">The architecture.</param>
    /// <param name="capacity">The maximum number of sequences.</param>
    /// <param name="type">The type that the network computes in.</param>
    /// <param name="device">The network's device.</param>
    internal KeyValueCache(ImageGptConfig config, int capacity, ScalarType type, Device device)
    {
        long[] shape = [capacity, config.Heads, config.ContextLength, config.EmbeddingSize / config.Heads];
        _keys = Create();
        _values = Create();

        Tensor[] Create() => [.. Enumerable.Range(0, config.Layers).Select(_ => zeros(shape, type, device).DetachFromDisposeScope())];
    }

    /// <summary>
    /// Stores the keys and values of the positions from <paramref name="from"/> on, (B, H, t, d/H). Returns views of all positions up to the last of them, (B,
    /// H, from + t, d/H), which the caller disposes.
    /// </summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, int from, Tensor keys, Tensor values)
        => (Append(_keys[layer], from, keys), Append(_values[layer], from, values));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }
    }

    private static Tensor Append(Tensor cache, int from, Tensor added)
    {
        using var rows = cache.narrow(0, 0, added.shape[0]);
        using var target = rows.narrow(2, from, added.shape[2]);
        target.copy_(added).Dispose();
        return rows.narrow(2, 0, from + added.shape[2]);
    }
}
