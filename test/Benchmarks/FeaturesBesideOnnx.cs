using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IGptMl.Benchmarks;

/// <summary>
/// Features of layer 4 through the pipeline, tokens in and features out, compared with a graph of the same shape in ONNX Runtime: d 256, 8 heads, 1,024 tokens,
/// random weights. Both sides run alternately on the same tokens, each after a warm-up.
/// </summary>
internal static class FeaturesBesideOnnx
{
    private const int Batch = 8;
    private const int Layer = 4;

    internal static void Run(string graph, int rounds)
    {
        var ml = new MLContext(seed: 1);
        var config = new ImageGptConfig { EmbeddingSize = 256, Heads = 8, Layers = Layer + 1, ImageSize = 32, Colors = 512 };
        using var model = ImageGptModel.CreateUntrained(config);
        var rows = TokenData.Rows(config, Batch);
        var view = TokenData.View(ml, config, rows);
        var options = new ImageGptFeatureExtractingEstimator.Options { Columns = [new ImageGptFeatureColumn("Features", Layer)], BatchSize = Batch };
        using var transformer = ml.Transforms.ExtractImageGptFeatures(model, options).Fit(view);
        using var session = new InferenceSession(graph, new SessionOptions { IntraOpNumThreads = Environment.ProcessorCount });

        var (ours, onnx, oursAlone, onnxAlone) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        using var engine = ml.Model.CreatePredictionEngine<TokenData.Row, FeatureRow>(transformer, new PredictionEngineOptions
        {
            OwnsTransformer = false,
            InputSchemaDefinition = TokenData.Schema(config),
            OutputSchemaDefinition = FeatureRow.Schema(config),
        });
        for (var round = -1; round < rounds; round++) // the first round is a warm-up
        {
            Measure(ours, round, () => Consume(transformer.Transform(view)));
            Measure(onnx, round, () => RunGraph(session, rows));
            Measure(oursAlone, round, () => rows.Take(2).ToList().ForEach(row => engine.Predict(row)));
            Measure(onnxAlone, round, () => rows.Take(2).ToList().ForEach(row => RunGraph(session, [row])));
        }

        Report("batch 8", Batch, ours, onnx);
        Report("one row at a time", 2, oursAlone, onnxAlone);
    }

    /// <summary>
    /// iGPT-S with random weights: features of layer 12 compared with those of layer 24. No block above the deepest layer is computed, so the former take half
    /// the time.
    /// </summary>
    internal static void RunSmall(int rounds)
    {
        var ml = new MLContext(seed: 1);
        var config = ImageGptConfig.Small;
        using var model = ImageGptModel.CreateUntrained(config);
        var view = TokenData.View(ml, config, 2);
        var times = new Dictionary<int, List<double>> { [12] = [], [24] = [] };
        for (var round = -1; round < rounds; round++)
        {
            foreach (var (layer, list) in times)
            {
                var options = new ImageGptFeatureExtractingEstimator.Options { Columns = [new ImageGptFeatureColumn("Features", layer)], BatchSize = 2 };
                using var transformer = ml.Transforms.ExtractImageGptFeatures(model, options).Fit(view);
                Measure(list, round, () => Consume(transformer.Transform(view)));
            }
        }

        var (half, all) = (Median(times[12]), Median(times[24]));
        Console.WriteLine($"iGPT-S, layer 12: {2 / half:F2} images/s; layer 24: {2 / all:F2} images/s; {all / half:F2} times the time");
    }

    private static void Consume(IDataView view)
    {
        VBuffer<float> features = default;
        using var cursor = view.GetRowCursor([view.Schema["Features"]]);
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
        while (cursor.MoveNext())
        {
            getter(ref features);
        }
    }

    private static void RunGraph(InferenceSession session, TokenData.Row[] rows)
    {
        long[] ids = [.. rows.SelectMany(row => row.Tokens).Select(token => token - 1L)];
        var input = NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<long>(ids, [rows.Length, rows[0].Tokens.Length]));
        using var outputs = session.Run([input]);
        _ = outputs[0].AsTensor<float>().Length;
    }

    private static void Measure(List<double> times, int round, Action work)
    {
        work(); // warm-up, as the other side's threads spin for a while and its data fills the caches
        var clock = Stopwatch.StartNew();
        work();
        if (round >= 0)
        {
            times.Add(clock.Elapsed.TotalSeconds);
        }
    }

    private static void Report(string what, int images, List<double> ours, List<double> onnx) => Console.WriteLine(
        $"{what}: ours {images / Median(ours):F2} images/s, ONNX Runtime {images / Median(onnx):F2} images/s, ratio {Median(onnx) / Median(ours):F2} "
        + $"(medians of {ours.Count} turns; best turns {images / ours.Min():F2} and {images / onnx.Min():F2})");

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class FeatureRow
    {
        public float[] Features { get; set; } = [];

        internal static SchemaDefinition Schema(ImageGptConfig config)
        {
            var schema = SchemaDefinition.Create(typeof(FeatureRow));
            schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, config.EmbeddingSize);
            return schema;
        }
    }
}
