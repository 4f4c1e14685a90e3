using IGptMl.Checkpoints;
using IGptMl.Palettes;
using TorchSharp;

namespace IGptMl.Network;

/// <summary>A pretrained Image GPT: its architecture, its weights and, where known, the palette of its tokens.</summary>
/// <remarks>
/// The weights never change, and are shared: every transformer made from a model holds a handle of its own to the same memory, which is freed when
/// the last handle is disposed. Disposing a model therefore does not disturb the transformers made from it.
/// </remarks>
public sealed class ImageGptModel : IDisposable
{
    private readonly SharedNetwork _network;
    private int _disposed;

    internal ImageGptModel(ImageGptNetwork network, Palette? palette)
        : this(new SharedNetwork(network), palette)
    {
    }

    private ImageGptModel(SharedNetwork network, Palette? palette)
    {
        _network = network;
        Palette = palette;
    }

    /// <summary>The architecture.</summary>
    public ImageGptConfig Config => _network.Config;

    /// <summary>The colours of the tokens, or null where the model was trained on tokens without known colours.</summary>
    public Palette? Palette { get; }

    /// <summary>What two handles to the same weights have in common.</summary>
    internal object Identity => _network;

    /// <summary>Reads a pretrained model from a zip that <c>mlContext.Model.Save</c> wrote of any chain with a transformer of ours that holds one.</summary>
    /// <param name="path">Path of the zip. Of several models in it, the first is read.</param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no zip or a damaged one, or holds no model; the message names the file and the entry.</exception>
    public static ImageGptModel Load(string path) => ModelFile.Load(path);

    /// <summary>Frees this handle; the weights too, if it was the last one.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _network.Release();
        }
    }

    /// <summary>Another handle to the same weights.</summary>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    internal ImageGptModel Share()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return TryShare() ?? throw new ObjectDisposedException(nameof(ImageGptModel));
    }

    /// <summary>Another handle to the same weights, or null if they have been freed. This handle may have been disposed, if another one lives.</summary>
    internal ImageGptModel? TryShare() => _network.TryRetain() ? new ImageGptModel(_network, Palette) : null;

    /// <summary>The network on that device, ready to run; it belongs to the model.</summary>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    internal ImageGptNetwork On(torch.Device device)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _network.On(device);
    }
}
