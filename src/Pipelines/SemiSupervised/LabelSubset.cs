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
        var members = classNames.Select((_, c) => Enumerable.Range(0, labels.Length).Where(row => labels[row] == c).ToArray()).ToArray();
        var wanted = members.Select((_, c) => (budget / members.Length) + (c < budget % members.Length ? 1 : 0)).ToArray();
        for (var c = 0; c < members.Length; c++)
        {
            if (members[c].Length < wanted[c])
            {
                throw new InvalidOperationException(
                    $"A budget of {budget:N0} labels needs {wanted[c]:N0} rows of class '{classNames[c]}', which has {members[c].Length:N0}.");
            }
        }

        if (seed != 0)
        {
            var random = new MersenneTwister((uint)seed);
            foreach (var rows in members)
            {
                random.Shuffle(rows.AsSpan());
            }
        }

        // Taking one at a time from the class with the smallest fraction, the first of equals, gives equal numbers; the first classes get the remainder.
        return [.. members.SelectMany((rows, c) => rows.Take(wanted[c])).Order()];
    }
}
