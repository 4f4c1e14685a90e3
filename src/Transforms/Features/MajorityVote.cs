using System.Numerics.Tensors;
using IGptMl.Numerics;

namespace IGptMl;

/// <summary>
/// The decision of an ensemble. The paper classifies an image several times with a masked model, each time with other tokens hidden, and takes the class with
/// the most votes (Chen et al. 2020, section 4.4).
/// </summary>
/// <remarks>
/// It works with any classifier, given its votes on the same image, from features that were extracted with several <see cref="TokenMasking"/> seeds. All
/// results are pure functions of the arguments.
/// </remarks>
public static class MajorityVote
{
    /// <summary>The paper's number of masks per image: 5.</summary>
    public const int DefaultVotes = 5;

    /// <summary>The class with the most votes. Ties are broken at random, by the seed and the votes themselves.</summary>
    /// <param name="votes">The class of each vote, in any numbering; at least one.</param>
    /// <param name="seed">The seed for ties.</param>
    /// <exception cref="ArgumentException">There are no votes.</exception>
    public static int Of(ReadOnlySpan<int> votes, int seed = 0)
    {
        if (votes.IsEmpty)
        {
            throw new ArgumentException("There are no votes.", nameof(votes));
        }

        var counts = new SortedDictionary<int, int>();
        var draw = (ulong)(uint)seed;
        foreach (var vote in votes)
        {
            counts[vote] = counts.GetValueOrDefault(vote) + 1;
            draw = SplitMix64.Combine(draw, (ulong)(uint)vote);
        }

        var most = counts.Values.Max();
        var winners = counts.Where(count => count.Value == most).Select(count => count.Key).ToList();
        return winners[new SplitMix64(draw).Next(winners.Count)];
    }

    /// <summary>
    /// Combines score vectors: the mean of those that vote for the winner, which therefore has the highest score. Each vector votes for the class with its
    /// highest score, the first of equals, as in ML.NET's evaluation.
    /// </summary>
    /// <param name="scores">The scores of the classes in each vote, such as probabilities; at least one vote, all of the same length.</param>
    /// <param name="seed">The seed for ties.</param>
    /// <returns>The scores of the classes. NaN in the votes propagates.</returns>
    /// <exception cref="ArgumentException">There are no votes, or they are of different lengths.</exception>
    public static float[] Of(IReadOnlyList<float[]> scores, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0 || scores[0].Length == 0 || scores.Any(vote => vote.Length != scores[0].Length))
        {
            throw new ArgumentException(
                $"The votes have {(scores.Count == 0 ? "no" : string.Join(", ", scores.Select(vote => vote.Length)))} scores; expected at least one vote, "
                + $"all of the same number of classes.", nameof(scores));
        }

        var mean = new float[scores[0].Length];
        if (scores.Any(vote => vote.Any(float.IsNaN)))
        {
            mean.AsSpan().Fill(float.NaN);
            return mean;
        }

        var winner = Of(scores.Select(ClassOf).ToArray(), seed);
        var winning = scores.Where(vote => ClassOf(vote) == winner).ToList();
        foreach (var vote in winning)
        {
            TensorPrimitives.Add<float>(mean, vote, mean);
        }

        TensorPrimitives.Divide(mean, winning.Count, mean);
        return mean;
    }

    private static int ClassOf(float[] scores) => TensorPrimitives.IndexOfMax<float>(scores);
}
