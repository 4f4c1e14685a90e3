using IGptMl.Completion;
using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for <see cref="ImageCompletingTransformer"/>: keeps a part of each image, and samples the rest from a pretrained
/// Image GPT.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | <xref:Microsoft.ML.Data.MLImage> |
/// | Output column data type | <xref:Microsoft.ML.Data.MLImage>, one column per completion |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Transforms, Microsoft.ML.ImageAnalytics, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// The image is converted to tokens as the model expects it. The tokens that are not kept are sampled in raster order, each from the model's probabilities
/// given all tokens before it. A kept pixel therefore only influences pixels that come after it in raster order; the paper keeps the upper half.
///
/// A completion is a pure function of the model, the options and the kept tokens: the same image is completed in the same way in any batch, order or
/// process. A row without an image has no completion.
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

    /// <summary>Checks that the model can complete images: it must be autoregressive, and have a palette and a language-model head.</summary>
    /// <exception cref="ArgumentException">The model is masked, or lacks one of them.</exception>
    internal static void CheckModel(ImageGptModel model)
    {
        SamplingOptions.RequireAutoregressive(model.Config, nameof(model));
        model.RequireHead(nameof(model));
        if (model.Palette is null)
        {
            throw new ArgumentException(
                "The model has no palette, so images cannot be converted to its tokens and back. Load it with a palette: ImageGptModel.Load(path, "
                + "palette).", nameof(model));
        }
    }
}
