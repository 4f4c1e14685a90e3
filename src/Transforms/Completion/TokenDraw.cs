using System.Numerics.Tensors;

namespace IGptMl.Completion;

/// <summary>Draws one token from logits; used on one thread.</summary>
internal sealed class TokenDraw
{
    private readonly float _temperature;
    private readonly int _topK;
    private readonly double _topP;
    private readonly float[] _weights;
    private readonly float[] _sorted;
    private readonly int[] _order;

    /// <param name="options">Temperature, top-k and top-p.</param>
    /// <param name="colors">The number K of tokens.</param>
    internal TokenDraw(SamplingOptions options, int colors)
    {
        _temperature = (float)options.Temperature;
        _topK = Math.Min(options.TopK ?? colors, colors);
        _topP = options.TopP;
        _weights = new float[colors];
        _sorted = new float[colors];
        _order = new int[colors];
    }

    /// <summary>The token whose share of [0, 1) the uniform number falls into, the tokens lying there in order.</summary>
    /// <param name="logits">(K).</param>
    /// <param name="uniform">A number in [0, 1).</param>
    /// <exception cref="InvalidOperationException">The logits are not numbers.</exception>
    internal ushort Draw(ReadOnlySpan<float> logits, double uniform)
    {
        var likeliest = TensorPrimitives.IndexOfMax(logits);
        if (!float.IsFinite(logits[likeliest]))
        {
            throw new InvalidOperationException(
                "The model's logits are not numbers, so nothing can be drawn: its weights are damaged, or have grown without bounds in training.");
        }

        if (_temperature == 0)
        {
            return (ushort)likeliest;
        }

        TensorPrimitives.Subtract(logits, logits[likeliest], _weights);
        TensorPrimitives.Divide(_weights, _temperature, _weights);
        TensorPrimitives.Exp(_weights, _weights);
        if (_topK < _weights.Length || _topP < 1)
        {
            Restrict();
        }

        var rest = uniform * Sum(_weights);
        var last = likeliest;
        for (var i = 0; i < _weights.Length; i++)
        {
            if (_weights[i] > 0)
            {
                last = i;
                rest -= _weights[i];
                if (rest < 0)
                {
                    break;
                }
            }
        }

        return (ushort)last;
    }

    /// <summary>Leaves the likeliest tokens alone.</summary>
    private void Restrict()
    {
        for (var i = 0; i < _order.Length; i++)
        {
            (_sorted[i], _order[i]) = (-_weights[i], i);
        }

        Array.Sort(_sorted, _order);
        OrderEquals();
        var kept = _topK;
        if (_topP < 1)
        {
            var (needed, sum) = (_topP * -Sum(_sorted.AsSpan(0, kept)), 0.0);
            for (var i = 0; i < kept; i++)
            {
                sum -= _sorted[i];
                if (sum >= needed)
                {
                    kept = i + 1;
                }
            }
        }

        foreach (var token in _order.AsSpan(kept))
        {
            _weights[token] = 0;
        }
    }

    /// <summary>Of equally likely tokens the first comes first, which the sorting does not promise.</summary>
    private void OrderEquals()
    {
        for (int first = 0, end; first < _order.Length; first = end)
        {
            for (end = first + 1; end < _order.Length && _sorted[end] == _sorted[first]; end++)
            {
                // the end of the run
            }

            _order.AsSpan(first..end).Sort();
        }
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }
}
