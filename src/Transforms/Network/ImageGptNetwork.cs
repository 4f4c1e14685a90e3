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
    private readonly EmbeddingTable _head;

    /// <summary>
    /// Creates a network on the CPU. A generator initializes the weights as the released code does. Without one they are zero, to be read from a file.
    /// </summary>
    internal ImageGptNetwork(ImageGptConfig config, Generator? generator = null)
        : base(nameof(ImageGptNetwork))
    {
        Config = config;
        _backbone = new Backbone(config, generator);
        _head = new EmbeddingTable(config.Colors, config.EmbeddingSize, 0, generator); // zero, so that the initial loss is ln K for any input
        RegisterComponents();
    }

    /// <summary>
    /// A faster implementation of the training pass for the networks that it supports; null uses libtorch for all. The one for CPUs registers itself when the
    /// library is loaded.
    /// </summary>
    internal static IGradientKernel? GradientKernel { get; set; }

    internal ImageGptConfig Config { get; }

    /// <summary>
    /// Whether the weights of the head are known. If they are not, as in a file that was saved without them, they are zero: the network gives features and can
    /// be fine-tuned, but its predictions mean nothing.
    /// </summary>
    internal bool HasHead { get; set; } = true;

    /// <summary>All weights.</summary>
    internal ImageGptWeights Weights
    {
        get
        {
            var (tokens, positions, blocks) = _backbone.Weights;
            return new ImageGptWeights(tokens, positions, blocks, _backbone.FinalGain, _head.Weight);
        }
    }

    /// <inheritdoc cref="Backbone.RecomputesBlocks"/>
    internal bool RecomputesBlocks
    {
        get => _backbone.RecomputesBlocks;
        set => _backbone.RecomputesBlocks = value;
    }

    private IGradientKernel? Kernel => GradientKernel is { } kernel && kernel.Supports(this) ? kernel : null;

    /// <summary>Autoregressive: tokens (B, T) int64 → logits (B, T, K). The logits at position i predict token i.</summary>
    public override Tensor forward(Tensor tokens)
    {
        Config.Require(PretrainingObjective.Autoregressive);
        using var hidden = _backbone.forward(tokens);
        return _head.Forward(hidden, _backbone.FinalGain);
    }

    /// <summary>
    /// Logits for input ids that are not shifted, as in Hugging Face's convention: (B, T) int64 → (B, T, K). The model must be autoregressive.
    /// </summary>
    internal Tensor LogitsOfIds(Tensor ids)
    {
        Config.Require(PretrainingObjective.Autoregressive);
        using var hidden = _backbone.TransformIds(ids);
        return _head.Forward(hidden, _backbone.FinalGain);
    }

    /// <summary>
    /// Autoregressive: reads the positions from <paramref name="from"/> on, ids (B, t) int64, and appends them to the cache, which holds the earlier positions.
    /// Position i reads token i - 1; position 0 reads the start of sequence, K.
    /// </summary>
    internal void Read(Tensor ids, KeyValueCache cache, int from)
    {
        Config.Require(PretrainingObjective.Autoregressive);
        _backbone.Read(ids, cache, from).Dispose();
    }

    /// <summary>Reads one position likewise, and returns its logits: ids (B, 1) int64 → (B, K).</summary>
    internal Tensor Predict(Tensor ids, KeyValueCache cache, int position)
    {
        Config.Require(PretrainingObjective.Autoregressive);
        using var hidden = _backbone.Read(ids, cache, position);
        using var logits = _head.Forward(hidden, _backbone.FinalGain);
        return logits.squeeze(1);
    }

    /// <summary>Masked: tokens (B, T) int64 of which some are hidden → logits (B, T, K) of the tokens at all positions.</summary>
    internal Tensor Logits(Tensor tokens, TokenMask? mask)
    {
        Config.Require(PretrainingObjective.Masked);
        using var hidden = _backbone.Transform(tokens, mask);
        return _head.Forward(hidden, _backbone.FinalGain);
    }

    /// <summary>
    /// The training loss: (B, T) int64 → (). Autoregressive: the mean cross-entropy over all positions, in nats per token. Masked: the cross-entropy in nats
    /// per hidden token, averaged over each image's hidden tokens and then over the images; images without a hidden token are left out.
    /// </summary>
    /// <param name="tokens">(B, T) int64.</param>
    /// <param name="mask">The hidden tokens of a masked model; null for an autoregressive one.</param>
    internal Tensor Loss(Tensor tokens, TokenMask? mask = null)
    {
        Config.Require(ObjectiveOf(mask));
        using var hidden = _backbone.Transform(tokens, mask);
        return LossOf(hidden, tokens, mask);
    }

    /// <summary>Accumulates the gradients of the training loss in all parameters. Returns the loss, detached, (); the caller disposes it.</summary>
    /// <inheritdoc cref="Loss"/>
    internal Tensor Backward(Tensor tokens, TokenMask? mask = null)
    {
        Config.Require(ObjectiveOf(mask));
        return Kernel is { } kernel ? kernel.Backward(this, tokens, mask) : _backbone.Backward(tokens, mask, hidden => LossOf(hidden, tokens, mask));
    }

    /// <summary>Accumulates the gradients of any loss. Returns the loss, detached, (); the caller disposes it.</summary>
    /// <param name="tokens">(B, T) int64.</param>
    /// <param name="mask">The hidden tokens of a masked model; null for an autoregressive one.</param>
    /// <param name="loss">Maps the final norm's output without its gain, (B, T, d), to a scalar.</param>
    internal Tensor Backward(Tensor tokens, TokenMask? mask, Func<Tensor, Tensor> loss)
    {
        Config.Require(ObjectiveOf(mask));
        return Kernel is { } kernel ? kernel.Backward(this, tokens, mask, loss) : _backbone.Backward(tokens, mask, loss);
    }

    /// <summary>The training loss from the final norm's output without its gain, (B, T, d) → (): one term of the joint loss (paper, section 2.3).</summary>
    internal Tensor LossOf(Tensor hidden, Tensor tokens, TokenMask? mask)
    {
        if (mask is null)
        {
            using var logits = _head.Forward(hidden, _backbone.FinalGain);
            using var rows = logits.view(-1, Config.Colors);
            using var wide = Widening.Widen(rows);
            using var targets = tokens.reshape(-1);
            return nn.functional.cross_entropy(wide, targets);
        }

        using var losses = LossesOf(hidden, tokens, mask);
        using var weights = mask.Weights(tokens.device);
        using var weighted = losses * weights;
        return weighted.sum();
    }

    /// <summary>The training loss, (), and the features for a classifier, (B, d), from one forward pass.</summary>
    internal (Tensor Loss, Tensor Features) LossAndFeatures(Tensor tokens, TokenMask? mask)
    {
        using var hidden = _backbone.Transform(tokens, mask);
        return (LossOf(hidden, tokens, mask), FeaturesOf(hidden));
    }

    /// <summary>The features for a classifier, the position-averaged output of the final norm, from that output without its gain: (B, T, d) → (B, d).</summary>
    internal Tensor FeaturesOf(Tensor hidden)
    {
        using var mean = hidden.mean([1]);
        return mean * _backbone.FinalGain;
    }

    /// <summary>Autoregressive: the loss of each position i, -ln p(token i | tokens before it), (B, T) int64 → (B, T).</summary>
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
        Config.Require(PretrainingObjective.Masked);
        using var all = _backbone.Transform(tokens, mask);
        return LossesOf(all, tokens, mask);
    }

    /// <inheritdoc cref="Backbone.Features"/>
    internal Tensor Features(Tensor tokens, IReadOnlyCollection<int> layers, TokenMask? mask = null) => _backbone.Features(tokens, layers, mask);

    private static PretrainingObjective ObjectiveOf(TokenMask? mask) => mask is null ? PretrainingObjective.Autoregressive : PretrainingObjective.Masked;

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
