using IGptMl.Numerics;

namespace IGptMl;

/// <summary>The options of <see cref="ImageGptModel.SaveAsOnnx"/>.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The lowest and the highest version of ONNX's standard operators that graphs are written in.</summary>
    internal const int MinOpset = 12, MaxOpset = 21; // before 12, integers have no Min and Max, and ArgMin no rule for ties

    /// <summary>What the graph computes. Default <see cref="OnnxContent.Features"/>.</summary>
    public OnnxContent Content { get; init; }

    /// <summary>The layers of <see cref="OnnxContent.Features"/>, 0 to L, in the order of the output. Default null: all layers.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>
    /// Whether the graph starts from images of any size, which it resizes and quantizes as the model's transforms do, rather than from tokens. It then also has
    /// the output "tokens". Default false.
    /// </summary>
    public bool FromPixels { get; init; }

    /// <summary>The version of ONNX's standard operators (opset), 12 to 21. Default 18.</summary>
    public int Opset { get; init; } = 18;

    /// <summary>
    /// Whether weights are stored in half precision, which halves the file. They are converted when the graph is loaded, and computed with in single precision.
    /// Default false.
    /// </summary>
    public bool Float16 { get; init; }

    internal void Check(ImageGptConfig config, bool hasHead, bool hasPalette)
    {
        var guard = new OptionGuard()
            .Require(Enum.IsDefined(Content), nameof(Content), Content, string.Join(", ", Enum.GetNames<OnnxContent>()))
            .Range(nameof(Opset), Opset, MinOpset, MaxOpset)
            .Require(!FromPixels || hasPalette, nameof(FromPixels), FromPixels, "false, as the model has no palette")
            .Require(!FromPixels || Content != OnnxContent.Step, nameof(FromPixels), FromPixels, "false, as a step starts from a token")
            .Require(Content == OnnxContent.Features || hasHead, nameof(Content), Content, "Features, as the model was saved without its language-model head")
            .Require(Content != OnnxContent.Step || config.Objective == PretrainingObjective.Autoregressive, nameof(Content), Content,
                "another one, as the model is a masked (BERT) one, which cannot be sampled from")
            .Require(Layers is null || Content == OnnxContent.Features, nameof(Layers), Layers is null ? null : string.Join(',', Layers),
                "null, as only Features have layers")
            .Require(Layers is null or { Count: > 0 }, nameof(Layers), "empty", "at least one layer");
        foreach (var layer in Layers ?? [])
        {
            guard.Range(nameof(Layers), layer, 0, config.Layers);
        }

        guard.ThrowIfAny("options");
    }
}
