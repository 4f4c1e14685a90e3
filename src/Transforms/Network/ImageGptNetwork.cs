using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>
/// Image GPT, exactly as released: a GPT-2 of pre-norm blocks with gain-only norms, no biases, quick-GELU, a start-of-sequence vector and an output head
/// that is not tied to the input embedding. The state dictionary has the names of the released PyTorch weights.
/// </summary>
internal sealed class ImageGptNetwork : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "transformer")]
    private readonly Backbone _backbone;

    [ComponentName(Name = "lm_head")]
    private readonly Table _head;

    /// <summary>A network on the CPU. With a generator its weights are drawn as the released code draws them; without one they are to be read.</summary>
    internal ImageGptNetwork(ImageGptConfig config, Generator? generator = null)
        : base(nameof(ImageGptNetwork))
    {
        Config = config;
        _backbone = new Backbone(config, generator);
        _head = new Table(config.Colors, config.EmbeddingSize, 0, generator); // zero, so that the first loss is ln K whatever the input
        RegisterComponents();
    }

    internal ImageGptConfig Config { get; }

    /// <summary>Tokens (B, T) int64 → logits (B, T, K); those at position i predict token i.</summary>
    public override Tensor forward(Tensor tokens)
    {
        using var hidden = _backbone.forward(tokens);
        return _head.Forward(hidden, _backbone.FinalGain);
    }

    /// <summary>Logits for ids fed as they are, without start or shift (Hugging Face's convention): (B, T) int64 → (B, T, K).</summary>
    internal Tensor LogitsOfIds(Tensor ids)
    {
        using var embedded = _backbone.EmbedIds(ids);
        using var hidden = _backbone.Transform(embedded);
        return _head.Forward(hidden, _backbone.FinalGain);
    }

    /// <summary>The mean cross-entropy over all positions in nats a token, the training loss: (B, T) int64 → ().</summary>
    internal Tensor Loss(Tensor tokens)
    {
        using var logits = forward(tokens);
        using var rows = logits.view(-1, Config.Colors);
        using var targets = tokens.reshape(-1);
        return nn.functional.cross_entropy(rows, targets);
    }

    /// <summary>The same a position: -ln p(token i | tokens before it), (B, T) int64 → (B, T).</summary>
    internal Tensor NegativeLogLikelihood(Tensor tokens)
    {
        using var logits = forward(tokens);
        using var rows = logits.view(-1, Config.Colors);
        using var targets = tokens.reshape(-1);
        using var losses = nn.functional.cross_entropy(rows, targets, reduction: nn.Reduction.None);
        return losses.reshape(tokens.shape);
    }

    /// <inheritdoc cref="Backbone.Features"/>
    internal Tensor Features(Tensor tokens, IReadOnlyCollection<int> layers) => _backbone.Features(tokens, layers);
}
