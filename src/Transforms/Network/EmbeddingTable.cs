using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>A table of learned vectors, used as an embedding (rows are looked up) or as an output head (rows are multiplied with hidden states).</summary>
internal sealed class EmbeddingTable : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    internal EmbeddingTable(int rows, int size, double standardDeviation, Generator? generator)
        : base(nameof(EmbeddingTable))
    {
        _weight = new Parameter(Initial.Normal([rows, size], standardDeviation, generator));
        RegisterComponents();
    }

    /// <summary>All rows, (rows, d); the table owns them.</summary>
    internal Tensor Weight => _weight;

    /// <summary>Logits against every row: (…, d) → (…, rows).</summary>
    public override Tensor forward(Tensor input) => Product(input, _weight);

    /// <summary>Logits against every row for gain · input: (…, d) → (…, rows).</summary>
    /// <remarks>The gain is folded into the rows or the input, whichever is smaller.</remarks>
    internal Tensor Forward(Tensor input, Tensor gain)
    {
        var isInputSmaller = input.numel() < _weight.numel();
        using var scaled = isInputSmaller ? input * gain : input.alias();
        using var weight = isInputSmaller ? _weight.alias() : _weight * gain;
        return Product(scaled, weight);
    }

    /// <summary>Rows by index: (B, T) int64 → (B, T, d).</summary>
    /// <remarks>
    /// The rows are gathered from float32. The backward pass then adds the gradients of all occurrences of a row in float32: thousands of them, added in
    /// bfloat16, would be mostly rounding error.
    /// </remarks>
    internal Tensor Rows(Tensor indices)
    {
        using var flat = indices.reshape(-1);
        using var wide = Widening.Widen(_weight);
        using var rows = wide.index_select(0, flat);
        using var typed = rows.to(_weight.dtype);
        return typed.view(indices.shape[0], indices.shape[1], _weight.shape[1]);
    }

    /// <summary>Consecutive rows: (count, d).</summary>
    internal Tensor Range(long first, long count) => _weight.narrow(0, first, count);

    private static Tensor Product(Tensor input, Tensor rows)
    {
        using var columns = rows.t();
        return LinearProduct.Apply(input, columns);
    }
}
