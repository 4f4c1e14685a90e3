using IGptMl.Numerics;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Which tokens of a batch of images are hidden from a masked model.</summary>
internal sealed class TokenMask
{
    private readonly bool[] _hidden;

    /// <param name="hidden">Whether each token is hidden, (rows, T), row-major.</param>
    /// <param name="rows">The number B of rows.</param>
    internal TokenMask(bool[] hidden, int rows)
    {
        _hidden = hidden;
        Rows = rows;
        ContextLength = hidden.Length / rows;
    }

    internal int Rows { get; }

    internal int ContextLength { get; }

    /// <summary>Whether each token of a row is hidden, (T).</summary>
    internal ReadOnlySpan<bool> this[int row] => _hidden.AsSpan(row * ContextLength, ContextLength);

    /// <summary>
    /// Hides each token independently with a probability (paper, section 2.1). If this hides no token of a row, one is hidden, as the row would have nothing to
    /// predict. A row's mask is a pure function of the row's seed.
    /// </summary>
    internal static TokenMask Draw(int rows, int contextLength, double probability, Func<int, ulong> seedOf)
    {
        var hidden = new bool[rows * contextLength];
        for (var row = 0; row < rows; row++)
        {
            var random = new SplitMix64(seedOf(row));
            var mask = hidden.AsSpan(row * contextLength, contextLength);
            foreach (ref var token in mask)
            {
                token = random.NextDouble() < probability;
            }

            if (!mask.Contains(true))
            {
                mask[random.Next(contextLength)] = true;
            }
        }

        return new TokenMask(hidden, rows);
    }

    /// <summary>The mask of consecutive rows.</summary>
    internal TokenMask Part(int first, int rows) => rows == Rows ? this : new TokenMask([.. _hidden.AsSpan(first * ContextLength, rows * ContextLength)], rows);

    /// <summary>The number of hidden tokens of a row.</summary>
    internal int Count(int row) => this[row].Count(true);

    /// <summary>The factors of the token embeddings, 0 for hidden tokens and 1 for the others: (B, T, 1). The caller disposes the tensor.</summary>
    internal Tensor Shown(ScalarType type, Device device)
    {
        using var values = tensor(Array.ConvertAll(_hidden, hidden => hidden ? 0f : 1f), [Rows, ContextLength, 1], device: device);
        return values.to(type, copy: true);
    }

    /// <summary>The indices of the M hidden tokens among all B · T, in order: (M) int64. The caller disposes the tensor.</summary>
    internal Tensor Positions(Device device)
        => tensor(Enumerable.Range(0, _hidden.Length).Where(i => _hidden[i]).Select(i => (long)i).ToArray(), device: device);

    /// <summary>
    /// The weights of the hidden tokens' losses in the training loss, (M) float32. The loss is the mean over the images of each image's mean over its hidden
    /// tokens; images without a hidden token are left out. The caller disposes the tensor.
    /// </summary>
    internal Tensor Weights(Device device)
    {
        var counts = Enumerable.Range(0, Rows).Select(Count).Where(count => count > 0).ToArray();
        return tensor(counts.SelectMany(count => Enumerable.Repeat(1f / count / counts.Length, count)).ToArray(), device: device);
    }
}
