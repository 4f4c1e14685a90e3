using IGptMl.Inference;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Embeddings, blocks and the final norm: everything below the output head.</summary>
internal sealed class Backbone : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "wte")]
    private readonly Table _tokens;

    [ComponentName(Name = "wpe")]
    private readonly Table _positions;

    [ComponentName(Name = "h")]
    private readonly ModuleList<Block> _blocks;

    [ComponentName(Name = "ln_f")]
    private readonly RmsNorm _finalNorm;

    private readonly int? _startToken;
    private readonly int _heads;

    internal Backbone(ImageGptConfig config, Generator? generator)
        : base(nameof(Backbone))
    {
        var d = config.EmbeddingSize;
        _startToken = config.Objective == PretrainingObjective.Autoregressive ? config.Colors : null;
        _heads = config.Heads;
        _tokens = new Table(config.InputTokens, d, 0.02, generator); // the last row is the start of sequence, where there is one
        _positions = new Table(config.ContextLength, d, 0.01, generator);
        _blocks = [.. Enumerable.Range(0, config.Layers).Select(_ => new Block(config, generator))];
        _finalNorm = new RmsNorm(d);
        RegisterComponents();
    }

    /// <summary>
    /// The first block's input for (B, T) int64 tokens 0 … K-1, each with its position added: (B, T, d). In an autoregressive network the sequence is
    /// moved one place to the right behind the start of sequence, and its last token dropped. In a masked one, it stays where it is, and the hidden
    /// tokens' embeddings are zeroed, so that only their positions remain; no mask hides nothing.
    /// </summary>
    internal Tensor Embed(Tensor tokens, TokenMask? mask = null)
    {
        if (_startToken is not { } startToken)
        {
            return mask is null ? EmbedIds(tokens) : EmbedShown(tokens, mask);
        }

        if (mask is not null)
        {
            throw new InvalidOperationException("An autoregressive model takes no masks.");
        }

        using var start = full([tokens.shape[0], 1], startToken, ScalarType.Int64, tokens.device);
        using var kept = tokens.narrow(1, 0, tokens.shape[1] - 1);
        using var ids = cat([start, kept], 1);
        return EmbedIds(ids);
    }

    /// <summary>The first block's input for ids fed as they are; K is the start of sequence. (B, T) int64 → (B, T, d).</summary>
    internal Tensor EmbedIds(Tensor ids)
    {
        using var embedded = _tokens.Rows(ids);
        using var positions = _positions.First(ids.shape[1]);
        return embedded + positions;
    }

    /// <summary>Whether a backward pass computes each block's activations again, in place of keeping those of all blocks.</summary>
    internal bool RecomputesBlocks { get; set; }

    /// <summary>The gain of the final norm, (d).</summary>
    internal Tensor FinalGain => _finalNorm.Gain;

    /// <summary>Tokens (B, T) int64 → the final norm's output without its gain (B, T, d).</summary>
    public override Tensor forward(Tensor tokens) => Transform(tokens, mask: null);

    /// <summary>The same with hidden tokens, in a masked network.</summary>
    internal Tensor Transform(Tensor tokens, TokenMask? mask)
    {
        using var embedded = Embed(tokens, mask);
        return Transform(embedded);
    }

    /// <summary>The blocks and the final norm without its gain: (B, T, d) → (B, T, d). The input may change where no gradients are recorded.</summary>
    internal Tensor Transform(Tensor embedded)
    {
        using var kernels = CpuBlocks.TryCreate(embedded, _heads, _startToken is not null);
        if (kernels is not null)
        {
            foreach (var block in _blocks)
            {
                kernels.Run(block.Weights);
            }

            return RmsNorm.Scale(embedded);
        }

        var hidden = embedded.alias();
        foreach (var block in _blocks)
        {
            using var input = hidden;
            hidden = RecomputesBlocks ? Recomputation.Run(block, input) : block.forward(input);
        }

        using (hidden)
        {
            return RmsNorm.Scale(hidden);
        }
    }

    /// <summary>
    /// The position-averaged representations of several layers in one pass (paper, section 2.4): layer l &lt; L is the normed input of block l, layer L
    /// the final norm's output. No block above the deepest layer is run. (B, T) int64 → (B, layers, d).
    /// </summary>
    internal Tensor Features(Tensor tokens, IReadOnlyCollection<int> layers, TokenMask? mask = null)
    {
        using var scope = NewDisposeScope();
        var deepest = layers.Max();
        var found = new Dictionary<int, Tensor>();
        var hidden = Embed(tokens, mask);
        using var kernels = CpuBlocks.TryCreate(hidden, _heads, _startToken is not null);
        for (var l = 0; ; l++)
        {
            if (layers.Contains(l))
            {
                using var mean = kernels?.MeanOfNormed() ?? MeanOfNormed(hidden);
                found.Add(l, mean * (l < _blocks.Count ? _blocks[l].Gain : FinalGain));
            }

            if (l == deepest)
            {
                return stack([.. layers.Select(layer => found[layer])], 1).MoveToOuterDisposeScope();
            }

            if (kernels is not null)
            {
                kernels.Run(_blocks[l].Weights);
                continue;
            }

            using var input = hidden;
            hidden = _blocks[l].forward(input);
        }
    }

    private static Tensor MeanOfNormed(Tensor hidden)
    {
        using var scaled = RmsNorm.Scale(hidden);
        return scaled.mean([1]);
    }

    private Tensor EmbedShown(Tensor tokens, TokenMask mask)
    {
        using var embedded = _tokens.Rows(tokens);
        using var factors = mask.Shown(embedded.dtype, embedded.device);
        using var shown = embedded * factors;
        using var positions = _positions.First(tokens.shape[1]);
        return shown + positions;
    }
}
