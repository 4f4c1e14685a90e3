using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The option for the memory of a GPU that need not be in this machine: --gpu-memory.</summary>
internal sealed class MemoryOption
{
    private const double Gigabyte = 1e9;

    private readonly Option<double?> _gigabytes;

    /// <param name="description">What is planned for that memory, for the help.</param>
    internal MemoryOption(string description)
        => _gigabytes = CommandOptions.Number("--gpu-memory", $"{description} with this memory in GB, such as 24 or 80 [default: this machine's memory].",
            0.1, 100_000);

    internal void AddTo(Command command) => command.Add(_gigabytes);

    /// <summary>Whether it was given.</summary>
    internal bool IsGiven(ParseResult parsed) => parsed.GetValue(_gigabytes) is not null;

    /// <summary>The bytes.</summary>
    internal long Read(ParseResult parsed)
        => parsed.GetValue(_gigabytes) is { } value ? (long)(value * Gigabyte) : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
