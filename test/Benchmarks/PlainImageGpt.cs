using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IGptMl.Benchmarks;

/// <summary>The same network as a user of TorchSharp would write it: with its modules and functions and its fused attention, without folded factors.</summary>
internal sealed class PlainImageGpt : nn.Module<Tensor, Tensor>
{
    private readonly Embedding _tokens;
    private readonly Parameter _positions;
    private readonly Parameter _gain;
    private readonly ModuleList<Block> _blocks;
    private readonly Linear _head;
    private readonly int _colors;

    internal PlainImageGpt(ImageGptConfig config)
        : base(nameof(PlainImageGpt))
    {
        var d = config.EmbeddingSize;
        _colors = config.Colors;
        _tokens = nn.Embedding(config.Colors + 1, d);
        _positions = new Parameter(randn(config.ContextLength, d) * 0.01);
        _blocks = new ModuleList<Block>([.. Enumerable.Range(0, config.Layers).Select(_ => new Block(config))]);
        _gain = new Parameter(ones(d));
        _head = nn.Linear(d, config.Colors, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        var start = full([tokens.shape[0], 1], _colors, ScalarType.Int64);
        var hidden = _tokens.forward(cat([start, tokens.narrow(1, 0, tokens.shape[1] - 1)], 1)) + _positions;
        foreach (var block in _blocks)
        {
            hidden = block.forward(hidden);
        }

        var logits = _head.forward(Norm(hidden, _gain));
        return nn.functional.cross_entropy(logits.view(-1, _colors), tokens.reshape(-1));
    }

    private static Tensor Norm(Tensor x, Tensor gain) => x * rsqrt(x.pow(2).mean([-1], keepdim: true) + 1e-5) * gain;

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter _gain1;
        private readonly Parameter _gain2;
        private readonly Linear _attention;
        private readonly Linear _projection;
        private readonly Linear _expand;
        private readonly Linear _contract;
        private readonly int _heads;

        internal Block(ImageGptConfig config)
            : base(nameof(Block))
        {
            var d = config.EmbeddingSize;
            _heads = config.Heads;
            _gain1 = new Parameter(ones(d));
            _gain2 = new Parameter(ones(d));
            _attention = nn.Linear(d, 3 * d, hasBias: false);
            _projection = nn.Linear(d, d, hasBias: false);
            _expand = nn.Linear(d, 4 * d, hasBias: false);
            _contract = nn.Linear(4 * d, d, hasBias: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var (b, t, d) = (x.shape[0], x.shape[1], x.shape[2]);
            var parts = _attention.forward(Norm(x, _gain1)).chunk(3, -1);
            var heads = parts.Select(p => p.view(b, t, _heads, d / _heads).transpose(1, 2)).ToArray();
            var attended = nn.functional.scaled_dot_product_attention(heads[0], heads[1], heads[2], is_casual: true);
            var middle = x + _projection.forward(attended.transpose(1, 2).reshape(b, t, d));
            var wide = _expand.forward(Norm(middle, _gain2));
            return middle + _contract.forward(wide * sigmoid(1.702 * wide));
        }
    }
}
