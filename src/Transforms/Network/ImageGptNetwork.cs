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

    /// <inheritdoc cref="Backbone.RecomputesBlocks"/>
    internal bool RecomputesBlocks
    {
        get => _backbone.RecomputesBlocks;
        set => _backbone.RecomputesBlocks = value;
    }

    /// <summary>Autoregressive: tokens (B, T) int64 → logits (B, T, K); those at position i predict token i.</summary>
    public override Tensor forward(Tensor tokens)
    {
        Require(PretrainingObjective.Autoregressive);
        using var hidden = _backbone.forward(tokens);
        return _head.Forward(hidden, _backbone.FinalGain);
    }

    /// <summary>Logits for ids fed as they are, without start or shift (Hugging Face's convention): (B, T) int64 → (B, T, K). Autoregressive models only.</summary>
    internal Tensor LogitsOfIds(Tensor ids)
    {
        Require(PretrainingObjective.Autoregressive);
        using var embedded = _backbone.EmbedIds(ids);
        using var hidden = _backbone.Transform(embedded);
        return _head.Forward(hidden, _backbone.FinalGain);
    }

    /// <summary>Masked: tokens (B, T) int64 of which some are hidden → logits (B, T, K) of the tokens at all positions.</summary>
    internal Tensor Logits(Tensor tokens, TokenMask? mask)
    {
        Require(PretrainingObjective.Masked);
        using var hidden = _backbone.Transform(tokens, mask);
        return _head.Forward(hidden, _backbone.FinalGain);
    }

    /// <summary>Autoregressive: the mean cross-entropy over all positions in nats a token, the training loss: (B, T) int64 → ().</summary>
    internal Tensor Loss(Tensor tokens)
    {
        Require(PretrainingObjective.Autoregressive);
        using var hidden = _backbone.forward(tokens);
        return LossOf(hidden, tokens);
    }

    /// <summary>
    /// Masked: the cross-entropy in nats a hidden token, first averaged over an image's hidden tokens and then over the images, the training loss:
    /// (B, T) int64 → (). Images without a hidden token are left out.
    /// </summary>
    internal Tensor Loss(Tensor tokens, TokenMask mask)
    {
        Require(PretrainingObjective.Masked);
        using var hidden = _backbone.Transform(tokens, mask);
        return LossOf(hidden, tokens, mask);
    }

    /// <summary>
    /// Two aims from one pass (paper, section 2.3): the training loss above, (), and the position-averaged output of the final norm, (B, d), from which a
    /// classifier reads. A masked model takes a mask, an autoregressive one none.
    /// </summary>
    internal (Tensor Loss, Tensor Features) LossAndFeatures(Tensor tokens, TokenMask? mask)
    {
        Require(mask is null ? PretrainingObjective.Autoregressive : PretrainingObjective.Masked);
        using var hidden = _backbone.Transform(tokens, mask);
        using var mean = hidden.mean([1]);
        return (mask is null ? LossOf(hidden, tokens) : LossOf(hidden, tokens, mask), mean * _backbone.FinalGain);
    }

    /// <summary>Autoregressive: the same a position: -ln p(token i | tokens before it), (B, T) int64 → (B, T).</summary>
    internal Tensor NegativeLogLikelihood(Tensor tokens)
    {
        using var logits = forward(tokens);
        using var rows = logits.view(-1, Config.Colors);
        using var targets = tokens.reshape(-1);
        using var losses = nn.functional.cross_entropy(rows, targets, reduction: nn.Reduction.None);
        return losses.reshape(tokens.shape);
    }

    /// <summary>Masked: -ln p(token | tokens not hidden) of the M hidden tokens in order, (B, T) int64 → (M). No other logits are computed.</summary>
    internal Tensor NegativeLogLikelihood(Tensor tokens, TokenMask mask)
    {
        Require(PretrainingObjective.Masked);
        using var all = _backbone.Transform(tokens, mask);
        return LossesOf(all, tokens, mask);
    }

    /// <inheritdoc cref="Backbone.Features"/>
    internal Tensor Features(Tensor tokens, IReadOnlyCollection<int> layers, TokenMask? mask = null) => _backbone.Features(tokens, layers, mask);

    /// <summary>A masked model must never be run as an autoregressive one, nor the other way round: the numbers would look like numbers.</summary>
    /// <exception cref="InvalidOperationException">The network is of the other objective.</exception>
    internal void Require(PretrainingObjective objective)
    {
        if (Config.Objective != objective)
        {
            throw new InvalidOperationException(objective == PretrainingObjective.Autoregressive
                ? "The model is a masked (BERT) one; this asks for an autoregressive model."
                : "The model is an autoregressive one; this asks for a masked (BERT) model.");
        }
    }

    private Tensor LossOf(Tensor hidden, Tensor tokens)
    {
        using var logits = _head.Forward(hidden, _backbone.FinalGain);
        using var rows = logits.view(-1, Config.Colors);
        using var wide = Widening.Widen(rows);
        using var targets = tokens.reshape(-1);
        return nn.functional.cross_entropy(wide, targets);
    }

    private Tensor LossOf(Tensor hidden, Tensor tokens, TokenMask mask)
    {
        using var losses = LossesOf(hidden, tokens, mask);
        using var weights = mask.Weights(tokens.device);
        using var weighted = losses * weights;
        return weighted.sum();
    }

    private Tensor LossesOf(Tensor all, Tensor tokens, TokenMask mask)
    {
        using var flat = all.view(-1, Config.EmbeddingSize);
        using var flatTokens = tokens.reshape(-1);
        using var positions = mask.Positions(tokens.device);
        using var hidden = flat.index_select(0, positions);
        using var targets = flatTokens.index_select(0, positions);
        using var logits = _head.Forward(hidden, _backbone.FinalGain); // (M, K)
        using var wide = Widening.Widen(logits);
        return nn.functional.cross_entropy(wide, targets, reduction: nn.Reduction.None);
    }
}
