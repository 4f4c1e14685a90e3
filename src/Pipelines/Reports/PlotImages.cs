using System.Text;
using OxyPlot;
using PngExporter = OxyPlot.SkiaSharp.PngExporter;
using SkiaRenderContext = OxyPlot.SkiaSharp.SkiaRenderContext;

namespace IGptMl.Reports;

/// <summary>Exports plots as SVG and PNG.</summary>
internal static class PlotImages
{
    /// <summary>A font with wide characters, so that the text also fits with any other font.</summary>
    internal const string Font = "DejaVu Sans";

    private const float PixelsPerInch = 192; // twice a screen's, so that enlarged pages stay sharp

    /// <summary>The approximate mean width of a character at a font size, in pixels.</summary>
    internal static double LetterWidth(double size) => 0.62 * size;

    /// <summary>A plot as an SVG document.</summary>
    internal static string Svg(PlotModel plot, int width, int height) => Export(plot, width, height, document: true);

    /// <summary>
    /// A plot as an SVG element for a page, scaled to the width of its parent. Ids start with <paramref name="prefix"/>, so that they are unique in the page.
    /// </summary>
    internal static string InlineSvg(PlotModel plot, int width, int height, string prefix)
        => Export(plot, width, height, document: false)
            .Replace($"<svg width=\"{width}\" height=\"{height}\"", $"<svg viewBox=\"0 0 {width} {height}\" role=\"img\"", StringComparison.Ordinal)
            .Replace("id=\"clipPath", $"id=\"{prefix}-clip", StringComparison.Ordinal)
            .Replace("url(#clipPath", $"url(#{prefix}-clip", StringComparison.Ordinal);

    private static string Export(PlotModel plot, int width, int height, bool document)
    {
        using var measurer = new SkiaRenderContext { DpiScale = 1, UseTextShaping = false }; // the exporter's default measurer underestimates the width of text
        var exporter = new SvgExporter
        {
            Width = width, Height = height, IsDocument = document, UseVerticalTextAlignmentWorkaround = true, TextMeasurer = measurer,
        };
        var svg = exporter.ExportToString(plot).Trim();
        return svg.Replace($"font-family=\"{Font}\"", $"font-family=\"{Font}, Verdana, sans-serif\"", StringComparison.Ordinal);
    }

    /// <summary>A plot as PNG.</summary>
    internal static byte[] Png(PlotModel plot, int width, int height)
    {
        using var stream = new MemoryStream();
        new PngExporter { Width = 2 * width, Height = 2 * height, Dpi = PixelsPerInch, UseTextShaping = false }.Export(plot, stream);
        return stream.ToArray();
    }

    /// <summary>UTF-8 without a byte order mark.</summary>
    internal static byte[] Bytes(string text) => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text);
}
