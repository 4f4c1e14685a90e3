using IGptMl.Inference;
using IGptMl.Models;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl;

/// <summary>A pretrained Image GPT: its architecture, its weights and, where known, the palette of its tokens.</summary>
/// <remarks>
/// The weights never change, and are shared: every transformer made from a model holds a handle of its own to the same memory, which is freed when
/// the last handle is disposed. Disposing a model therefore does not disturb the transformers made from it.
/// </remarks>
public sealed class ImageGptModel : IDisposable
{
    private readonly SharedNetwork _network;
    private int _disposed;

    /// <param name="network">The network, which becomes the model's.</param>
    /// <param name="palette">The colors of the tokens, if known.</param>
    /// <param name="cropping">How the images became squares that it was trained on.</param>
    internal ImageGptModel(ImageGptNetwork network, Palette? palette, ImageCropping cropping = ImageCropping.Squash)
        : this(new SharedNetwork(network), palette, cropping)
    {
    }

    private ImageGptModel(SharedNetwork network, Palette? palette, ImageCropping cropping)
    {
        _network = network;
        Palette = palette;
        Cropping = cropping == ImageCropping.RandomCrop ? ImageCropping.CenterCrop : cropping;
    }

    /// <summary>The architecture.</summary>
    public ImageGptConfig Config => _network.Config;

    /// <summary>The colors of the tokens, or null where the model was trained on tokens without known colors.</summary>
    public Palette? Palette { get; }

    /// <summary>
    /// How images become the model's square: <see cref="ImageCropping.Squash"/> or <see cref="ImageCropping.CenterCrop"/>, the latter for a model trained on
    /// random crops, such as OpenAI's checkpoints.
    /// </summary>
    public ImageCropping Cropping { get; }

    /// <summary>What two handles to the same weights have in common.</summary>
    internal object Identity => _network;

    /// <summary>Reads a pretrained model in any of four forms, told apart by what lies at the path.</summary>
    /// <remarks>
    /// A zip that <c>mlContext.Model.Save</c> wrote of any chain with a transformer of ours that holds a model; of several models in it, the first is read.
    /// A checkpoint that pretraining wrote into its checkpoint folder, such as <c>checkpoint-000131000.safetensors</c> or <c>best.safetensors</c>; its checksum is verified.
    /// A folder of Hugging Face's ImageGPT: <c>config.json</c>, the weights as <c>model.safetensors</c> or <c>pytorch_model.bin</c>, whole or in several files
    /// with their index, and the palette in <c>preprocessor_config.json</c>, if there is one. A TensorFlow checkpoint of OpenAI's code, given as the path of
    /// its <c>.index</c> file without that ending; it has no palette, and is a masked (BERT) model where it has no start of sequence. Weights are read into single precision, and must be those of this network exactly.
    /// </remarks>
    /// <param name="path">Path of the zip, of the checkpoint of pretraining or of the folder, or the prefix of the TensorFlow checkpoint.</param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is none of them.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or holds no model that this network can be; the message names the file and all that does not fit.</exception>
    public static ImageGptModel Load(string path) => AnyModelFile.Load(path);

    /// <summary>Reads a pretrained model as <see cref="Load(string)"/> does, and gives it a palette where its form has none.</summary>
    /// <param name="path">Path of the zip, of the checkpoint of pretraining or of the folder, or the prefix of the TensorFlow checkpoint.</param>
    /// <param name="palette">The colors of the tokens, as many as <see cref="ImageGptConfig.Colors"/>; OpenAI's models have those of its kmeans_centers.npy.</param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or holds no such model, or the model has another palette or another number of colors.</exception>
    public static ImageGptModel Load(string path, Palette palette)
    {
        ArgumentNullException.ThrowIfNull(palette);
        using var model = Load(path);
        if (palette.Count != model.Config.Colors)
        {
            throw new InvalidDataException($"The palette has {palette.Count} colors, and the model '{path}' {model.Config.Colors}.");
        }

        return model.Palette is null || model.Palette == palette
            ? new ImageGptModel(model.Share()._network, palette, model.Cropping) // the second handle takes over the count of the first
            : throw new InvalidDataException($"The model '{path}' has a palette of its own, which is another one.");
    }

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

    /// <summary>Checks that images can be quantized for the model.</summary>
    /// <exception cref="ArgumentException">It knows no palette.</exception>
    internal void RequirePalette(string parameterName)
    {
        if (Palette is null)
        {
            throw new ArgumentException("The model knows no palette, so images cannot be quantized for it.", parameterName);
        }
    }

    /// <summary>Another handle to the same weights, or null if they have been freed. This handle may have been disposed, if another one lives.</summary>
    internal ImageGptModel? TryShare() => _network.TryRetain() ? new ImageGptModel(_network, Palette, Cropping) : null;

    /// <summary>Another handle to the same weights, for images that become squares in another way.</summary>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    internal ImageGptModel WithCropping(ImageCropping cropping) => new(Share()._network, Palette, cropping); // the second handle takes over the count of the first

    /// <summary>The network on that device, ready to run; it belongs to the model.</summary>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    internal ImageGptNetwork On(torch.Device device)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _network.On(device);
    }

    /// <summary>What makes decoders of the network on that device; it belongs to the model.</summary>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    internal DecoderFactory Decoders(torch.Device device)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _network.Decoders(device);
    }
}
