using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IGptMl.Samples.OnnxSampling;

/// <summary>Draws images with a graph of one step, pixel by pixel. Keys and values of the pixels before go out of each step and into the next.</summary>
public sealed class StepGraph : IDisposable
{
    private const string Present = "present_";

    private readonly InferenceSession _session;
    private readonly int _blocks;
    private readonly int _heads;
    private readonly int _headSize;

    /// <summary>Loads the graph, and reads what the image is like from its metadata.</summary>
    public StepGraph(string path)
    {
        _session = new InferenceSession(path);
        var metadata = _session.ModelMetadata.CustomMetadataMap;
        if (metadata.GetValueOrDefault("content") != "step" || !metadata.TryGetValue("palette", out var palette))
        {
            throw new InvalidDataException($"'{path}' is no graph of one step with a palette; write one with igpt export --format onnx --what step.");
        }

        Side = Read("image_size");
        _blocks = Read("blocks");
        _heads = Read("heads");
        _headSize = Read("embedding_size") / _heads;
        using var colors = JsonDocument.Parse(palette);
        Palette = [.. colors.RootElement.EnumerateArray().Select(color => Convert.FromHexString(color.GetString()!.AsSpan(1)))];

        int Read(string name) => int.Parse(metadata[name], CultureInfo.InvariantCulture);
    }

    /// <summary>The width and the height of the image in pixels.</summary>
    public int Side { get; }

    /// <summary>The colors of the tokens: red, green and blue.</summary>
    public IReadOnlyList<byte[]> Palette { get; }

    /// <summary>Draws the tokens of an image, in raster order.</summary>
    public int[] Draw(Random random)
    {
        var tokens = new int[Side * Side];
        var last = Palette.Count; // the start of sequence
        List<NamedOnnxValue> past = [];
        for (var l = 0; l < _blocks; l++)
        {
            past.Add(NamedOnnxValue.CreateFromTensor($"past_keys.{l}", new DenseTensor<float>([1, _heads, 0, _headSize])));
            past.Add(NamedOnnxValue.CreateFromTensor($"past_values.{l}", new DenseTensor<float>([1, _heads, 0, _headSize])));
        }

        IDisposable? owner = null; // of the memory of the past
        try
        {
            for (var i = 0; i < tokens.Length; i++)
            {
                var token = NamedOnnxValue.CreateFromTensor("token", new DenseTensor<long>(new long[] { last }, [1, 1]));
                var results = _session.Run([token, .. past]);
                owner?.Dispose();
                owner = results;
                past = [.. results.Where(result => result.Name.StartsWith(Present, StringComparison.Ordinal)).Select(result
                    => NamedOnnxValue.CreateFromTensor("past_" + result.Name[Present.Length..], result.AsTensor<float>()))];
                tokens[i] = last = Choose(results.Single(result => result.Name == "logits").AsEnumerable<float>(), random);
            }
        }
        finally
        {
            owner?.Dispose();
        }

        return tokens;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>Chooses a color with the probability that softmax gives it.</summary>
    private static int Choose(IEnumerable<float> logits, Random random)
    {
        var values = logits.ToArray();
        var largest = values.Max();
        var weights = values.Select(value => Math.Exp(value - largest)).ToArray();
        var rest = random.NextDouble() * weights.Sum();
        for (var i = 0; i < weights.Length - 1; i++)
        {
            rest -= weights[i];
            if (rest < 0)
            {
                return i;
            }
        }

        return weights.Length - 1;
    }
}
