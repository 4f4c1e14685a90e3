using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using IGptMl.Numerics;

namespace IGptMl.Reports;

/// <summary>A study as a folder: <c>results.json</c>, <c>results.md</c>, <c>report.html</c>, plots as SVG and PNG, and pictures.</summary>
internal static class ReportFolder
{
    private const int PlotWidth = 760;
    private const int PlotHeight = 400;

    private static readonly JsonSerializerOptions Json = new()
    {
        TypeInfoResolver = JsonReflection.Resolver,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Writes the folder. Files of an earlier report are replaced.</summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <param name="results">The results.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    internal static void Write(string folder, Report results)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(results);
        Directory.CreateDirectory(folder);
        WriteFile(folder, "results.json", PlotImages.Bytes(JsonReflection.Write(results, Json)));
        WriteFile(folder, "results.md", PlotImages.Bytes(MarkdownReport.Create(results)));
        foreach (var (name, _, create) in ReportPlots.Of(results))
        {
            WriteFile(folder, $"plots/{name}.svg", PlotImages.Bytes(PlotImages.Svg(create(PlotTheme.Paper), PlotWidth, PlotHeight)));
            WriteFile(folder, $"plots/{name}.png", PlotImages.Png(create(PlotTheme.Paper), PlotWidth, PlotHeight));
        }

        foreach (var picture in results.Misclassified.Concat(results.Completions))
        {
            WriteFile(folder, picture.File, picture.Png);
        }

        WriteFile(folder, "report.html", PlotImages.Bytes(HtmlReport.Create(results)));
    }

    private static void WriteFile(string folder, string name, byte[] content)
    {
        var path = Path.Combine([folder, .. name.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = $"{path}.{Path.GetRandomFileName()}.partial"; // a browser may be showing the page that is replaced
        try
        {
            File.WriteAllBytes(partial, content);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
