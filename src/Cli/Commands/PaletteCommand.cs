using System.CommandLine;
using IGptMl.Cli.Output;

namespace IGptMl.Cli.Commands;

/// <summary>igpt palette: learns and shows palettes.</summary>
internal sealed class PaletteCommand : Command
{
    internal PaletteCommand(Terminal terminal, Option<bool> verbose)
        : base("palette", "Learn and show the palette to which pixels are quantized.")
    {
        Add(new PaletteFitCommand(terminal, verbose));
        Add(new PaletteShowCommand(terminal, verbose));
    }
}
