using System.CommandLine;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli.Arguments;

/// <summary>The options that name the images of a command which only looks at them: --data and --limit.</summary>
internal sealed class DataOptions
{
    private readonly Option<DataSource?> _data = CommandOptions.Data(
        "--data",
        $"The images: {DataSource.Syntax}. Built-in pictures: 12,000 with seed 1 unless said otherwise; cifar10:DIR is its training split.",
        heldOut: false);

    private readonly Option<int?> _limit = CommandOptions.Number(
        "--limit", "Take N images at most: the first ones; from a folder, a random sample, the same every time.", 1, int.MaxValue);

    internal void AddTo(Command command)
    {
        _data.Required = true;
        command.Add(_data);
        command.Add(_limit);
    }

    internal DataSource Read(ParseResult parsed) => parsed.GetRequiredValue(_data)!;

    internal int? ReadLimit(ParseResult parsed) => parsed.GetValue(_limit);
}
