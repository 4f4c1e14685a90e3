using System.Text.Json;
using System.Text.Json.Serialization;
using IGptMl.Numerics;

namespace IGptMl.Optimization;

/// <summary>
/// Writes the metrics of a run as JSON lines, one at a fixed interval of steps and for every validation. A resumed run continues the file without gaps or
/// duplicates.
/// </summary>
/// <param name="path">The path of the file.</param>
/// <param name="interval">The number of steps between lines.</param>
/// <param name="warn">Receives a warning if the file cannot be written, which does not end the training.</param>
internal sealed class MetricsFile(string path, long interval, Action<string> warn) : IMetricsWriter
{
    private static readonly JsonSerializerOptions Json = new()
    {
        TypeInfoResolver = JsonReflection.Resolver,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private bool _failed;

    /// <inheritdoc/>
    public void Resume(long step) => Try(() =>
    {
        if (File.Exists(path))
        {
            File.WriteAllLines(path, [.. TextFile.ReadLines(path, "the metrics of a run").Where(line => StepOf(line) <= step)]);
        }
    });

    /// <inheritdoc/>
    public void Write(StepReport report)
    {
        var progress = report.Progress;
        if (progress.Step % interval == 0 || progress.Step == progress.Steps || report.Validation is not null)
        {
            var line = new Line(
                progress.Step,
                progress.Loss,
                progress.LearningRate,
                progress.GradientNorm,
                progress.ImagesPerSecond,
                progress.PeakShare,
                progress.Elapsed.TotalSeconds,
                report.Validation?.Loss,
                report.Validation?.Accuracy)
            {
                Steps = progress.Steps,
                SecondsLeft = progress.TimeLeft.TotalSeconds,
                Metrics = report.Batch?.Metrics.ToDictionary(metric => metric.Name, metric => (object)metric.Value),
            };
            Try(() => File.AppendAllText(path, JsonReflection.Write(line, Json) + "\n"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static long StepOf(string line)
    {
        try
        {
            return JsonReflection.Read<Line>(line, Json)?.Step ?? long.MaxValue;
        }
        catch (JsonException) // an incomplete line of a killed process
        {
            return long.MaxValue;
        }
    }

    private void Try(Action write)
    {
        try
        {
            write();
            _failed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (!_failed)
            {
                warn($"The run's metrics could not be written: {e.Message}");
            }

            _failed = true;
        }
    }

    private sealed record Line(
        long Step,
        double Loss,
        double LearningRate,
        double GradientNorm,
        double ImagesPerSecond,
        double? PeakShare,
        double Seconds,
        double? ValidationLoss,
        double? ValidationAccuracy)
    {
        /// <summary>The number of steps planned; null in files of earlier versions.</summary>
        public long? Steps { get; init; }

        /// <summary>The estimated time for the remaining steps, in seconds; null in files of earlier versions.</summary>
        public double? SecondsLeft { get; init; }

        /// <summary>The task's own metrics, by name.</summary>
        [JsonExtensionData]
        public IDictionary<string, object>? Metrics { get; init; }
    }
}
