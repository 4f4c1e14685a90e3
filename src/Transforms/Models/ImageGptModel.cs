using IGptMl.Models;
using IGptMl.Network;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl;

/// <summary>A pretrained Image GPT: its architecture, its weights and, if known, the palette of its tokens.</summary>
/// <remarks>
/// The weights never change and are shared: every transformer that is created from a model has its own handle to the same memory, which is released when
/// the last handle is disposed. Therefore, disposing a model does not affect the transformers created from it.
/// </remarks>
public sealed class ImageGptModel : IDisposable
{
    private readonly SharedNetwork _network;
    private int _disposed;

    /// <param name="network">The network. The model takes ownership.</param>
    /// <param name="palette">The palette of the tokens, if known.</param>
    /// <param name="cropping">How the training images were cropped to squares.</param>
    /// <param name="origin">How the weights came to be, if known.</param>
    internal ImageGptModel(
        ImageGptNetwork network,
        Palette? palette,
        ImageCropping cropping = ImageCropping.Squash,
        IReadOnlyDictionary<string, string>? origin = null)
        : this(new SharedNetwork(network, origin ?? ModelOrigin.Unknown), palette, cropping)
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

    /// <summary>
    /// Whether the model has the language-model head, which predicts tokens. A Hugging Face folder of <c>ImageGPTModel</c> or of
    /// <c>ImageGPTForImageClassification</c> has none. Such a model gives features and can be fine-tuned, but it has no likelihood and draws nothing.
    /// </summary>
    public bool HasHead => _network.HasHead;

    /// <summary>The palette of the tokens; null if the model was trained on tokens with unknown colors.</summary>
    public Palette? Palette { get; }

    /// <summary>
    /// How images are cropped to the model's square: <see cref="ImageCropping.Squash"/> or <see cref="ImageCropping.CenterCrop"/>, the latter for a model
    /// trained on random crops, such as OpenAI's checkpoints.
    /// </summary>
    public ImageCropping Cropping { get; }

    /// <summary>
    /// How the weights came to be, as far as it is known, as names and values: Source, the name and commit of a model from the hub; of a model that was
    /// trained here, the settings of its run (Steps, BatchSize, LearningRate, Seed and others, as in its checkpoints), the steps that were run, the loss
    /// that was reached, and the Version of this library. It is saved with the model.
    /// </summary>
    public IReadOnlyDictionary<string, string> Origin => _network.Origin;

    /// <summary>An object that is the same for two handles to the same weights.</summary>
    internal object Identity => _network;

    /// <summary>Loads a pretrained model in any of these formats, which is determined from the file or folder at the path.</summary>
    /// <remarks>
    /// A zip that <see cref="Save"/> wrote, or that <c>mlContext.Model.Save</c> wrote for any chain with a transformer that contains a model; of several
    /// models, the first one is loaded. A checkpoint that a trainer wrote into its checkpoint folder, such as <c>checkpoint-000131000.safetensors</c> or
    /// <c>best.safetensors</c>; its checksum is verified. From a checkpoint of fine-tuning, the network is loaded without the classifier. A folder of Hugging
    /// Face's ImageGPT: <c>config.json</c>, the weights as <c>model.safetensors</c> or <c>pytorch_model.bin</c>, complete or in shards with their index, and
    /// the palette in <c>preprocessor_config.json</c>, if it exists; the language-model head may be missing (<see cref="HasHead"/>). A TensorFlow checkpoint of
    /// OpenAI's code, given as the path of its <c>.index</c> file without that extension; its palette is <c>kmeans_centers.npy</c> in the same folder, if it
    /// exists. It is a masked (BERT) model if it has no start-of-sequence vector. Weights are converted to single precision, and must be exactly those of this
    /// network. The range of the palette's values in a Hugging Face folder is detected (<see cref="PaletteRange.Detect"/>).
    /// </remarks>
    /// <param name="path">Path of the zip, of the training checkpoint or of the folder, or the prefix of the TensorFlow checkpoint.</param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">The path does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged, or does not contain a model of this network; the message names the file and everything that does not match.
    /// </exception>
    public static ImageGptModel Load(string path) => Load(path, PaletteRange.Detect);

    /// <summary>Loads a pretrained model as <see cref="Load(string)"/> does, with the given range of its palette's values.</summary>
    /// <param name="path">Path of the zip, of the training checkpoint or of the folder, or the prefix of the TensorFlow checkpoint.</param>
    /// <param name="paletteRange">
    /// The range of the <c>clusters</c> in a Hugging Face folder's <c>preprocessor_config.json</c>. In a zip and in a training checkpoint it is always
    /// [-1, 1].
    /// </param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is not one of the named values.</exception>
    /// <exception cref="FileNotFoundException">The path does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged, or does not contain a model of this network; the message names the file and everything that does not match.
    /// </exception>
    public static ImageGptModel Load(string path, PaletteRange paletteRange)
    {
        Palette.CheckRange(paletteRange);
        return AnyModelFile.Load(path, paletteRange);
    }

    /// <summary>Loads a pretrained model as <see cref="Load(string)"/> does, and adds a palette if its format has none.</summary>
    /// <param name="path">Path of the zip, of the training checkpoint or of the folder, or the prefix of the TensorFlow checkpoint.</param>
    /// <param name="palette">
    /// The palette of the tokens, with <see cref="ImageGptConfig.Colors"/> colors; OpenAI's models have that of its kmeans_centers.npy.
    /// </param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">The path does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged or is not a model, or the model has another palette or another number of colors.
    /// </exception>
    public static ImageGptModel Load(string path, Palette palette)
    {
        ArgumentNullException.ThrowIfNull(palette);
        using var model = Load(path);
        if (palette.Count != model.Config.Colors)
        {
            throw new InvalidDataException($"The palette has {palette.Count} colors; the model '{path}' has {model.Config.Colors}.");
        }

        return model.Palette is null || model.Palette == palette
            ? new ImageGptModel(model.Share()._network, palette, model.Cropping) // the constructor takes over the reference that Share counted
            : throw new InvalidDataException($"The model '{path}' has its own palette, which differs.");
    }

    /// <summary>
    /// Loads a published model by its name, and downloads it first unless it is on this machine: <c>ImageGptModel.FromHub("openai/imagegpt-small")</c>.
    /// </summary>
    /// <remarks>
    /// <see cref="ModelDownloader"/> documents the names and the cache, and reports progress. openai/imagegpt-small has 76 million weights (332 MB);
    /// -medium has 455 million and -large 1.4 billion.
    /// </remarks>
    /// <param name="name">The model's name on the hub, such as openai/imagegpt-small; or of OpenAI's checkpoint, such as openai:igpt-s-bert.</param>
    /// <param name="options">Where models are found and stored; null for the defaults, which follow the environment.</param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The name has another form, or options are out of range.</exception>
    /// <exception cref="DownloadException">The model is not on this machine, and cannot be downloaded; the message says why.</exception>
    /// <exception cref="InvalidDataException">It is not an Image GPT, or a file is damaged.</exception>
    public static ImageGptModel FromHub(string name, ModelDownloaderOptions? options = null)
        => Load(Task.Run(() => new ModelDownloader(options).GetAsync(name)).GetAwaiter().GetResult());

    /// <summary>Creates a model that is not trained: its weights are the initial weights of a pretraining.</summary>
    /// <remarks>
    /// Its features are a baseline for those of a pretrained model. It predicts every color with the same probability, because the output layer is initialized
    /// with zeros.
    /// </remarks>
    /// <param name="config">The architecture.</param>
    /// <param name="palette">
    /// The palette of the tokens, with <see cref="ImageGptConfig.Colors"/> colors; null, the default, if it is not known.
    /// </param>
    /// <param name="seed">The seed of the weights. Default 1.</param>
    /// <returns>The model, on the CPU; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The architecture is invalid, or the palette has another number of colors.</exception>
    public static ImageGptModel CreateUntrained(ImageGptConfig config, Palette? palette = null, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(config);
        var guard = new OptionGuard();
        config.Check(guard);
        guard.ThrowIfAny(nameof(config));
        if (palette is not null && palette.Count != config.Colors)
        {
            throw new ArgumentException($"The palette has {palette.Count} colors; the architecture has {config.Colors}.", nameof(palette));
        }

        TorchRuntime.EnsureLoaded();
        using var generator = Initial.CreateGenerator(seed);
        return new ImageGptModel(new ImageGptNetwork(config, generator), palette);
    }

    /// <summary>Writes the model to a zip that <see cref="Load(string)"/> reads: weights as safetensors, palette as npy, the rest as JSON.</summary>
    /// <remarks>The zip contains only the model. To save a pipeline that includes the model, use <c>mlContext.Model.Save</c>.</remarks>
    /// <param name="path">Path of the file. An existing file is replaced only when the new one is complete. Its folder must exist.</param>
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
    /// <exception cref="IOException">The folder is not empty, or it cannot be written.</exception>
    /// <exception cref="NotSupportedException">The model is a masked (BERT) one, which Hugging Face's ImageGPT would run as an autoregressive one.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public void SaveAsHuggingFace(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        HuggingFaceExport.Write(this, folder);
    }

    /// <summary>Writes the model as a graph of ONNX, which ONNX Runtime and others run without this library.</summary>
    /// <remarks>
    /// The batch is dynamic. Inputs and outputs are named in <see cref="OnnxContent"/>. Metadata names the content, palette, sizes, cropping, layers and the
    /// SHA-256 of the weights. If the weights have more than 2 GB, they are in a second file, whose name has ".data" behind it.
    /// </remarks>
    /// <param name="path">Path of the file. An existing file is replaced only when the new one is complete. Its folder must exist.</param>
    /// <param name="options">What the graph computes, and from what; null for features of all layers from tokens.</param>
    /// <exception cref="ArgumentException">The options are out of range, or the model cannot do what they ask for.</exception>
    /// <exception cref="InvalidOperationException">A weight is too large for half precision.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is read-only.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public void SaveAsOnnx(string path, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        OnnxExport.Write(this, path, options ?? new OnnxExportOptions());
    }

    /// <summary>Returns the same model with another cropping of images to squares. The weights are shared, not copied.</summary>
    /// <param name="cropping">
    /// How images are cropped to the model's square. <see cref="ImageCropping.RandomCrop"/> is for training, and means <see cref="ImageCropping.CenterCrop"/>
    /// here.
    /// </param>
    /// <returns>The model, another handle to the same weights; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The cropping is not one of the named values.</exception>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    public ImageGptModel WithCropping(ImageCropping cropping)
        => Enum.IsDefined(cropping)
            ? new(Share()._network, Palette, cropping) // the constructor takes over the reference that Share counted
            : throw new ArgumentOutOfRangeException(
                nameof(cropping), cropping, $"Unknown cropping: expected {string.Join(" or ", Enum.GetNames<ImageCropping>())}.");

    /// <summary>Releases this handle, and the weights if it was the last one.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _network.Release();
        }
    }

    /// <summary>Creates another handle to the same weights.</summary>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    internal ImageGptModel Share()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return TryShare() ?? throw new ObjectDisposedException(nameof(ImageGptModel));
    }

    /// <summary>Checks that images can be quantized for the model.</summary>
    /// <exception cref="ArgumentException">It has no palette.</exception>
    internal void RequirePalette(string parameterName)
    {
        if (Palette is null)
        {
            throw new ArgumentException("The model has no palette, so images cannot be quantized for it.", parameterName);
        }
    }

    /// <summary>Checks that the model can predict tokens.</summary>
    /// <exception cref="ArgumentException">It has no head.</exception>
    internal void RequireHead(string parameterName)
    {
        if (!HasHead)
        {
            throw new ArgumentException(
                $"The model was saved without its language-model head ('{NetworkShapes.HeadName}'), as Hugging Face's ImageGPTModel is and a classifier. It "
                + "cannot predict tokens, so it has no likelihood and draws nothing; features, probes and fine-tuning need no head.", parameterName);
        }
    }

    /// <summary>Creates another handle to the same weights, or null if they have been released. Works also after this handle was disposed.</summary>
    internal ImageGptModel? TryShare() => _network.TryRetain() ? new ImageGptModel(_network, Palette, Cropping) : null;

    /// <summary>
    /// Leases the weights on a device, with their executor. They remain valid until the caller disposes the lease, even if the model is disposed earlier.
    /// </summary>
    /// <exception cref="ObjectDisposedException">This handle has been disposed.</exception>
    internal ModelLease Lease(torch.Device device)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0 || !_network.TryRetain(), this);
        return new ModelLease(_network, device);
    }
}
