using IGptMl.Hosting;
using IGptMl.Inference;
using IGptMl.Likelihood;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for <see cref="ImageLikelihoodTransformer"/>: the likelihood of an image, and of each of its tokens, under a
/// pretrained Image GPT.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | Known-sized vector of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt16), as QuantizeToPalette outputs it |
/// | Output column data type | <xref:System.Single>, and if requested a known-sized vector of <xref:System.Single> and <xref:Microsoft.ML.Data.MLImage> |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, unless tokens are hidden at random from a masked model |
///
/// Nats per token is the mean of -ln p(token | tokens before it) over the image (Chen et al. 2020, section 2.1). Bits per dimension is that value divided by
/// 3 ln 2, for the three channels of a pixel of the quantized image. The value is high for images that are unlike the training images, but it also depends on
/// the amount of detail: it is higher for a detailed image than for a plain one.
///
/// A masked (BERT) model only predicts hidden tokens, as specified by `Options.Masking`. A row with missing tokens gives NaN, and no surprise map.
/// ]]></format>
/// </remarks>
public sealed class ImageLikelihoodEstimator : ModelEstimatorBase<ImageGptModel, ImageLikelihoodTransformer>
{
    private readonly Options _options;

    internal ImageLikelihoodEstimator(IHostEnvironment environment, ImageGptModel model, Options options)
        : base(environment, model)
    {
        ArgumentNullException.ThrowIfNull(options);
        model.RequireHead(nameof(model));
        options.Check(model.Config);
        _options = options;
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TokenColumn.Check(inputSchema, Host, _options.InputColumnName);
        return SchemaPromise.Extend(inputSchema, LikelihoodColumns.Create(Model.Config, _options).Select(c => c.Definition));
    }

    private protected override ImageLikelihoodTransformer CreateTransformer() => new ImageLikelihoodTransformer(Host, Model.Share(), _options);

    /// <summary>The advanced options of <see cref="ImageLikelihoodEstimator"/>.</summary>
    public sealed record Options
    {
        /// <summary>The token column. Default "Tokens".</summary>
        public string InputColumnName { get; init; } = "Tokens";

        /// <summary>The column of nats per token, <see cref="float"/>, 0 or more. Default "NatsPerToken".</summary>
        public string NatsPerTokenColumnName { get; init; } = LikelihoodColumns.NatsPerToken;

        /// <summary>The column of bits per dimension, <see cref="float"/>, 0 or more. Default "BitsPerDimension".</summary>
        public string BitsPerDimensionColumnName { get; init; } = LikelihoodColumns.BitsPerDimension;

        /// <summary>
        /// The column of the nats of each token, <c>Vector&lt;Single, size, size&gt;</c>, NaN for tokens that a masked model does not predict; null for none.
        /// Default null.
        /// </summary>
        public string? TokenNatsColumnName { get; init; }

        /// <summary>
        /// The column of images of those nats, size x size pixels, from black to bright yellow, and gray for tokens that a masked model does not predict; null
        /// for none. Default null.
        /// </summary>
        public string? SurpriseMapColumnName { get; init; }

        /// <summary>The nats at the upper end of the color scale, more than 0. Default null: ln K, the value of a uniform prediction.</summary>
        public double? SurpriseRange { get; init; }

        /// <summary>The maximum number of rows per batch, 1 to 4,096. It does not change the values beyond rounding. Default 32.</summary>
        public int BatchSize { get; init; } = ImageGptExecutor.DefaultRows;

        /// <summary>
        /// The tokens that a masked model predicts; must be null for an autoregressive model. Default null: each token with probability 0.15, by masks of seed
        /// 0.
        /// </summary>
        public TokenMasking? Masking { get; init; }

        /// <summary>
        /// Whether tokens of another palette than the model's are an error. They are known by the column's annotation, which QuantizeToPalette adds; a column
        /// without one is accepted. Default true.
        /// </summary>
        public bool ChecksPalette { get; init; } = true;

        /// <summary>The GPU to run on; null uses <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
        public int? GpuDeviceId { get; init; }

        /// <summary>Whether to fall back to the CPU if the GPU is not available; null uses <c>MLContext.FallbackToCpu</c>. Default null.</summary>
        public bool? FallbackToCpu { get; init; }

        /// <summary>Whether a column contains the nats of each token.</summary>
        internal bool ShowsTokens => (TokenNatsColumnName ?? SurpriseMapColumnName) is not null;

        internal void Check(ImageGptConfig config)
        {
            string?[] names = [NatsPerTokenColumnName, BitsPerDimensionColumnName, TokenNatsColumnName, SurpriseMapColumnName];
            var guard = new OptionGuard()
                .Name(nameof(InputColumnName), InputColumnName)
                .Name(nameof(NatsPerTokenColumnName), NatsPerTokenColumnName)
                .Name(nameof(BitsPerDimensionColumnName), BitsPerDimensionColumnName)
                .Require(TokenNatsColumnName is null || !string.IsNullOrWhiteSpace(TokenNatsColumnName), nameof(TokenNatsColumnName),
                    $"'{TokenNatsColumnName}'", "a column name, or null")
                .Require(SurpriseMapColumnName is null || !string.IsNullOrWhiteSpace(SurpriseMapColumnName), nameof(SurpriseMapColumnName),
                    $"'{SurpriseMapColumnName}'", "a column name, or null")
                .Require(names.OfType<string>().Distinct().Count() == names.OfType<string>().Count(), "the output columns",
                    string.Join(", ", names.OfType<string>()), "names that differ")
                .Positive(nameof(SurpriseRange), SurpriseRange ?? 1)
                .Range(nameof(BatchSize), BatchSize, 1, 4096);
            Masking?.Check(guard, nameof(Masking), config);
            guard.Require(Masking is not { Probability: 0 }, nameof(Masking), Masking, "tokens to predict");
            guard.ThrowIfAny("options");
        }
    }
}
