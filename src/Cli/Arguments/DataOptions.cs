using System.CommandLine;
using System.Text;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli.Arguments;

/// <summary>The options for the input images of a command that does not train: --data and --limit.</summary>
internal sealed class DataOptions
{
    private readonly Option<DataSource?> _data = CommandOptions.Data(
        "--data",
        $"The images: {DataSource.Syntax}. Built-in images: 12,000 with seed 1 by default; cifar10:DIR is its training split.",
        heldOut: false);

    private readonly Option<int?> _limit = CommandOptions.Number(
        "--limit", "Use at most N images: the first N, or from a folder a fixed random sample.", 1, int.MaxValue);

    private readonly Option<Encoding?> _encoding = CommandOptions.ListEncoding();

    internal void AddTo(Command command)
    {
        _data.Required = true;
        command.Add(_data);
        command.Add(_limit);
        command.Add(_encoding);
    }

    internal DataSource Read(ParseResult parsed) => parsed.GetRequiredValue(_data)!.In(parsed.GetValue(_encoding));

    internal int? ReadLimit(ParseResult parsed) => parsed.GetValue(_limit);
}
