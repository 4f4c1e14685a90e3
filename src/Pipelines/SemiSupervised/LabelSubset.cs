namespace IGptMl.SemiSupervised;

/// <summary>
/// The labeled rows of a low-data evaluation: the same number of each class, drawn by the rule of FixMatch (Sohn et al. 2020), so that results are
/// comparable.
/// </summary>
/// <remarks>
/// The rule of FixMatch's tool for splits: NumPy's generator is seeded; the rows of each class in turn, in the order of the data, are shuffled; then labels are
/// taken one at a time from the class of which the smallest fraction has been taken, the first of equals. On CIFAR-10 in its official order, the rows are those
/// of FixMatch's own splits with the same seed. If class sizes differ, FixMatch draws in proportion to them; this class draws equal numbers.
/// </remarks>
internal static class LabelSubset
{
    /// <summary>Chooses rows, in ascending order.</summary>
    /// <param name="labels">The class of each row, 0-based.</param>
    /// <param name="classNames">The classes.</param>
    /// <param name="budget">The number of rows to choose.</param>
    /// <param name="seed">The seed; 0 takes the first rows of each class.</param>
    /// <exception cref="InvalidOperationException">A class has too few rows.</exception>
    internal static int[] Choose(int[] labels, IReadOnlyList<string> classNames, int budget, int seed)
    {
        if (FindShortage(labels, classNames, budget) is { } shortage)
        {
            throw new InvalidOperationException(shortage);
        }

        var members = classNames.Select((_, c) => Enumerable.Range(0, labels.Length).Where(row => labels[row] == c).ToArray()).ToArray();
        if (seed != 0)
        {
            var random = new MersenneTwister((uint)seed);
            foreach (var rows in members)
            {
                random.Shuffle(rows.AsSpan());
            }
        }

        // Taking one at a time from the class with the smallest fraction, the first of equals, gives equal numbers; the first classes get the remainder.
        return [.. members.SelectMany((rows, c) => rows.Take(Wanted(budget, members.Length, c))).Order()];
    }

    /// <summary>Describes the first class that has too few rows for a budget; null if all classes have enough.</summary>
    internal static string? FindShortage(int[] labels, IReadOnlyList<string> classNames, int budget)
    {
        var rows = labels.CountBy(label => label).ToDictionary();
        for (var c = 0; c < classNames.Count; c++)
        {
            var (wanted, found) = (Wanted(budget, classNames.Count, c), rows.GetValueOrDefault(c));
            if (found < wanted)
            {
                return $"A budget of {budget:N0} labels needs {wanted:N0} rows of class '{classNames[c]}', which has {found:N0}.";
            }
        }

        return null;
    }

    private static int Wanted(int budget, int classes, int index) => (budget / classes) + (index < budget % classes ? 1 : 0);
}
