using System.Diagnostics;

namespace IGptMl.Benchmarks;

/// <summary>Times of contestants that take turns, so that a machine's changing load meets all of them.</summary>
internal static class Rounds
{
    /// <summary>The median seconds of each contestant, after a round that does not count.</summary>
    internal static double[] Median(int rounds, params Action[] contestants)
    {
        var seconds = Array.ConvertAll(contestants, _ => new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            for (var i = 0; i < contestants.Length; i++)
            {
                var clock = Stopwatch.StartNew();
                contestants[i]();
                if (round > 0)
                {
                    seconds[i].Add(clock.Elapsed.TotalSeconds);
                }
            }
        }

        return Array.ConvertAll(seconds, times => times.Order().ElementAt(times.Count / 2));
    }
}
