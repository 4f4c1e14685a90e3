using System.Collections.Concurrent;

namespace IGptMl.Images;

/// <summary>
/// The weights that one axis of a bilinear resize gives to its input samples, in Pillow's fixed point. The filter is a triangle with a half-width of one
/// output sample (but at least one input sample), normalized in double precision, then rounded half away from zero to <see cref="FractionBits"/> bits.
/// Immutable and shared.
/// </summary>
internal sealed class ResampleCoefficients
{
    /// <summary>Fraction bits of a weight: 32 less 8 for the sample and 2 for headroom.</summary>
    public const int FractionBits = 32 - 8 - 2;

    // Limits the memory: a folder of photographs can have thousands of sizes, and a table takes about 8 bytes per input sample.
    private const int MostTables = 256;

    private static readonly ConcurrentDictionary<(int From, int To), ResampleCoefficients> Tables = new();

    private readonly int[] _firsts;
    private readonly int[] _starts;
    private readonly int[] _weights;

    private ResampleCoefficients(int from, int to, int start, int count)
    {
        _firsts = new int[count];
        _starts = new int[count + 1];

        var scale = (double)from / to;
        var support = Math.Max(scale, 1.0);
        var inverse = 1.0 / support;
        var fixedPoint = new List<int>();
        var exact = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var center = (start + i + 0.5) * scale;
            var first = Math.Max((int)(center - support + 0.5), 0);
            var end = Math.Min((int)(center + support + 0.5), from);

            exact.Clear();
            var sum = 0.0;
            for (var j = first; j < end; j++)
            {
                var weight = Math.Max(0.0, 1.0 - Math.Abs((j - center + 0.5) * inverse));
                exact.Add(weight);
                sum += weight;
            }

            foreach (var weight in exact)
            {
                fixedPoint.Add((int)(0.5 + (weight / sum * (1 << FractionBits))));
            }

            _firsts[i] = first;
            _starts[i + 1] = fixedPoint.Count;
        }

        _weights = [.. fixedPoint];
    }

    /// <summary>Number of output samples.</summary>
    public int Length => _firsts.Length;

    /// <summary>The table for resizing an axis from <paramref name="from"/> to <paramref name="to"/> samples.</summary>
    public static ResampleCoefficients For(int from, int to)
    {
        if (Tables.TryGetValue((from, to), out var table))
        {
            return table;
        }

        if (Tables.Count >= MostTables)
        {
            Tables.Clear();
        }

        return Tables.GetOrAdd((from, to), static key => new ResampleCoefficients(key.From, key.To, 0, key.To));
    }

    /// <summary>
    /// The table for <paramref name="count"/> of those output samples, from <paramref name="start"/>. It is not cached, because random windows rarely recur.
    /// </summary>
    public static ResampleCoefficients Part(int from, int to, int start, int count) => new(from, to, start, count);

    /// <summary>The first input sample that contributes to output sample <paramref name="index"/>.</summary>
    public int First(int index) => _firsts[index];

    /// <summary>The weights of the input samples of output sample <paramref name="index"/>, from <see cref="First"/> on.</summary>
    public ReadOnlySpan<int> Weights(int index) => _weights.AsSpan(_starts[index].._starts[index + 1]);
}
