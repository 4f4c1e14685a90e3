using IGptMl.Hosting;
using IGptMl.Inference;
using IGptMl.Likelihood;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for <see cref="ImageLikelihoodTransformer"/>: how likely a pretrained Image GPT finds an image, and each of its
/// tokens.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | Known-sized vector of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt16), as QuantizeToPalette gives it |
/// | Output column data type | <xref:System.Single>, and if asked for a known-sized vector of <xref:System.Single> and <xref:Microsoft.ML.Data.MLImage> |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// Nats per token is the mean of -ln p(token | tokens before it) over the image (Chen et al. 2020, section 2.1); bits per dimension is that divided by 3 ln 2,
/// for
/// the three channels of a pixel, of the quantized image. An image that is unlike those the model was trained on has a high value, but so has a detailed one,
/// and a plain one a low value.
/// A masked (BERT) model is asked for hidden tokens alone, by `Options.Masking`. A row whose tokens are missing gives NaN, and no picture.
/// ]]></format>
/// </remarks>
public sealed class ImageLikelihoodEstimator : ModelEstimatorBase<ImageGptModel, ImageLikelihoodTransformer>
{
    private readonly Options _options;

    internal ImageLikelihoodEstimator(IHostEnvironment environment, ImageGptModel model, Options options)
        : base(environment, model)
    {
        ArgumentNullException.ThrowIfNull(options);
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
        /// The column of the nats of each token, <c>Vector&lt;Single, size, size&gt;</c>, NaN where a masked model was not asked; null for none. Default null.
        /// </summary>
        public string? TokenNatsColumnName { get; init; }

        /// <summary>
        /// The column of pictures of those nats, size x size pixels, from black to bright yellow, gray where a masked model was not asked; null for none.
        /// Default null.
        /// </summary>
        public string? SurpriseMapColumnName { get; init; }

        /// <summary>
        /// The nats at which the colors of the pictures end, more than 0. Default null: ln K, the surprise of a model that has learned nothing.
        /// </summary>
        public double? SurpriseRange { get; init; }

        /// <summary>The greatest number of rows computed together, 1 to 4,096. Default 32. It does not change the values beyond rounding.</summary>
        public int BatchSize { get; init; } = ImageGptExecutor.DefaultRows;

        /// <summary>
        /// Which tokens a masked model is asked for; must be null for an autoregressive one. Default null: each with probability 0.15, by masks of seed 0.
        /// </summary>
        public TokenMasking? Masking { get; init; }

        /// <summary>The GPU to run on; null takes <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
        public int? GpuDeviceId { get; init; }

        /// <summary>Whether the CPU will do where that GPU is missing; null takes <c>MLContext.FallbackToCpu</c>. Default null.</summary>
        public bool? FallbackToCpu { get; init; }

        /// <summary>Whether a column shows the tokens' own nats.</summary>
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
