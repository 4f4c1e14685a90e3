using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>
/// Features of layer 4 through the pipeline (d 256, 8 heads, 1,024 tokens, random weights) with 1, 2, 4 and 8 threads and several batch sizes.
/// </summary>
/// <remarks>More threads than cores cannot be faster; they show that the results are correct and that no work is duplicated.</remarks>
internal static class FeatureThreads
{
    private const int Rows = 16, Layer = 4, Rounds = 3;

    private static readonly int[] Threads = [1, 2, 4, 8], BatchSizes = [1, 2, 8, 16];

    internal static void Run()
    {
        var ml = new MLContext(seed: 1);
        var config = new ImageGptConfig { EmbeddingSize = 256, Heads = 8, Layers = Layer + 1, ImageSize = 32, Colors = 512 };
        using var model = ImageGptModel.CreateUntrained(config, seed: 1);
        var random = new Random(1);
        var rows = Enumerable.Range(0, Rows).Select(_ => new Row
            { Tokens = [.. Enumerable.Range(0, config.ContextLength).Select(_ => (ushort)(1 + random.Next(config.Colors)))] }).ToList();
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Tokens)].ColumnType = new VectorDataViewType(new KeyDataViewType(typeof(ushort), config.Colors), config.ContextLength);
        var view = ml.Data.LoadFromEnumerable(rows, schema);
        Console.WriteLine($"{Environment.ProcessorCount} cores; images a second, the best of {Rounds} passes over {Rows} rows, after one that is not counted");
        Console.WriteLine($"{"threads",7}{string.Concat(BatchSizes.Select(size => $"{$"batch {size}",12}"))}");
        foreach (var threads in Threads)
        {
            torch.set_num_threads(threads);
            Console.WriteLine($"{threads,7}{string.Concat(BatchSizes.Select(size => $"{Rows / Seconds(size),12:F2}"))}");
        }

        double Seconds(int batchSize)
        {
            var options = new ImageGptFeatureExtractingEstimator.Options { Columns = [new ImageGptFeatureColumn("Features", Layer)], BatchSize = batchSize };
            using var transformer = ml.Transforms.ExtractImageGptFeatures(model, options).Fit(view);
            return Enumerable.Range(0, Rounds + 1).Select(_ =>
            {
                var clock = Stopwatch.StartNew();
                foreach (var features in transformer.Transform(view).GetColumn<float[]>("Features"))
                {
                    Debug.Assert(features.Length == config.EmbeddingSize);
                }

                return clock.Elapsed.TotalSeconds;
            }).Skip(1).Min();
        }
    }

    private sealed class Row
    {
        public ushort[] Tokens { get; set; } = [];
    }
}
