using IGptMl.Numerics;

namespace IGptMl.Classification;

/// <summary>Rows to fit to and rows to choose by, every class in both in about the same share.</summary>
/// <param name="Fitted">The rows to fit to.</param>
/// <param name="HeldOut">The rows to choose by.</param>
internal sealed record StratifiedFolds(int[] Fitted, int[] HeldOut)
{
    /// <summary>Above this number of rows a class, on average, a tenth is held out once; below, rows are too few to leave any unused, and cross-validation uses all.</summary>
    internal const int ManyRowsAClass = 100;

    private const int Tenth = 10;
    private const int GreatestFolds = 5;

    /// <summary>
    /// One split with a tenth of every class held out, as the paper does (section 3.4), where there are 100 rows a class or more; otherwise cross-validation with as many
    /// folds as the smallest class has rows, 2 to 5. Nothing where no class has two rows.
    /// </summary>
    internal static IReadOnlyList<StratifiedFolds> Create(int[] labels, int[] rows, int seed)
    {
        var random = new RandomStreams(seed).Open(RandomStream.Folds);
        var classes = rows.GroupBy(row => labels[row]).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        foreach (var members in classes)
        {
            random.Shuffle(members);
        }

        if (rows.Length >= ManyRowsAClass * classes.Length)
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
