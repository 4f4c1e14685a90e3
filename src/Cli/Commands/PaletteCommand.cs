using System.CommandLine;
using IGptMl.Cli.Output;

namespace IGptMl.Cli.Commands;

/// <summary>igpt palette: learning a palette and looking at one.</summary>
internal sealed class PaletteCommand : Command
{
    internal PaletteCommand(Terminal terminal, Option<bool> verbose)
        : base("palette", "Learn the colors that pixels are reduced to, and look at them.")
    {
        Add(new PaletteFitCommand(terminal, verbose));
        Add(new PaletteShowCommand(terminal, verbose));
    }
}
