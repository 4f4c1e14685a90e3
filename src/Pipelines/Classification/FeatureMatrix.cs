using System.Numerics;

namespace IGptMl.Classification;

/// <summary>Features in memory: one row per image, float32, row-major.</summary>
internal sealed class FeatureMatrix
{
    private readonly float[] _values;

    internal FeatureMatrix(int rows, int width)
    {
        Rows = rows;
        Width = width;
        _values = new float[checked(rows * width)];
    }

    internal int Rows { get; }

    internal int Width { get; }

    /// <summary>The features of a row.</summary>
    internal Span<float> this[int row] => _values.AsSpan(row * Width, Width);

    /// <summary>All features, row-major.</summary>
    internal Span<float> Values => _values;

    /// <summary>The features of a range of rows, row-major.</summary>
    internal Memory<float> Part(Range rows)
    {
        var (first, count) = rows.GetOffsetAndLength(Rows);
        return _values.AsMemory(first * Width, count * Width);
    }

    /// <summary>Creates a matrix whose rows are filled by a function of (row, features).</summary>
    internal static FeatureMatrix Create(int rows, int width, Filler fill)
    {
        var result = new FeatureMatrix(rows, width);
        for (var row = 0; row < rows; row++)
        {
            fill(row, result[row]);
        }

        return result;
    }

    /// <summary>Converts values to features.</summary>
    internal static FeatureMatrix Of<T>(ReadOnlySpan<T> values, int rows, float scale)
        where T : INumber<T>
    {
        var result = new FeatureMatrix(rows, values.Length / rows);
        for (var i = 0; i < values.Length; i++)
        {
            result._values[i] = float.CreateChecked(values[i]) * scale;
        }

        return result;
    }

    /// <summary>Concatenates the features of several matrices, row by row.</summary>
    internal static FeatureMatrix Concatenate(IReadOnlyList<FeatureMatrix> parts)
        => parts is [var only] ? only : Create(parts[0].Rows, parts.Sum(part => part.Width), (row, target) =>
        {
            foreach (var part in parts)
            {
                part[row].CopyTo(target);
                target = target[part.Width..];
            }
        });

    /// <summary>Writes the features of a row.</summary>
    internal delegate void Filler(int row, Span<float> features);
}
