using System.Numerics.Tensors;

namespace IGptMl.Completion;

/// <summary>Samples one token from logits. Not thread-safe.</summary>
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

    /// <summary>Samples a token by inversion of the cumulative probabilities.</summary>
    /// <param name="logits">(K).</param>
    /// <param name="uniform">A uniform random number in [0, 1).</param>
    /// <exception cref="InvalidOperationException">The logits are not finite.</exception>
    internal ushort Draw(ReadOnlySpan<float> logits, double uniform)
    {
        var likeliest = TensorPrimitives.IndexOfMax(logits);
        if (!float.IsFinite(logits[likeliest]))
        {
            throw new InvalidOperationException(
                "The model's logits are not finite, so no token can be sampled: its weights are damaged, or have diverged in training.");
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

    /// <summary>Keeps only the most likely tokens.</summary>
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

    /// <summary>Orders equally likely tokens by index, as the sort is not stable.</summary>
    private void OrderEquals()
    {
        for (int first = 0, end; first < _order.Length; first = end)
        {
            for (end = first + 1; end < _order.Length && _sorted[end] == _sorted[first]; end++)
            {
                // the end of the run of equal values
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
