using IGptMl.Numerics;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>A pre-norm transformer block: h ← h + attention(norm1(h)), then h ← h + mlp(norm2(h)) (paper, section 2.2).</summary>
internal sealed class Block : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "ln_1")]
    private readonly RmsNorm _norm1;

    [ComponentName(Name = "attn")]
    private readonly SelfAttention _attention;

    [ComponentName(Name = "ln_2")]
    private readonly RmsNorm _norm2;

    [ComponentName(Name = "mlp")]
    private readonly FeedForward _feedForward;

    internal Block(ImageGptConfig config, Generator? generator)
        : base(nameof(Block))
    {
        _norm1 = new RmsNorm(config.EmbeddingSize);
        _attention = new SelfAttention(config, generator);
        _norm2 = new RmsNorm(config.EmbeddingSize);
        _feedForward = new FeedForward(config, generator);
        RegisterComponents();
    }

    /// <summary>The gain of the norm of the block's input, (d).</summary>
    internal Tensor Gain => _norm1.Gain;

    internal BlockWeights Weights => new(_norm1.Gain, _attention.QueriesKeysValues, _attention.Output, _norm2.Gain, _feedForward.Expand, _feedForward.Contract);

    /// <summary>(B, T, d) → (B, T, d).</summary>
    public override Tensor forward(Tensor input)
    {
        using var scaled = RmsNorm.Scale(input);
        using var attended = _attention.forward(scaled, _norm1.Gain);
        return AddTo(input, attended);
    }

    /// <summary>
    /// Runs the positions from <paramref name="from"/> on, (B, t, d) → (B, t, d). The cache holds the earlier positions.
    /// </summary>
    internal Tensor Read(Tensor input, KeyValueCache cache, int layer, int from)
    {
        using var scaled = RmsNorm.Scale(input);
        using var attended = _attention.Read(scaled, _norm1.Gain, cache, layer, from);
        return AddTo(input, attended);
    }

    /// <summary>Computes the block and saves the tensors for its backward pass. The caller still owns the input, (B, T, d).</summary>
    internal BlockTape Record(Tensor input)
    {
        var leaf = input.detach();
        leaf.requires_grad = true;
        using var scaled = RmsNorm.Scale(leaf);
        using var attended = _attention.forward(scaled, _norm1.Gain);
        return new BlockTape(leaf, AddTo(leaf, attended));
    }

    /// <summary>Adds the attended values to the residual stream and applies the MLP: (B, T, d) and (B, T, d) → (B, T, d).</summary>
    private Tensor AddTo(Tensor input, Tensor attended)
    {
        using var middle = input.add(attended, Scalars.One);
        using var scaled = RmsNorm.Scale(middle);
        using var transformed = _feedForward.forward(scaled, _norm2.Gain);
        return middle.add(transformed, Scalars.One);
    }
}
