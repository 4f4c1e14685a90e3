using IGptMl.Models;
using IGptMl.Network;
using IGptMl.Numerics;
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

    /// <summary>Reads a pretrained model in any of these forms, told apart by what lies at the path.</summary>
    /// <remarks>
    /// A zip that <see cref="Save"/> wrote, or <c>mlContext.Model.Save</c> of any chain with a transformer of ours that holds a model; of several models in it, the first is read.
    /// A checkpoint that a trainer wrote into its checkpoint folder, such as <c>checkpoint-000131000.safetensors</c> or <c>best.safetensors</c>; its checksum is verified.
    /// Of fine-tuning, that is the network without the classifier on top of it.
    /// A folder of Hugging Face's ImageGPT: <c>config.json</c>, the weights as <c>model.safetensors</c> or <c>pytorch_model.bin</c>, whole or in several files
    /// with their index, and the palette in <c>preprocessor_config.json</c>, if there is one. A TensorFlow checkpoint of OpenAI's code, given as the path of
    /// its <c>.index</c> file without that ending; it has no palette, and is a masked (BERT) model where it has no start of sequence. Weights are read into single precision, and must be those of this network exactly.
    /// </remarks>
    /// <param name="path">Path of the zip, of the training checkpoint or of the folder, or the prefix of the TensorFlow checkpoint.</param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is none of them.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or holds no model that this network can be; the message names the file and all that does not fit.</exception>
    public static ImageGptModel Load(string path) => AnyModelFile.Load(path);

    /// <summary>Reads a pretrained model as <see cref="Load(string)"/> does, and gives it a palette where its form has none.</summary>
    /// <param name="path">Path of the zip, of the training checkpoint or of the folder, or the prefix of the TensorFlow checkpoint.</param>
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

    /// <summary>Creates a model that has learned nothing: its weights are those that a pretraining would begin with.</summary>
    /// <remarks>
    /// Its features are a baseline for those of a pretrained model. It predicts every color with the same probability, because the output layer begins with zeros.
    /// </remarks>
    /// <param name="config">The architecture.</param>
    /// <param name="palette">The colors of the tokens, as many as <see cref="ImageGptConfig.Colors"/>; null, the default, means that they are not known.</param>
    /// <param name="seed">The seed of the weights. Default 1.</param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The architecture is an impossible one, or the palette has another number of colors.</exception>
    public static ImageGptModel CreateUntrained(ImageGptConfig config, Palette? palette = null, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(config);
        var guard = new OptionGuard();
        config.Check(guard);
        guard.ThrowIfAny(nameof(config));
        if (palette is not null && palette.Count != config.Colors)
        {
            throw new ArgumentException($"The palette has {palette.Count} colors, and the architecture {config.Colors}.", nameof(palette));
        }

        TorchRuntime.EnsureLoaded();
        using var generator = Initial.CreateGenerator(seed);
        return new ImageGptModel(new ImageGptNetwork(config, generator), palette);
    }

    /// <summary>Writes the model to a zip that <see cref="Load(string)"/> reads: weights as safetensors, palette as npy, the rest as json.</summary>
    /// <remarks>The zip holds the model alone. To save a pipeline, with the model in it, use <c>mlContext.Model.Save</c>.</remarks>
    /// <param name="path">Path of the file, which is replaced only by a complete one. Its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ModelFile.Save(this, path);
    }

    /// <summary>
    /// Writes the model as a folder that Hugging Face's ImageGPT and <see cref="Load(string)"/> read: <c>config.json</c>, <c>model.safetensors</c> and, if the
    /// palette is known, <c>preprocessor_config.json</c>.
    /// </summary>
    /// <param name="folder">The folder, which must be new or empty.</param>
    /// <exception cref="IOException">The folder has files in it, or it cannot be written.</exception>
    /// <exception cref="NotSupportedException">The model is a masked (BERT) one, which Hugging Face's ImageGPT would run as an autoregressive one.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public void SaveAsHuggingFace(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        HuggingFaceExport.Write(this, folder);
    }

    /// <summary>Gives the same model for images that become squares in another way. The weights are shared, not copied.</summary>
    /// <param name="cropping">
    /// How images become the model's square. <see cref="ImageCropping.RandomCrop"/> is for training, and means <see cref="ImageCropping.CenterCrop"/> here.
    /// </param>
    /// <returns>The model, another handle to the same weights; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The cropping is not one of the named values.</exception>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    public ImageGptModel WithCropping(ImageCropping cropping)
        => Enum.IsDefined(cropping)
            ? new(Share()._network, Palette, cropping) // the second handle takes over the count of the first
            : throw new ArgumentOutOfRangeException(
                nameof(cropping), cropping, $"Unknown cropping: expected {string.Join(" or ", Enum.GetNames<ImageCropping>())}.");

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

    /// <summary>The weights on that device and what runs them, which stay until the caller disposes the lease, even if the model is disposed meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    internal ModelLease Lease(torch.Device device)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0 || !_network.TryRetain(), this);
        return new ModelLease(_network, device);
    }
}
