using System.Globalization;

namespace IGptMl.Optimization;

/// <summary>
/// The folder of a run's checkpoints, which one process at a time may use. A checkpoint is written to a temporary file, flushed to the disk and renamed, so
/// that a file with a checkpoint's name is complete. Only then are older checkpoints deleted.
/// </summary>
internal sealed class CheckpointFolder : IDisposable
{
    private const string Prefix = "checkpoint-";
    private const string Extension = ".safetensors";
    private const string Partial = ".partial";
    private const string Samples = "samples-";

    /// <summary>The setting that a resumed run may change: parts take less memory, and give the same step up to rounding.</summary>
    private const string Adjustable = nameof(TrainingOptions.AccumulationSteps);

    private readonly CheckpointSettings _settings;
    private readonly Func<string, Stream> _create;
    private readonly Action<string> _warn;
    private readonly FileStream _lock;
    private readonly TimeProvider _clock;
    private long _last;
    private long _lastTime;

    /// <summary>Locks the folder, and finds its newest intact checkpoint.</summary>
    /// <param name="settings">The folder, and when checkpoints are written.</param>
    /// <param name="warn">Receives warnings about damaged files, and about checkpoints that could not be written.</param>
    /// <param name="create">Creates a file; null means on disk.</param>
    /// <param name="clock">The clock; null means the system's.</param>
    /// <exception cref="IOException">Another process uses the folder, or it cannot be created.</exception>
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
                File.Delete(path); // partial files of a killed process and, when starting over, old checkpoints
            }

            FindNewest();
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The path of the newest intact checkpoint; null if there is none.</summary>
    internal string? NewestPath { get; private set; }

    /// <summary>The state of the newest intact checkpoint; null if there is none.</summary>
    internal RunState? Newest { get; private set; }

    /// <summary>The path of the weights of the best validation.</summary>
    internal string BestPath => Path.Combine(_settings.Folder, "best" + Extension);

    /// <summary>The path of the sheet of sample images after a number of steps.</summary>
    internal string SamplesPath(long step) => Path.Combine(_settings.Folder, string.Create(CultureInfo.InvariantCulture, $"{Samples}{step:D9}.png"));

    /// <summary>The path of the run's metrics.</summary>
    internal string MetricsPath => Path.Combine(_settings.Folder, "metrics.jsonl");

    /// <summary>Further arrays that every checkpoint contains, by name.</summary>
    internal IReadOnlyDictionary<string, float[]> Attachments { get; set; } = new Dictionary<string, float[]>();

    /// <summary>The settings that determine the weights, by name.</summary>
    internal IReadOnlyDictionary<string, string> Run { get; private set; } = new Dictionary<string, string>();

    /// <summary>Begins or resumes the run with these settings.</summary>
    /// <exception cref="InvalidOperationException">The checkpoints belong to another run; the message lists all differences.</exception>
    internal void Begin(IReadOnlyDictionary<string, string> run)
    {
        Run = run;
        if (Newest is not { Run: var old })
        {
            return;
        }

        var changed = old.Keys.Union(run.Keys, StringComparer.Ordinal).Where(name => old.GetValueOrDefault(name) != run.GetValueOrDefault(name)).ToList();
        if (changed.Exists(name => name != Adjustable || !old.ContainsKey(name)))
        {
            throw new InvalidOperationException(
                $"The checkpoints in '{_settings.Folder}' belong to another run. {string.Join(" ", changed.Select(Describe))} Use another folder, or start "
                + "over, which deletes them.");
        }

        foreach (var name in changed)
        {
            _warn($"{Describe(name)} The steps are the same up to rounding.");
        }

        string Describe(string name) => $"{name} was {old.GetValueOrDefault(name) ?? "not given"} and is {run.GetValueOrDefault(name) ?? "not given"}.";
    }

    /// <summary>Whether a checkpoint is due after a number of steps.</summary>
    internal bool IsDue(long step)
        => _settings.Steps.Contains(step)
            || (_settings.IntervalSteps is { } interval && step - _last >= interval)
            || (_settings.IntervalTime is { } time && _clock.GetElapsedTime(_lastTime) >= time);

    /// <summary>Writes a checkpoint unless it exists. If it cannot be written, the existing checkpoints are kept, and a warning is logged.</summary>
    internal void Save(RunState state, FlatParameters parameters, Optimizer optimizer)
    {
        (_last, _lastTime) = (state.Step, _clock.GetTimestamp());
        var path = PathOf(state.Step);
        if (path == NewestPath)
        {
            return;
        }

        if (TryWrite(path, stream => CheckpointFile.Write(stream, state, parameters, optimizer.Buffers, Attachments)))
        {
            (NewestPath, Newest) = (path, state);
            Prune();
        }
    }

    /// <summary>Replaces the best weights.</summary>
    internal void SaveBest(RunState state, FlatParameters parameters)
        => TryWrite(BestPath, stream => CheckpointFile.Write(stream, state, parameters, optimizer: [], Attachments));

    /// <summary>Unlocks the folder.</summary>
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

    /// <summary>Lists the checkpoints in the folder, newest first.</summary>
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
            throw new InvalidDataException($"All checkpoints in '{_settings.Folder}' are damaged. {string.Join(" ", damaged)} Start over to delete them.");
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
            _warn($"A checkpoint could not be written, and training continues without it: {e.Message}{(NewestPath is null ? string.Empty : $" The last one "
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
            // Harmless: a partial file will be overwritten, and deleting an old checkpoint is tried again after the next one.
        }
    }
}
