using IGptMl.Features;
using IGptMl.Hosting;
using IGptMl.Inference;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for <see cref="ImageGptFeatureExtractingTransformer"/>: tokens to features from the middle of an Image GPT.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | Known-sized vector of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt16), as QuantizeToPalette gives it |
/// | Output column data type | Known-sized vector of <xref:System.Single> |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// The feature of layer l is the average over all positions of the normed input of block l, for l = L of the final norm's output
/// (Chen et al. 2020, section 2.4). A masked (BERT) model sees an image with some tokens hidden, as in the paper, unless `Options.Masking` says otherwise. A
/// row whose tokens are missing gives NaN. Rows are computed in batches, and no block above the deepest layer is run.
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

        /// <summary>The greatest number of rows computed together, 1 to 4,096. Default 32. It does not change the values beyond rounding.</summary>
        public int BatchSize { get; init; } = ImageGptExecutor.DefaultRows;

        /// <summary>
        /// Which tokens are hidden from a masked model; must be null for an autoregressive one, from which none are hidden. Default null: each with
        /// probability 0.15, by masks of seed 0.
        /// </summary>
        public TokenMasking? Masking { get; init; }

        /// <summary>The GPU to run on; null takes <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
        public int? GpuDeviceId { get; init; }

        /// <summary>Whether the CPU will do where that GPU is missing; null takes <c>MLContext.FallbackToCpu</c>. Default null.</summary>
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
