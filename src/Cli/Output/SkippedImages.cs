namespace IGptMl.Cli.Output;

/// <summary>The images that a command skips because they cannot be read. Each is reported at once, and they determine the exit code.</summary>
/// <param name="terminal">Receives the reports.</param>
internal sealed class SkippedImages(Terminal terminal)
{
    private readonly Lock _lock = new();
    private readonly List<SkippedImage> _all = [];

    internal IReadOnlyList<SkippedImage> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Skips an image. Thread-safe.</summary>
    internal void Add(string file, string problem)
    {
        lock (_lock)
        {
            _all.Add(new SkippedImage(file, problem));
        }

        terminal.Say($"{problem} It is skipped.");
    }
}
