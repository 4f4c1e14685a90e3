using IGptMl.Numerics;

namespace IGptMl.FineTuning;

/// <summary>Sets rows aside at random, the same share of every class, so that small classes are not lost.</summary>
internal static class StratifiedSplit
{
    /// <summary>Two sets of rows, each in order. A class keeps one training row at least.</summary>
    /// <param name="labels">The class of every row.</param>
    /// <param name="fraction">The share to hold out, rounded to whole rows of a class.</param>
    /// <param name="seed">The seed of the fit: the same holds the same rows out.</param>
    internal static (IReadOnlyList<int> Training, IReadOnlyList<int> HeldOut) Of(IReadOnlyList<int> labels, double fraction, int seed)
    {
        var rows = new int[labels.Count];
        new RandomStreams(seed).Open(RandomStream.ValidationSplit).Permute(rows);
        var heldOut = rows
            .GroupBy(row => labels[row])
            .SelectMany(group => group.Take(Math.Min((int)Math.Round(group.Count() * fraction), group.Count() - 1)))
            .ToHashSet();
        return ([.. Enumerable.Range(0, labels.Count).Where(row => !heldOut.Contains(row))], [.. heldOut.Order()]);
    }
}
