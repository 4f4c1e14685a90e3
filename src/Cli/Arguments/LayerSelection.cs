using System.Globalization;

namespace IGptMl.Cli.Arguments;

/// <summary>Layers of a model, as named on the command line: "all", "3" or "0,2,5".</summary>
/// <param name="Layers">The layers in the given order; null means all.</param>
internal sealed record LayerSelection(IReadOnlyList<int>? Layers)
{
    private const string AllWord = "all";

    internal static LayerSelection All { get; } = new((IReadOnlyList<int>?)null);

    /// <summary>Parses layers; returns null if the text is invalid.</summary>
    internal static LayerSelection? Parse(string text, out string problem)
    {
        problem = string.Empty;
        if (text == AllWord)
        {
            return All;
        }

        var layers = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) || layers.Contains(layer))
            {
                problem = $"--layers is '{text}'; expected 'all', or different layers from 0 separated by commas, such as 0,2,5.";
                return null;
            }

            layers.Add(layer);
        }

        return new LayerSelection(layers);
    }

    /// <summary>The selected layers for an architecture.</summary>
    /// <exception cref="UsageException">The model does not have one of the layers.</exception>
    internal IReadOnlyList<int> Of(ImageGptConfig config)
    {
        if (Layers is null)
        {
            return [.. Enumerable.Range(0, config.Layers + 1)];
        }

        foreach (var layer in Layers.Where(layer => layer > config.Layers))
        {
            throw new UsageException($"--layers names layer {layer}; the model has the layers 0 to {config.Layers}.");
        }

        return Layers;
    }

    /// <summary>The selection as written on the command line.</summary>
    public override string ToString() => Layers is null ? AllWord : string.Join(',', Layers);
}
