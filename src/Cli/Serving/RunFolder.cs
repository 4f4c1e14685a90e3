using System.Globalization;
using System.Text.Json;
using IGptMl.Cli.Arguments;

namespace IGptMl.Cli.Serving;

/// <summary>The folder of a training run, read while the run goes on in another process. It may disappear at any time.</summary>
internal sealed class RunFolder
{
    private const string MetricsName = "metrics.jsonl", SheetStart = "samples-", SheetEnding = ".png";
    private const int MostPoints = 400, MostSheets = 12;

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly string _path;
    private readonly Lock _lock = new();
    private (long Length, DateTime Written) _read;
    private IReadOnlyList<Line> _lines = [];

    private RunFolder(string path) => _path = path;

    private string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_path)));

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="UsageException">There is no such folder, or it is not that of a run.</exception>
    internal static RunFolder Open(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new UsageException($"--run is '{path}', which is no folder; expected the folder that a training has in --checkpoints.");
        }

        var isRun = File.Exists(Path.Combine(path, MetricsName)) || File.Exists(Path.Combine(path, ".lock"))
            || Directory.EnumerateFiles(path, "checkpoint-*.safetensors").Any();
        return isRun ? new RunFolder(path) : throw new UsageException($"--run is '{path}', which is not the folder of a run: it has neither {MetricsName} nor "
            + "checkpoints. Expected the folder that a training has in --checkpoints.");
    }

    /// <summary>Reads the state of the run.</summary>
    internal RunFacts Read()
    {
        try
        {
            var lines = ReadLines();
            var sheets = FindSheets();
            if (lines.Count == 0)
            {
                return new RunFacts(Name, "waiting", 0, null, null, null, null, [], [], sheets);
            }

            var last = lines[^1];
            var state = last.Step == last.Steps ? "finished"
                : DateTime.UtcNow - _read.Written > Quiet ? "quiet"
                : "running";
            return new RunFacts(Name, state, last.Step, last.Steps, Finite(last.Loss), Finite(last.ImagesPerSecond),
                state == "running" ? Finite(last.SecondsLeft) : null, Thin(lines), [.. lines.Where(line => line.ValidationLoss is { } loss
                && double.IsFinite(loss)).Select(line => (double[])[line.Step, line.ValidationLoss!.Value])], sheets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new RunFacts(Name, "gone", 0, null, null, null, null, [], [], []);
        }
    }

    /// <summary>The PNG file of a sample sheet; null if there is none.</summary>
    /// <param name="step">The step. The name of the file is made from this number alone.</param>
    internal byte[]? ReadSheet(long step)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(_path, string.Create(CultureInfo.InvariantCulture, $"{SheetStart}{step:D9}{SheetEnding}")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private IReadOnlyList<Line> ReadLines()
    {
        lock (_lock)
        {
            var file = new FileInfo(Path.Combine(_path, MetricsName));
            if (!file.Exists)
            {
                _ = Directory.EnumerateFileSystemEntries(_path).Any(); // throws if the folder has disappeared
                return [];
            }

            if (_read != (file.Length, file.LastWriteTimeUtc))
            {
                _read = (file.Length, file.LastWriteTimeUtc);
                using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var reader = new StreamReader(stream);
                var lines = new List<Line>();
                while (reader.ReadLine() is { } text)
                {
                    if (Parse(text) is { } line)
                    {
                        lines.Add(line);
                    }
                }

                _lines = lines;
            }

            return _lines;
        }
    }

    private static Line? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text, Json);
        }
        catch (JsonException) // a line that is being written
        {
            return null;
        }
    }

    private List<long> FindSheets() => [.. Directory.EnumerateFiles(_path, $"{SheetStart}*{SheetEnding}")
        .Select(path => Path.GetFileName(path)[SheetStart.Length..^SheetEnding.Length])
        .Where(number => number.Length is > 0 and < 19 && number.All(char.IsAsciiDigit))
        .Select(number => long.Parse(number, CultureInfo.InvariantCulture))
        .Order()
        .TakeLast(MostSheets)];

    /// <summary>The means of steps and losses in at most <see cref="MostPoints"/> groups of successive lines.</summary>
    private static List<double[]> Thin(IReadOnlyList<Line> lines)
    {
        var finite = lines.Where(line => double.IsFinite(line.Loss)).ToList();
        var size = (finite.Count + MostPoints - 1) / MostPoints;
        return size == 0 ? [] : [.. finite.Chunk(size).Select(some => (double[])[some.Average(line => (double)line.Step), some.Average(line => line.Loss)])];
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static readonly JsonSerializerOptions Json = new(ServedJson.Options)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private sealed record Line(long Step, double Loss, double ImagesPerSecond = double.NaN, long? Steps = null, double? SecondsLeft = null,
        double? ValidationLoss = null);
}
