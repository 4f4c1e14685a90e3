using Spectre.Console;

namespace IGptMl.Cli.Output;

/// <summary>Results as tables.</summary>
internal static class Tables
{
    /// <summary>Names and values, one pair per line.</summary>
    internal static Grid Of(IEnumerable<(string Name, string Value)> facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in facts)
        {
            grid.AddRow(new Text(name), new Text(value));
        }

        return grid;
    }
}
