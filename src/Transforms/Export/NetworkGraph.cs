using IGptMl.Network;
using IGptMl.Onnx;
using TorchSharp;

namespace IGptMl.Export;

/// <summary>Adds the network to a graph, as <see cref="ImageGptNetwork"/> computes it. Norms and activations have the form that ONNX Runtime fuses.</summary>
/// <param name="graph">The graph.</param>
/// <param name="config">The architecture.</param>
/// <param name="weights">The weights, on the CPU, which must live until the graph is written.</param>
internal sealed class NetworkGraph(OnnxGraph graph, ImageGptConfig config, ImageGptWeights weights)
{
    private readonly Dictionary<string, string> _normed = [];

    private int HeadSize => config.EmbeddingSize / config.Heads;

    private bool IsCausal => config.Objective == PretrainingObjective.Autoregressive;

    /// <summary>The position-averaged representations of layers: tokens (N, T) int64 → (N, layers · d). No block above the deepest layer is added.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="hidden">The hidden tokens of a masked network, (N, T) bool; null hides none.</param>
    /// <param name="layers">The layers, 0 to L.</param>
    internal string Features(string tokens, string? hidden, IReadOnlyList<int> layers)
    {
        var found = new Dictionary<int, string>();
        var stream = Embed(tokens, hidden);
        for (var l = 0; ; l++)
        {
            if (layers.Contains(l))
            {
                found[l] = graph.Reduce("ReduceMean", l < config.Layers ? NormedInput(stream, l) : FinalNorm(stream), 1);
            }

            if (l == layers.Max())
            {
                return layers.Count == 1 ? found[l] : graph.Node("Concat", [.. layers.Select(layer => found[layer])], ("axis", 1L));
            }

            stream = Block(stream, l, null, out _);
        }
    }

    /// <summary>tokens (N, T) int64 → logits (N, T, K); those at position i predict token i.</summary>
    internal string Logits(string tokens, string? hidden)
    {
        var stream = Embed(tokens, hidden);
        for (var l = 0; l < config.Layers; l++)
        {
            stream = Block(stream, l, null, out _);
        }

        return Head(stream);
    }

    /// <summary>The sum and the mean of an image's nats, (N); of a masked network over hidden tokens.</summary>
    internal (string Sum, string Mean) Likelihood(string tokens, string? hidden)
    {
        var nats = Nats(tokens, hidden);
        if (hidden is null)
        {
            return (graph.Sum(nats, 1), graph.Reduce("ReduceMean", nats, 1));
        }

        var predicted = graph.Cast(hidden, OnnxType.Float);
        var sum = graph.Sum(graph.Binary("Mul", nats, predicted), 1);
        return (sum, graph.Binary("Div", sum, graph.Sum(predicted, 1)));
    }

    /// <summary>-ln p of each token: tokens (N, T) int64 → (N, T).</summary>
    internal string Nats(string tokens, string? hidden)
    {
        var logs = graph.Node("LogSoftmax", [Logits(tokens, hidden)], ("axis", 2L));
        var own = graph.Node("GatherElements", [logs, graph.Reshape(tokens, 0, config.ContextLength, 1)], ("axis", 2L));
        return graph.Node("Neg", [graph.Reshape(own, 0, config.ContextLength)]);
    }

    /// <summary>
    /// One position: the token before it (N, 1) int64, and keys and values of the positions before, (N, H, P, d / H) a block → logits (N, K).
    /// </summary>
    internal string Step(string token, IReadOnlyList<KeysValues> past, out IReadOnlyList<KeysValues> present)
    {
        var size = graph.Node("Shape", [past[0].Keys]);
        var position = graph.Slice(size, 0, 2, 3); // (1)
        var stream = graph.Binary("Add", Rows("transformer.wte.weight", weights.Tokens, token), Rows("transformer.wpe.weight", weights.Positions, position));
        var after = new KeysValues[config.Layers];
        for (var l = 0; l < config.Layers; l++)
        {
            stream = Block(stream, l, past[l], out after[l]);
        }

        present = after;
        return graph.Reshape(Head(stream), 0, config.Colors);
    }

    /// <summary>Adds a matrix of weights.</summary>
    internal string Weight(string name, torch.Tensor tensor) => graph.Weight(name, OnnxTensor.Read(() => tensor.data<float>().ToArray(), tensor.shape));

    private string Rows(string name, torch.Tensor table, string ids) => graph.Node("Gather", [Weight(name, table), ids], ("axis", 0L));

    private string Embed(string tokens, string? hidden)
    {
        var ids = tokens;
        if (IsCausal)
        {
            var first = graph.Slice(tokens, 1, 0, 1);
            var start = graph.Binary("Add", graph.Binary("Sub", first, first), graph.Integers(config.Colors)); // one for each image
            ids = config.ContextLength == 1
                ? start
                : graph.Node("Concat", [start, graph.Slice(tokens, 1, 0, config.ContextLength - 1)], ("axis", 1L));
        }

        var embedded = Rows("transformer.wte.weight", weights.Tokens, ids);
        if (hidden is not null)
        {
            var shown = graph.Cast(graph.Node("Not", [hidden]), OnnxType.Float);
            embedded = graph.Binary("Mul", embedded, graph.Reshape(shown, 0, config.ContextLength, 1));
        }

        return graph.Binary("Add", embedded, Weight("transformer.wpe.weight", weights.Positions));
    }

    private string Block(string input, int l, KeysValues? past, out KeysValues present)
    {
        var block = weights.Blocks[l];
        var attended = Attend(NormedInput(input, l), l, past, out present);
        var middle = graph.Binary("Add", input, graph.Binary("MatMul", attended, Weight($"transformer.h.{l}.attn.c_proj.weight", block.Output)));
        var normed = Norm(middle, $"transformer.h.{l}.ln_2.weight", block.Gain2);
        var expanded = graph.Binary("MatMul", normed, Weight($"transformer.h.{l}.mlp.c_fc.weight", block.Expand));
        var gate = graph.Node("Sigmoid", [graph.Binary("Mul", expanded, graph.Number((float)ArchitectureConstants.GeluFactor))]);
        var activated = graph.Binary("Mul", expanded, gate);
        return graph.Binary("Add", middle, graph.Binary("MatMul", activated, Weight($"transformer.h.{l}.mlp.c_proj.weight", block.Contract)));
    }

    private string Attend(string normed, int l, KeysValues? past, out KeysValues present)
    {
        var projected = graph.Binary("MatMul", normed, Weight($"transformer.h.{l}.attn.c_attn.weight", weights.Blocks[l].QueriesKeysValues));
        var parts = graph.Split(projected, 2, 3, config.EmbeddingSize);
        var queries = Heads(graph.Binary("Mul", parts[0], graph.Number((float)(1 / Math.Sqrt(HeadSize)))));
        var (keys, values) = (Heads(parts[1]), Heads(parts[2]));
        if (past is not null)
        {
            keys = graph.Node("Concat", [past.Keys, keys], ("axis", 2L));
            values = graph.Node("Concat", [past.Values, values], ("axis", 2L));
        }

        present = new KeysValues(keys, values);
        var scores = graph.Binary("MatMul", queries, graph.Transpose(keys, 0, 1, 3, 2));
        if (past is null && IsCausal && config.ContextLength > 1)
        {
            scores = graph.Binary("Add", scores, CausalMask());
        }

        var attended = graph.Binary("MatMul", graph.Node("Softmax", [scores], ("axis", 3L)), values);
        return graph.Reshape(graph.Transpose(attended, 0, 2, 1, 3), 0, -1, config.EmbeddingSize);
    }

    /// <summary>(N, T, d) → (N, H, T, d / H).</summary>
    private string Heads(string part) => graph.Transpose(graph.Reshape(part, 0, -1, config.Heads, HeadSize), 0, 2, 1, 3);

    /// <summary>(T, T): zero where a position may attend, and minus infinity behind it. It is computed when the graph is loaded, not stored.</summary>
    private string CausalMask()
    {
        if (!_normed.TryGetValue(nameof(CausalMask), out var mask))
        {
            var positions = Enumerable.Range(0, config.ContextLength).Select(i => (long)i).ToArray();
            var rows = graph.Add("query_positions", OnnxTensor.Of(positions, config.ContextLength, 1));
            var columns = graph.Add("key_positions", OnnxTensor.Of(positions, 1, config.ContextLength));
            var isLater = graph.Binary("Greater", columns, rows);
            mask = graph.Node("Where", [isLater, graph.Number(float.NegativeInfinity), graph.Number(0)]);
            _normed.Add(nameof(CausalMask), mask);
        }

        return mask;
    }

    private string NormedInput(string input, int l) => Norm(input, $"transformer.h.{l}.ln_1.weight", weights.Blocks[l].Gain1);

    private string FinalNorm(string input) => Norm(input, "transformer.ln_f.weight", weights.FinalGain);

    /// <summary>x / sqrt(mean(x²) + ε) · g. A layer's norm is added once, for its features and for its block.</summary>
    private string Norm(string input, string name, torch.Tensor gain)
    {
        if (!_normed.TryGetValue(name, out var normed))
        {
            var squares = graph.Binary("Pow", input, graph.Number(2));
            var mean = graph.Reduce("ReduceMean", squares, -1, keeps: true);
            var root = graph.Node("Sqrt", [graph.Binary("Add", mean, graph.Number((float)ArchitectureConstants.NormEpsilon))]);
            normed = graph.Binary("Mul", graph.Binary("Div", input, root), Weight(name, gain));
            _normed.Add(name, normed);
        }

        return normed;
    }

    private string Head(string stream)
    {
        var matrix = graph.Weight("lm_head.weight", OnnxTensor.Read(Transposed, config.EmbeddingSize, config.Colors));
        return graph.Binary("MatMul", FinalNorm(stream), matrix);

        float[] Transposed()
        {
            using var transposed = weights.Head.t();
            using var contiguous = transposed.contiguous();
            return contiguous.data<float>().ToArray();
        }
    }
}
