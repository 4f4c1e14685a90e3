using IGptMl.Completion;
using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for <see cref="ImageCompletingTransformer"/>: keeps a part of each image, and lets a pretrained Image GPT draw the
/// rest.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | <xref:Microsoft.ML.Data.MLImage> |
/// | Output column data type | <xref:Microsoft.ML.Data.MLImage>, one column a completion |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Transforms, Microsoft.ML.ImageAnalytics, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// The image becomes tokens as the model expects it. What is not kept is drawn in raster order, each token from the probabilities that the model gives it after
/// all tokens before it,
/// so that a kept pixel guides only what is below it and to its right; the paper keeps the upper half. A completion is a pure function of the model, the
/// options and the kept tokens: the
/// same image is completed in the same way in any batch, order or process. A row without an image gives none.
/// ]]></format>
/// </remarks>
public sealed partial class ImageCompletingEstimator : ModelEstimatorBase<ImageGptModel, ImageCompletingTransformer>
{
    private readonly Options _options;

    internal ImageCompletingEstimator(IHostEnvironment environment, ImageGptModel model, Options options)
        : base(environment, model)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckModel(model);
        options.Check(model.Config);
        _options = options.Frozen();
        Host.WarnOf(model.Palette?.RangeWarning);
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ImageColumn.Check(inputSchema, Host, _options.InputName);
        return SchemaPromise.Extend(inputSchema, CompletionColumns.Define(_options, Model.Config.ImageSize));
    }

    private protected override ImageCompletingTransformer CreateTransformer()
        => new ImageCompletingTransformer(Host, Model.Share(), _options with { Seed = _options.Seed ?? Host.Rand.Next() });

    /// <summary>Only an autoregressive model of known colors completes images.</summary>
    /// <exception cref="ArgumentException">The model is another one.</exception>
    internal static void CheckModel(ImageGptModel model)
    {
        SamplingOptions.RequireAutoregressive(model.Config, nameof(model));
        if (model.Palette is null)
        {
            throw new ArgumentException(
                "The model has no palette, so images cannot become its tokens, nor its tokens images. Load it with a palette: ImageGptModel.Load(path, "
                + "palette).", nameof(model));
        }
    }
}
