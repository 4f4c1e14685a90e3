using IGptMl.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Embeddings, blocks and the final norm: everything below the output head.</summary>
internal sealed class Backbone : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "wte")]
    private readonly EmbeddingTable _tokens;

    [ComponentName(Name = "wpe")]
    private readonly EmbeddingTable _positions;

    [ComponentName(Name = "h")]
    private readonly ModuleList<Block> _blocks;

    [ComponentName(Name = "ln_f")]
    private readonly RmsNorm _finalNorm;

    private readonly Scalar? _startToken;

    internal Backbone(ImageGptConfig config, Generator? generator)
        : base(nameof(Backbone))
    {
        var d = config.EmbeddingSize;
        if (config.Objective == PretrainingObjective.Autoregressive)
        {
            _startToken = config.Colors;
        }

        _tokens = new EmbeddingTable(config.InputTokens, d, 0.02, generator); // an autoregressive model's last row is the start-of-sequence embedding
        _positions = new EmbeddingTable(config.ContextLength, d, 0.01, generator);
        _blocks = [.. Enumerable.Range(0, config.Layers).Select(_ => new Block(config, generator))];
        _finalNorm = new RmsNorm(d);
        RegisterComponents();
    }

    /// <summary>
    /// Whether the backward pass recomputes each block's activations instead of keeping those of all blocks (gradient checkpointing; Chen et al. 2016,
    /// "Training deep nets with sublinear memory cost"). Memory then holds the activations of one block at a time, at the cost of one more forward pass.
    /// </summary>
    internal bool RecomputesBlocks { get; set; }

    /// <summary>The gain of the final norm, (d).</summary>
    internal Tensor FinalGain => _finalNorm.Gain;

    /// <summary>The token embeddings, the position embeddings, and the weights of the blocks.</summary>
    internal (Tensor Tokens, Tensor Positions, IReadOnlyList<BlockWeights> Blocks) Weights
        => (_tokens.Weight, _positions.Weight, [.. _blocks.Select(block => block.Weights)]);

    /// <summary>Maps tokens (B, T) int64 to the final norm's output without its gain, (B, T, d).</summary>
    public override Tensor forward(Tensor tokens) => Transform(tokens, mask: null);

    /// <summary>As <see cref="forward"/>, with hidden tokens of a masked network.</summary>
    internal Tensor Transform(Tensor tokens, TokenMask? mask)
    {
        using var embedded = Embed(tokens, mask);
        return Transform(embedded);
    }

    /// <summary>As <see cref="forward"/>, for input ids that are not shifted; K is the start of sequence.</summary>
    internal Tensor TransformIds(Tensor ids)
    {
        using var embedded = EmbedIds(ids, from: 0);
        return Transform(embedded);
    }

    /// <summary>
    /// Runs the positions from <paramref name="from"/> on, ids (B, t) int64 → (B, t, d), and appends them to the cache, which holds the earlier positions. The
    /// network must be autoregressive.
    /// </summary>
    internal Tensor Read(Tensor ids, KeyValueCache cache, int from)
    {
        var hidden = EmbedIds(ids, from);
        for (var l = 0; l < _blocks.Count; l++)
        {
            using var input = hidden;
            hidden = _blocks[l].Read(input, cache, l, from);
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
        for (var l = 0; ; l++)
        {
            if (layers.Contains(l))
            {
                using var scaled = RmsNorm.Scale(hidden);
                using var mean = scaled.mean([1]);
                found.Add(l, mean * (l < _blocks.Count ? _blocks[l].Gain : FinalGain));
            }

            if (l == deepest)
            {
                return stack([.. layers.Select(layer => found[layer])], 1).MoveToOuterDisposeScope();
            }

            using var input = hidden;
            hidden = _blocks[l].forward(input);
        }
    }

    /// <summary>Accumulates the gradients of a loss in all parameters that it depends on.</summary>
    /// <remarks>
    /// The backward pass runs block by block. A block's saved tensors are freed as soon as they have been used. Exceptions reach the caller, as libtorch does
    /// not call back into managed code.
    /// </remarks>
    /// <param name="tokens">(B, T) int64.</param>
    /// <param name="mask">The hidden tokens of a masked network.</param>
    /// <param name="loss">Maps the final norm's output without its gain, (B, T, d), to a scalar.</param>
    /// <returns>The loss, detached, (); the caller disposes it.</returns>
    internal Tensor Backward(Tensor tokens, TokenMask? mask, Func<Tensor, Tensor> loss)
    {
        using var embedded = Embed(tokens, mask);
        var inputs = new Tensor?[_blocks.Count]; // of blocks that are recomputed
        var tapes = new BlockTape?[_blocks.Count]; // of blocks that are not
        try
        {
            var top = embedded.detach();
            for (var l = 0; l < _blocks.Count; l++)
            {
                var input = top;
                if (RecomputesBlocks)
                {
                    inputs[l] = input;
                    using var noGradients = no_grad();
                    top = _blocks[l].forward(input);
                }
                else
                {
                    using (input)
                    {
                        tapes[l] = _blocks[l].Record(input);
                    }

                    top = tapes[l]!.Output();
                }
            }

            var (value, gradient) = BackwardFrom(top, loss);
            try
            {
                for (var l = _blocks.Count - 1; l >= 0; l--)
                {
                    using var above = gradient;
                    using var tape = tapes[l] ?? _blocks[l].Record(inputs[l]!);
                    gradient = tape.Backward(above);
                    tapes[l] = null;
                    inputs[l]?.Dispose();
                }

                embedded.backward([gradient]);
                return value;
            }
            catch
            {
                value.Dispose();
                throw;
            }
            finally
            {
                gradient.Dispose();
            }
        }
        finally
        {
            foreach (var left in tapes.Concat<IDisposable?>(inputs))
            {
                left?.Dispose();
            }
        }
    }

    /// <summary>Computes the loss, detached, and the gradient of the last block's output, which is disposed.</summary>
    private static (Tensor Value, Tensor Gradient) BackwardFrom(Tensor hidden, Func<Tensor, Tensor> loss)
    {
        using (hidden)
        {
            hidden.requires_grad = true;
            using var scaled = RmsNorm.Scale(hidden);
            using var value = loss(scaled);
            value.backward();
            return (value.detach(), hidden.grad!);
        }
    }

    /// <summary>
    /// The first block's input, (B, T, d), for tokens 0 … K-1, (B, T) int64: the sum of token and position embeddings. An autoregressive network shifts the
    /// sequence right by one, behind the start of sequence, and drops the last token. A masked network does not shift it, and zeroes the embeddings of hidden
    /// tokens, so that only their positions remain. Without a mask no token is hidden.
    /// </summary>
    private Tensor Embed(Tensor tokens, TokenMask? mask)
    {
        if (_startToken is not { } startToken)
        {
            return mask is null ? EmbedIds(tokens, from: 0) : EmbedShown(tokens, mask);
        }

        if (mask is not null)
        {
            throw new InvalidOperationException("An autoregressive model does not support masks.");
        }

        using var start = full([tokens.shape[0], 1], startToken, ScalarType.Int64, tokens.device);
        using var kept = tokens.narrow(1, 0, tokens.shape[1] - 1);
        using var ids = cat([start, kept], 1);
        return EmbedIds(ids, from: 0);
    }

    private Tensor EmbedIds(Tensor ids, int from)
    {
        using var embedded = _tokens.Rows(ids);
        using var positions = _positions.Range(from, ids.shape[1]);
        return embedded.add(positions, Scalars.One);
    }

    private Tensor EmbedShown(Tensor tokens, TokenMask mask)
    {
        using var embedded = _tokens.Rows(tokens);
        using var factors = mask.Shown(embedded.dtype, embedded.device);
        using var shown = embedded * factors;
        using var positions = _positions.Range(0, tokens.shape[1]);
        return shown.add(positions, Scalars.One);
    }

    /// <summary>Applies the blocks and the final norm without its gain: (B, T, d) → (B, T, d).</summary>
    private Tensor Transform(Tensor embedded)
    {
        var hidden = embedded.alias();
        foreach (var block in _blocks)
        {
            using var input = hidden;
            hidden = block.forward(input);
        }

        using (hidden)
        {
            return RmsNorm.Scale(hidden);
        }
    }
}
