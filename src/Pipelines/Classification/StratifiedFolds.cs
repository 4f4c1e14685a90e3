using IGptMl.Numerics;

namespace IGptMl.Classification;

/// <summary>A split into rows for fitting and held-out rows for choosing; every class has about the same share in both.</summary>
/// <param name="Fitted">The rows for fitting.</param>
/// <param name="HeldOut">The held-out rows.</param>
internal sealed record StratifiedFolds(int[] Fitted, int[] HeldOut)
{
    /// <summary>
    /// From this mean number of rows per class on, a tenth is held out once. With fewer rows, none should remain unused, so cross-validation uses all.
    /// </summary>
    internal const int ManyRowsPerClass = 100;

    private const int Tenth = 10;
    private const int GreatestFolds = 5;

    /// <summary>
    /// With at least 100 rows per class, one split with a tenth of every class held out, as in the paper (section 3.4). Otherwise cross-validation with as many
    /// folds as the smallest class has rows, 2 to 5. Empty if no class has two rows.
    /// </summary>
    internal static IReadOnlyList<StratifiedFolds> Create(int[] labels, int[] rows, int seed)
    {
        var random = new RandomStreams(seed).Open(RandomStream.Folds);
        var classes = rows.GroupBy(row => labels[row]).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        foreach (var members in classes)
        {
            random.Shuffle(members);
        }

        if (rows.Length >= ManyRowsPerClass * classes.Length)
        {
            return [Split(classes, (place, count) => place < count / Tenth)];
        }

        if (classes.All(members => members.Length < 2))
        {
            return [];
        }

        var folds = Math.Clamp(classes.Min(members => members.Length), 2, GreatestFolds);
        return [.. Enumerable.Range(0, folds).Select(fold => Split(classes, (place, count) => count > 1 && place % folds == fold))];
    }

    private static StratifiedFolds Split(int[][] classes, Func<int, int, bool> holdsOut)
    {
        var (fitted, heldOut) = (new List<int>(), new List<int>());
        foreach (var members in classes)
        {
            for (var place = 0; place < members.Length; place++)
            {
                (holdsOut(place, members.Length) ? heldOut : fitted).Add(members[place]);
            }
        }

        fitted.Sort();
        heldOut.Sort();
        return new StratifiedFolds([.. fitted], [.. heldOut]);
    }
}
