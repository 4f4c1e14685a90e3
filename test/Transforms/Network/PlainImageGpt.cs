using IGptMl.Network;

namespace IGptMl.Tests.Network;

/// <summary>A reference implementation of Image GPT by the paper's formulas, for one image, in double precision and plain loops.</summary>
internal sealed class PlainImageGpt
{
    private readonly ImageGptConfig _config;
    private readonly Dictionary<string, float[]> _weights;

    internal PlainImageGpt(ImageGptNetwork network)
    {
        _config = network.Config;
        _weights = network.state_dict().ToDictionary(w => w.Key, w => w.Value.data<float>().ToArray());
    }

    /// <summary>The representation of every layer, 0 to L, one row per position; the last is the final norm's output.</summary>
    internal List<double[][]> Representations(IReadOnlyList<int> tokens, IReadOnlyList<bool>? hiddenTokens = null)
    {
        var d = _config.EmbeddingSize;
        var (embedding, positions) = (_weights["transformer.wte.weight"], _weights["transformer.wpe.weight"]);
        var hidden = new double[tokens.Count][];
        for (var i = 0; i < hidden.Length; i++)
        {
            var id = IsMasked ? tokens[i] : i == 0 ? _config.Colors : tokens[i - 1];
            var factor = hiddenTokens?[i] == true ? 0 : 1;
            hidden[i] = [.. Enumerable.Range(0, d).Select(j => ((double)embedding[(id * d) + j] * factor) + positions[(i * d) + j])];
        }

        var found = new List<double[][]>();
        for (var l = 0; l < _config.Layers; l++)
        {
            var name = $"transformer.h.{l}";
            var normed = Norm(hidden, $"{name}.ln_1");
            found.Add(normed);
            hidden = Add(hidden, Attend(normed, name));
            var expanded = Multiply(Norm(hidden, $"{name}.ln_2"), $"{name}.mlp.c_fc", 4 * d);
            var activated = expanded.Select(row => row.Select(x => x / (1 + Math.Exp(-1.702 * x))).ToArray()).ToArray();
            hidden = Add(hidden, Multiply(activated, $"{name}.mlp.c_proj", d));
        }

        found.Add(Norm(hidden, "transformer.ln_f"));
        return found;
    }

    private bool IsMasked => _config.Objective == PretrainingObjective.Masked;

    /// <summary>-ln p(token | visible tokens) of every position.</summary>
    internal double[] NegativeLogLikelihood(IReadOnlyList<int> tokens, IReadOnlyList<bool>? hiddenTokens = null)
    {
        var head = _weights["lm_head.weight"];
        var d = _config.EmbeddingSize;
        return [.. Representations(tokens, hiddenTokens)[^1].Select((row, i) =>
        {
            var logits = Enumerable.Range(0, _config.Colors).Select(k => row.Select((x, j) => x * head[(k * d) + j]).Sum()).ToArray();
            return Math.Log(logits.Sum(Math.Exp)) - logits[tokens[i]];
        })];
    }

    private double[][] Attend(double[][] normed, string name)
    {
        var (d, size) = (_config.EmbeddingSize, _config.EmbeddingSize / _config.Heads);
        var qkv = Multiply(normed, $"{name}.attn.c_attn", 3 * d);
        var merged = normed.Select(_ => new double[d]).ToArray();
        for (var head = 0; head < _config.Heads; head++)
        {
            var at = head * size;
            for (var i = 0; i < merged.Length; i++)
            {
                var scores = Enumerable.Range(0, IsMasked ? merged.Length : i + 1).Select(t
                    => Enumerable.Range(at, size).Sum(j => qkv[i][j] * qkv[t][d + j]) / Math.Sqrt(size)).Select(Math.Exp).ToArray();
                var total = scores.Sum();
                for (var j = at; j < at + size; j++)
                {
                    merged[i][j] = scores.Select((score, t) => score * qkv[t][(2 * d) + j]).Sum() / total;
                }
            }
        }

        return Multiply(merged, $"{name}.attn.c_proj", d);
    }

    private double[][] Norm(double[][] rows, string name)
    {
        var gain = _weights[$"{name}.weight"];
        return [.. rows.Select(row =>
        {
            var scale = 1 / Math.Sqrt((row.Sum(x => x * x) / row.Length) + 1e-5);
            return row.Select((x, j) => x * scale * gain[j]).ToArray();
        })];
    }

    /// <summary>Multiplies rows by a matrix (in, out).</summary>
    private double[][] Multiply(double[][] rows, string name, int outputs)
    {
        var matrix = _weights[$"{name}.weight"];
        return [.. rows.Select(row =>
        {
            var product = new double[outputs];
            for (var i = 0; i < row.Length; i++)
            {
                for (var o = 0; o < outputs; o++)
                {
                    product[o] += row[i] * matrix[(i * outputs) + o];
                }
            }

            return product;
        })];
    }

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (u, v) => u + v).ToArray())];
}
