using IGptMl.Numerics;

namespace IGptMl.FineTuning;

/// <summary>Splits rows at random, with the same fraction of every class held out.</summary>
internal static class StratifiedSplit
{
    /// <summary>Returns two sets of rows, each in order. Every class keeps at least one training row.</summary>
    /// <param name="labels">The class of every row.</param>
    /// <param name="fraction">The fraction of each class to hold out, rounded to whole rows.</param>
    /// <param name="seed">The seed of the fit: equal seeds hold out the same rows.</param>
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
