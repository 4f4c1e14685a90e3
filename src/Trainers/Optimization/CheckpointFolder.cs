using System.Globalization;

namespace IGptMl.Optimization;

/// <summary>
/// A run's checkpoints in a folder of their own, which one process at a time may use. A checkpoint is written beside its place, brought to the disk and
/// renamed, so that a file that has a checkpoint's name is complete; only then are older ones removed.
/// </summary>
internal sealed class CheckpointFolder : IDisposable
{
    private const string Prefix = "checkpoint-";
    private const string Extension = ".safetensors";
    private const string Partial = ".partial";
    private const string Samples = "samples-";

    private readonly CheckpointSettings _settings;
    private readonly Func<string, Stream> _create;
    private readonly Action<string> _warn;
    private readonly FileStream _lock;
    private readonly TimeProvider _clock;
    private long _last;
    private long _lastTime;

    /// <summary>Takes the folder, and finds its newest good checkpoint.</summary>
    /// <param name="settings">Where and when.</param>
    /// <param name="warn">Told of damaged files, and of checkpoints that could not be written.</param>
    /// <param name="create">Creates a file; null means on the disk.</param>
    /// <param name="clock">Tells the time; null means the system's.</param>
    /// <exception cref="IOException">Another process uses the folder, or it cannot be made.</exception>
    /// <exception cref="InvalidDataException">There are checkpoints, and all of them are damaged.</exception>
    internal CheckpointFolder(CheckpointSettings settings, Action<string> warn, Func<string, Stream>? create = null, TimeProvider? clock = null)
    {
        _settings = settings;
        _warn = warn;
        _create = create ?? (path => new FileStream(path, FileMode.Create, FileAccess.ReadWrite));
        _clock = clock ?? TimeProvider.System;
        _lastTime = _clock.GetTimestamp();
        Directory.CreateDirectory(settings.Folder);
        _lock = Lock(settings.Folder);
        try
        {
            foreach (var path in Directory.GetFiles(settings.Folder, $"*{Partial}*").Concat(settings.StartOver
                ? Find().Select(f => f.Path).Concat([BestPath, MetricsPath, .. Directory.GetFiles(settings.Folder, Samples + "*")]) : []))
            {
                File.Delete(path); // what a killed process left, and what is not wanted any more
            }

            FindNewest();
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The newest good checkpoint's path, or null if there is none.</summary>
    internal string? NewestPath { get; private set; }

    /// <summary>The newest good checkpoint's state.</summary>
    internal RunState? Newest { get; private set; }

    /// <summary>The weights with the least validation loss.</summary>
    internal string BestPath => Path.Combine(_settings.Folder, "best" + Extension);

    /// <summary>A sheet of sample pictures after that many steps.</summary>
    internal string SamplesPath(long step) => Path.Combine(_settings.Folder, string.Create(CultureInfo.InvariantCulture, $"{Samples}{step:D9}.png"));

    /// <summary>The log of the run's numbers.</summary>
    internal string MetricsPath => Path.Combine(_settings.Folder, "metrics.jsonl");

    /// <summary>Arrays of the run's own that every checkpoint carries.</summary>
    internal IReadOnlyDictionary<string, float[]> Attachments { get; set; } = new Dictionary<string, float[]>();

    /// <summary>The settings that decide the weights, by name.</summary>
    internal IReadOnlyDictionary<string, string> Run { get; private set; } = new Dictionary<string, string>();

    /// <summary>Says which run it is that goes on here, or begins.</summary>
    /// <exception cref="InvalidOperationException">The checkpoints are of another one; the message tells all differences.</exception>
    internal void Begin(IReadOnlyDictionary<string, string> run)
    {
        Run = run;
        if (Newest is not { Run: var old })
        {
            return;
        }

        var differences = old.Keys.Union(run.Keys, StringComparer.Ordinal)
            .Where(name => old.GetValueOrDefault(name) != run.GetValueOrDefault(name))
            .Select(name => $"{name} was {old.GetValueOrDefault(name) ?? "not given"} and is {run.GetValueOrDefault(name) ?? "not given"}.")
            .ToList();
        if (differences.Count > 0)
        {
            throw new InvalidOperationException(
                $"The checkpoints in '{_settings.Folder}' are another run's. {string.Join(" ", differences)} Use another folder, or start over, which "
                + $"deletes them.");
        }
    }

    /// <summary>Whether a checkpoint is due after that many steps.</summary>
    internal bool IsDue(long step)
        => _settings.Steps.Contains(step)
            || (_settings.IntervalSteps is { } interval && step - _last >= interval)
            || (_settings.IntervalTime is { } time && _clock.GetElapsedTime(_lastTime) >= time);

    /// <summary>Writes a checkpoint unless it is there already. Where it cannot be written, the others stay as they are, and there is a warning.</summary>
    internal void Save(RunState state, FlatParameters parameters, Adam adam)
    {
        (_last, _lastTime) = (state.Step, _clock.GetTimestamp());
        var path = PathOf(state.Step);
        if (path == NewestPath)
        {
            return;
        }

        if (TryWrite(path, stream => CheckpointFile.Write(stream, state, parameters, adam, Attachments)))
        {
            (NewestPath, Newest) = (path, state);
            Prune();
        }
    }

    /// <summary>Replaces the best weights.</summary>
    internal void SaveBest(RunState state, FlatParameters parameters)
        => TryWrite(BestPath, stream => CheckpointFile.Write(stream, state, parameters, adam: null, Attachments));

    /// <summary>Gives the folder back.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new IOException($"The checkpoint folder '{folder}' is in use by another training run: {e.Message}", e);
        }
    }

    private string PathOf(long step) => Path.Combine(_settings.Folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D9}{Extension}"));

    /// <summary>The checkpoints in the folder, the newest first.</summary>
    private IEnumerable<(string Path, long Step)> Find()
        => Directory.GetFiles(_settings.Folder, $"{Prefix}*{Extension}")
            .Select(path => (Path: path, Number: Path.GetFileName(path)[Prefix.Length..^Extension.Length]))
            .Where(f => f.Number.Length > 0 && f.Number.All(char.IsAsciiDigit))
            .Select(f => (f.Path, Step: long.Parse(f.Number, CultureInfo.InvariantCulture)))
            .OrderByDescending(f => f.Step);

    private void FindNewest()
    {
        var damaged = new List<string>();
        foreach (var (path, step) in Find())
        {
            try
            {
                Newest = CheckpointFile.Check(path);
                NewestPath = path;
                _last = step;
                break;
            }
            catch (InvalidDataException e)
            {
                damaged.Add(e.Message);
            }
        }

        if (damaged.Count > 0 && Newest is null)
        {
            throw new InvalidDataException($"No checkpoint in '{_settings.Folder}' is good. {string.Join(" ", damaged)} Start over to delete them.");
        }

        damaged.ForEach(_warn);
    }

    private bool TryWrite(string path, Action<Stream> write)
    {
        var partial = path + Partial;
        try
        {
            using (var stream = _create(partial))
            {
                write(stream);
                stream.Flush();
                (stream as FileStream)?.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _warn($"A checkpoint could not be written, and training goes on without it: {e.Message}{(NewestPath is null ? string.Empty : $" The last one "
                + $"is '{NewestPath}'.")}");
            TryDelete(partial);
            return false;
        }
    }

    private void Prune()
    {
        foreach (var (path, _) in Find().Where(f => !_settings.Steps.Contains(f.Step) && f.Step <= _last).Skip(_settings.Kept))
        {
            TryDelete(path);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is in nobody's way: a partial file is overwritten, and an old checkpoint is tried again after the next one.
        }
    }
}
