using IGptMl.Features;
using IGptMl.Hosting;
using IGptMl.Inference;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for <see cref="ImageGptFeatureExtractingTransformer"/>: extracts features of tokens from the layers of an Image GPT.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | Known-sized vector of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt16), as QuantizeToPalette outputs it |
/// | Output column data type | Known-sized vector of <xref:System.Single> |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, unless tokens are hidden at random from a masked model |
///
/// The features of layer l are the normed input of block l or, for l = L, the output of the final norm, averaged over all positions (Chen et al. 2020, section
/// 2.4). Some tokens of an image are hidden from a masked (BERT) model, as in the paper, unless `Options.Masking` specifies otherwise. A row with missing
/// tokens gives NaN. Rows are computed in batches, and no block above the deepest layer is run.
/// ]]></format>
/// </remarks>
public sealed class ImageGptFeatureExtractingEstimator : ModelEstimatorBase<ImageGptModel, ImageGptFeatureExtractingTransformer>
{
    private readonly Options _options;

    internal ImageGptFeatureExtractingEstimator(IHostEnvironment environment, ImageGptModel model, Options options)
        : base(environment, model)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check(model);
        _options = options with { Columns = [.. options.Columns.Select(c => new ImageGptFeatureColumn(c.Name, [.. c.Layers]))] };
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TokenColumn.Check(inputSchema, Host, _options.InputColumnName);
        return SchemaPromise.Extend(inputSchema, FeatureColumns.Create(Model.Config, _options.Columns).Select(c => c.Definition));
    }

    private protected override ImageGptFeatureExtractingTransformer CreateTransformer()
        => new ImageGptFeatureExtractingTransformer(Host, Model.Share(), _options);

    /// <summary>The advanced options of <see cref="ImageGptFeatureExtractingEstimator"/>.</summary>
    public sealed record Options
    {
        /// <summary>The token column. Default "Tokens".</summary>
        public string InputColumnName { get; init; } = "Tokens";

        /// <summary>The output columns, each with one or several layers. All are computed in one pass.</summary>
        public required IReadOnlyList<ImageGptFeatureColumn> Columns { get; init; }

        /// <summary>The maximum number of rows per batch, 1 to 4,096. It does not change the values beyond rounding. Default 32.</summary>
        public int BatchSize { get; init; } = ImageGptExecutor.DefaultRows;

        /// <summary>
        /// The tokens that are hidden from a masked model; must be null for an autoregressive model. Default null: each token with probability 0.15, by masks
        /// of seed 0.
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

        internal void Check(ImageGptModel model)
        {
            var guard = new OptionGuard()
                .Name(nameof(InputColumnName), InputColumnName)
                .Range(nameof(BatchSize), BatchSize, 1, 4096)
                .Require(Columns is { Count: > 0 }, nameof(Columns), Columns is null ? null : "empty", "at least one column");
            foreach (var column in Columns ?? [])
            {
                guard.Name("Columns.Name", column.Name)
                    .Require(column.Layers is { Count: > 0 }, $"Columns['{column.Name}'].Layers", column.Layers is null ? null : "empty",
                        $"layers from 0 to {model.Config.Layers}");
                foreach (var layer in column.Layers ?? [])
                {
                    guard.Range($"Columns['{column.Name}'].Layers", layer, 0, model.Config.Layers);
                }
            }

            Masking?.Check(guard, nameof(Masking), model.Config);
            guard.Require((Columns ?? []).DistinctBy(c => c.Name).Count() == (Columns?.Count ?? 0), nameof(Columns),
                string.Join(", ", (Columns ?? []).Select(c => c.Name)), "names that differ");
            guard.ThrowIfAny("options");
        }
    }
}
