using System.Diagnostics;

namespace IGptMl.Benchmarks;

/// <summary>Times contestants alternately, so that a machine's changing load affects all of them.</summary>
internal static class Rounds
{
    /// <summary>The median seconds of each contestant, after a warm-up round.</summary>
    internal static double[] Median(int rounds, params Action[] contestants) => [.. Measure(rounds, contestants).Select(time => time.Elapsed)];

    /// <summary>The median of each contestant, after a warm-up round: seconds, and processor seconds, which other processes affect less.</summary>
    internal static (double Elapsed, double Processor)[] Measure(int rounds, params Action[] contestants)
    {
        var elapsed = Array.ConvertAll(contestants, _ => new List<double>());
        var processor = Array.ConvertAll(contestants, _ => new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            for (var i = 0; i < contestants.Length; i++)
            {
                var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
                contestants[i]();
                if (round > 0)
                {
                    elapsed[i].Add(clock.Elapsed.TotalSeconds);
                    processor[i].Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
                }
            }
        }

        return [.. contestants.Select((_, i) => (MedianOf(elapsed[i]), MedianOf(processor[i])))];
    }

    private static double MedianOf(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
