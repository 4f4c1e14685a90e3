using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>One pre-norm block: h + attention(norm1(h)), then + mlp(norm2(·)) (paper, section 2.2).</summary>
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
        using var middle = input + attended;
        using var scaled2 = RmsNorm.Scale(middle);
        using var transformed = _feedForward.forward(scaled2, _norm2.Gain);
        return middle + transformed;
    }
}
