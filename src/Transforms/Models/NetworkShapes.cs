namespace IGptMl.Models;

/// <summary>The names and shapes of a network's state dictionary, computed without allocating the network.</summary>
internal static class NetworkShapes
{
    /// <summary>The weights of the language-model head, which a model may lack.</summary>
    internal const string HeadName = "lm_head.weight";

    /// <summary>All tensors of an architecture.</summary>
    internal static IReadOnlyDictionary<string, long[]> Of(ImageGptConfig config)
    {
        long d = config.EmbeddingSize;
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal)
        {
            ["transformer.wte.weight"] = [config.InputTokens, d],
            ["transformer.wpe.weight"] = [config.ContextLength, d],
        };
        for (var l = 0; l < config.Layers; l++)
        {
            var block = $"transformer.h.{l}.";
            shapes.Add(block + "ln_1.weight", [d]);
            shapes.Add(block + "attn.c_attn.weight", [d, 3 * d]);
            shapes.Add(block + "attn.c_proj.weight", [d, d]);
            shapes.Add(block + "ln_2.weight", [d]);
            shapes.Add(block + "mlp.c_fc.weight", [d, 4 * d]);
            shapes.Add(block + "mlp.c_proj.weight", [4 * d, d]);
        }

        shapes.Add("transformer.ln_f.weight", [d]);
        shapes.Add(HeadName, [config.Colors, d]);
        return shapes;
    }
}
