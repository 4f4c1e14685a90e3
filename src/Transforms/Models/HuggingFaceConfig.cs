using System.Text.Json.Serialization;
using IGptMl.Numerics;

namespace IGptMl.Models;

/// <summary>
/// The settings of an ImageGPT in config.json, with Hugging Face's defaults for missing ones. Dropout, initialization and reorder_and_upcast_attn do not
/// affect what a trained network computes in single precision, and are ignored.
/// </summary>
internal sealed record HuggingFaceConfig
{
    internal const string FileName = "config.json";
    internal const string ModelTypeName = "imagegpt";
    internal const string QuickGelu = "quick_gelu";
    internal const double Epsilon = 1e-5;

    [JsonPropertyName("model_type")]
    public string? ModelType { get; init; }

    [JsonPropertyName("n_positions")]
    public int Positions { get; init; } = 1024;

    [JsonPropertyName("vocab_size")]
    public int VocabularySize { get; init; } = 513;

    [JsonPropertyName("n_embd")]
    public int EmbeddingSize { get; init; } = 512;

    [JsonPropertyName("n_layer")]
    public int Layers { get; init; } = 24;

    [JsonPropertyName("n_head")]
    public int Heads { get; init; } = 8;

    [JsonPropertyName("n_inner")]
    public int? InnerSize { get; init; }

    [JsonPropertyName("activation_function")]
    public string Activation { get; init; } = QuickGelu;

    [JsonPropertyName("layer_norm_epsilon")]
    public double NormEpsilon { get; init; } = Epsilon;

    [JsonPropertyName("scale_attn_weights")]
    public bool ScalesAttention { get; init; } = true;

    [JsonPropertyName("scale_attn_by_inverse_layer_idx")]
    public bool ScalesAttentionByLayer { get; init; }

    [JsonPropertyName("add_cross_attention")]
    public bool HasCrossAttention { get; init; }

    [JsonPropertyName("tie_word_embeddings")]
    public bool TiesEmbeddings { get; init; }

    /// <summary>Reads the architecture. Options that this network does not support are refused, all together.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or describes another network.</exception>
    internal static ImageGptConfig Read(string path)
    {
        var file = HuggingFaceJson.Read<HuggingFaceConfig>(path);
        var side = (int)Math.Sqrt(Math.Max(0, file.Positions));
        var config = new ImageGptConfig
        {
            ImageSize = side, Colors = file.VocabularySize - 1, EmbeddingSize = file.EmbeddingSize, Layers = file.Layers, Heads = file.Heads,
        };
        var guard = new OptionGuard()
            .Require(file.ModelType == ModelTypeName, "model_type", file.ModelType, ModelTypeName)
            .Require(side * side == file.Positions, "n_positions", file.Positions, "the square of an image's side")
            .Require(file.InnerSize is null || file.InnerSize == 4L * file.EmbeddingSize, "n_inner", file.InnerSize, $"null or {4L * file.EmbeddingSize}")
            .Require(file.Activation == QuickGelu, "activation_function", file.Activation, QuickGelu)
            .Require(file.NormEpsilon == Epsilon, "layer_norm_epsilon", file.NormEpsilon, "1E-05")
            .Require(file.ScalesAttention, "scale_attn_weights", false, "true")
            .Require(!file.ScalesAttentionByLayer, "scale_attn_by_inverse_layer_idx", true, "false")
            .Require(!file.HasCrossAttention, "add_cross_attention", true, "false")
            .Require(!file.TiesEmbeddings, "tie_word_embeddings", true, "false");
        config.Check(guard);
        guard.ThrowIfDamaged(path);
        return config;
    }
}
