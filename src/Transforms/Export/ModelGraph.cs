using System.Globalization;
using System.Text.Json.Nodes;
using IGptMl.Network;
using IGptMl.Onnx;

namespace IGptMl.Export;

/// <summary>A model as a file of ONNX: inputs, outputs, metadata.</summary>
/// <param name="network">The network, on the CPU, which must live until the file is written.</param>
/// <param name="palette">The palette, if known.</param>
/// <param name="cropping">How images are cropped.</param>
/// <param name="options">What to write, which has been checked.</param>
internal sealed class ModelGraph(ImageGptNetwork network, Palette? palette, ImageCropping cropping, OnnxExportOptions options)
{
    private const string Batch = "batch";

    private readonly OnnxFile _file = new(options.Opset, options.Float16);
    private readonly Dictionary<string, string> _metadata = [];

    private ImageGptConfig Config => network.Config;

    /// <summary>Writes features, logits, likelihood or a step.</summary>
    internal void Write(string path, string checksum, long mostBytes = OnnxFile.MostBytes)
    {
        var body = new NetworkGraph(_file, Config, network.Weights);
        if (options.Content == OnnxContent.Step)
        {
            AddStep(body);
        }
        else
        {
            var (tokens, hidden) = AddInputs();
            AddOutputs(body, tokens, hidden);
        }

        Save(path, options.Content.ToString().ToLowerInvariant(), checksum, mostBytes);
    }

    /// <summary>Writes a classifier: softmax of a linear head on the features of the last layer.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="checksum">The checksum of the network's weights.</param>
    /// <param name="head">The weights, (C, d), row-major.</param>
    /// <param name="classes">The names of the classes, if known.</param>
    internal void WriteClassifier(string path, string checksum, ReadOnlySpan<float> head, IReadOnlyList<string>? classes)
    {
        var (tokens, hidden) = AddInputs();
        var features = new NetworkGraph(_file, Config, network.Weights).Features(tokens, hidden, [Config.Layers]);
        var (scores, count) = AddHead(_file, features, head, Config.EmbeddingSize);
        _file.Output(scores, new OnnxValue("scores", OnnxType.Float, Batch, count));
        _file.Output(_file.Node("ArgMax", [scores], ("axis", 1L), ("keepdims", 0L)), new OnnxValue("label", OnnxType.Int64, Batch));
        if (classes is not null)
        {
            _metadata.Add("classes", new JsonArray([.. classes.Select(name => JsonValue.Create(name))]).ToJsonString());
        }

        Save(path, "classifier", checksum, OnnxFile.MostBytes);
    }

    /// <summary>Adds a linear head (C, d) and softmax: features (N, d) → scores (N, C).</summary>
    internal static (string Scores, int Count) AddHead(OnnxGraph graph, string features, ReadOnlySpan<float> head, int width)
    {
        var count = head.Length / width;
        var transposed = new float[head.Length];
        for (var i = 0; i < head.Length; i++)
        {
            transposed[(i % width * count) + (i / width)] = head[i];
        }

        var matrix = graph.Weight("score.weight", OnnxTensor.Of(transposed, width, count));
        return (graph.Node("Softmax", [graph.Binary("MatMul", features, matrix)], ("axis", 1L)), count);
    }

    private (string Tokens, string? Hidden) AddInputs()
    {
        string tokens;
        if (options.FromPixels)
        {
            var image = _file.Input(new OnnxValue("image", OnnxType.UInt8, Batch, "height", "width", 3));
            tokens = PixelGraph.Tokens(_file, image, Config.ImageSize, cropping, palette!);
            _file.Output(tokens, new OnnxValue("tokens", OnnxType.Int64, Batch, Config.ContextLength));
        }
        else
        {
            tokens = _file.Input(new OnnxValue("tokens", OnnxType.Int64, Batch, Config.ContextLength));
        }

        var hidden = Config.Objective == PretrainingObjective.Masked
            ? _file.Input(new OnnxValue("hidden", OnnxType.Bool, Batch, Config.ContextLength))
            : null;
        return (tokens, hidden);
    }

    private void AddOutputs(NetworkGraph body, string tokens, string? hidden)
    {
        switch (options.Content)
        {
            case OnnxContent.Features:
                IReadOnlyList<int> layers = options.Layers ?? [.. Enumerable.Range(0, Config.Layers + 1)];
                _metadata.Add("layers", string.Join(',', layers));
                _file.Output(body.Features(tokens, hidden, layers), new OnnxValue("features", OnnxType.Float, Batch, layers.Count * Config.EmbeddingSize));
                break;
            case OnnxContent.Logits:
                _file.Output(body.Logits(tokens, hidden), new OnnxValue("logits", OnnxType.Float, Batch, Config.ContextLength, Config.Colors));
                break;
            default:
                var (sum, mean) = body.Likelihood(tokens, hidden);
                _file.Output(sum, new OnnxValue("nats_per_image", OnnxType.Float, Batch));
                _file.Output(mean, new OnnxValue("nats_per_token", OnnxType.Float, Batch));
                break;
        }
    }

    private void AddStep(NetworkGraph body)
    {
        var token = _file.Input(new OnnxValue("token", OnnxType.Int64, Batch, 1));
        var past = Enumerable.Range(0, Config.Layers)
            .Select(l => new KeysValues(_file.Input(Cache($"past_keys.{l}", "past")), _file.Input(Cache($"past_values.{l}", "past"))))
            .ToArray();
        var logits = body.Step(token, past, out var present);
        _file.Output(logits, new OnnxValue("logits", OnnxType.Float, Batch, Config.Colors));
        for (var l = 0; l < Config.Layers; l++)
        {
            _file.Output(present[l].Keys, Cache($"present_keys.{l}", "present"));
            _file.Output(present[l].Values, Cache($"present_values.{l}", "present"));
        }
    }

    private OnnxValue Cache(string name, string length) => new(name, OnnxType.Float, Batch, Config.Heads, length, Config.EmbeddingSize / Config.Heads);

    private void Save(string path, string content, string checksum, long mostBytes)
    {
        Describe("content", content);
        Describe("objective", Config.Objective.ToString().ToLowerInvariant());
        Describe("image_size", Config.ImageSize);
        Describe("colors", Config.Colors);
        Describe("blocks", Config.Layers);
        Describe("heads", Config.Heads);
        Describe("embedding_size", Config.EmbeddingSize);
        Describe("cropping", cropping);
        Describe("weights", options.Float16 ? "float16" : "float32");
        Describe("weights_sha256", checksum);
        if (palette is not null)
        {
            _metadata.Add("palette", new JsonArray([.. palette.ToHexNames().Select(name => JsonValue.Create(name))]).ToJsonString());
        }

        _file.Write(path, $"igpt_{content}", _metadata, mostBytes);

        void Describe(string name, object value) => _metadata.Add(name, Convert.ToString(value, CultureInfo.InvariantCulture)!);
    }
}
