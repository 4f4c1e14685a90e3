using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IGptMl.Benchmarks;

/// <summary>
/// A graph that <see cref="ImageGptModel.SaveAsOnnx"/> wrote, compared in ONNX Runtime with another graph of the same shape: features of layer 4, d 256, 8
/// heads, 1,024 tokens, random weights. Both run alternately on the same tokens.
/// </summary>
internal static class ExportedBesideOnnx
{
    private const int Batch = 8;
    private const int Layer = 4;

    internal static void Run(string graph, int rounds)
    {
        var config = new ImageGptConfig { EmbeddingSize = 256, Heads = 8, Layers = Layer + 1, ImageSize = 32, Colors = 512 };
        var path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.onnx");
        try
        {
            using (var model = ImageGptModel.CreateUntrained(config))
            {
                model.SaveAsOnnx(path, new OnnxExportOptions { Layers = [Layer] });
            }

            using var options = new SessionOptions { IntraOpNumThreads = Environment.ProcessorCount };
            using var ours = new InferenceSession(path, options);
            using var other = new InferenceSession(graph, options);
            foreach (var rows in (int[])[Batch, 1])
            {
                Compare(ours, other, config, rows, rounds);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Compare(InferenceSession ours, InferenceSession other, ImageGptConfig config, int rows, int rounds)
    {
        var random = new Random(1);
        var tokens = Enumerable.Range(0, rows * config.ContextLength).Select(_ => (long)random.Next(config.Colors)).ToArray();
        var (oursTimes, otherTimes) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++) // the first round is a warm-up
        {
            var (first, second) = (Measure(ours, tokens, rows), Measure(other, tokens, rows));
            if (round >= 0)
            {
                oursTimes.Add(first);
                otherTimes.Add(second);
            }
        }

        var (own, their) = (Median(oursTimes), Median(otherTimes));
        Console.WriteLine($"batch {rows}: exported {rows / own:F2} images/s, the other graph {rows / their:F2} images/s, ratio {their / own:F2} "
            + $"(medians of {rounds} turns)");
    }

    private static double Measure(InferenceSession session, long[] tokens, int rows)
    {
        var clock = Stopwatch.StartNew();
        using var outputs = session.Run(
            [NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<long>(tokens, [rows, tokens.Length / rows]))]);
        return clock.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
