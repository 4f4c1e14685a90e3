using System.Numerics.Tensors;
using IGptMl.Formats;

namespace IGptMl.Models;

/// <summary>Compares the content of a weight file with what a model needs, and reports all differences in one exception.</summary>
internal sealed class WeightCheck(WeightReader reader)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    /// <summary>The file must have floating-point elements of this shape.</summary>
    internal void Require(string name, params long[] shape)
    {
        if (!reader.TryFind(name, out _))
        {
            _problems.Add($"'{name}' [{string.Join(", ", shape)}] is missing.");
        }

        Allow(name, shape);
    }

    /// <summary>The file may have floating-point elements of this shape. Returns whether it does.</summary>
    internal bool Allow(string name, params long[] shape)
    {
        _known.Add(name);
        if (!reader.TryFind(name, out var weight))
        {
            return false;
        }

        if (WeightTypes.IsFloat(weight.Type) && weight.HasShape(shape))
        {
            return true;
        }

        _problems.Add($"{weight} should have floating-point elements of the shape [{string.Join(", ", shape)}].");
        return false;
    }

    /// <summary>The file may have any tensor with this name.</summary>
    internal void Ignore(string name) => _known.Add(name);

    /// <summary>If the file has this tensor, all its elements must be zero, because the model does not have it.</summary>
    internal void AllowZeros(string name, params long[] shape)
    {
        if (!Allow(name, shape))
        {
            return;
        }

        using var data = reader.OpenTensor(name);
        var buffer = new float[4096];
        var largest = 0f;
        while (data.Remaining > 0)
        {
            var values = buffer.AsSpan(0, (int)Math.Min(data.Remaining, buffer.Length));
            data.ReadFloat32(values);
            largest = MathF.Max(largest, MathF.Abs(TensorPrimitives.MaxMagnitude(values)));
        }

        if (largest != 0)
        {
            _problems.Add(FormattableString.Invariant($"{data.Info} must be zero, as Image GPT has no biases; its largest magnitude is {largest}."));
        }
    }

    /// <summary>Reports all problems together, including tensors that none of the calls has named.</summary>
    /// <exception cref="InvalidDataException">There was at least one problem.</exception>
    internal void ThrowIfAny()
    {
        _problems.AddRange(reader.Weights.Where(weight => !_known.Contains(weight.Name)).Select(weight => $"{weight} is not part of the model."));
        if (_problems.Count > 0)
        {
            throw new InvalidDataException($"'{reader.Source}' does not have the weights of the model. {string.Join(" ", _problems)}");
        }
    }
}
