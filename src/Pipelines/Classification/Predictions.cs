namespace IGptMl.Classification;

/// <summary>A classifier's predictions for some rows.</summary>
/// <param name="Classes">The number of classes.</param>
/// <param name="Scores">One score per class, higher for likelier classes: (rows, classes).</param>
internal sealed record Predictions(int Classes, float[] Scores)
{
    private const int Five = 5;

    internal int Rows => Scores.Length / Classes;

    /// <summary>The majority vote of several predictions of the same rows.</summary>
    internal static Predictions Elect(IReadOnlyList<Predictions> votes)
    {
        if (votes is [var only])
        {
            return only;
        }

        var (classes, scores) = (votes[0].Classes, new float[votes[0].Scores.Length]);
        for (var start = 0; start < scores.Length; start += classes)
        {
            MajorityVote.Of([.. votes.Select(vote => vote.Scores[start..(start + classes)])]).CopyTo(scores, start);
        }

        return new Predictions(classes, scores);
    }

    /// <summary>The likeliest class of each row; of equal ones, the first.</summary>
    internal int[] Best() => [.. Enumerable.Range(0, Rows).Select(row =>
    {
        var scores = Scores.AsSpan(row * Classes, Classes);
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] ? i : best;
        }

        return best;
    })];

    /// <summary>The share of rows whose class is the likeliest one.</summary>
    internal double Accuracy(int[] labels) => Best().Zip(labels).Count(pair => pair.First == pair.Second) / (double)Rows;

    /// <summary>The share of rows whose class is among the five likeliest; null if there are at most five classes.</summary>
    internal double? TopFive(int[] labels)
        => Classes <= Five ? null : Enumerable.Range(0, Rows).Count(row => Rank(row, labels[row]) < Five) / (double)Rows;

    /// <summary>The number of classes that are ranked before the label.</summary>
    private int Rank(int row, int label)
    {
        var scores = Scores.AsSpan(row * Classes, Classes);
        var before = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            before += scores[i] > scores[label] || (scores[i] == scores[label] && i < label) ? 1 : 0;
        }

        return before;
    }
}
