using System.Text;
using OxyPlot;
using PngExporter = OxyPlot.SkiaSharp.PngExporter;
using SkiaRenderContext = OxyPlot.SkiaSharp.SkiaRenderContext;

namespace IGptMl.Reports;

/// <summary>Plots as files.</summary>
internal static class PlotImages
{
    /// <summary>Wide letters, so that other fonts fit where this one does.</summary>
    internal const string Font = "DejaVu Sans";

    private const float PixelsAnInch = 192; // twice a screen's, so that pages stay sharp when they are enlarged

    /// <summary>How wide a letter of that size is, on average, in pixels.</summary>
    internal static double LetterWidth(double size) => 0.62 * size;

    /// <summary>A drawing of its own.</summary>
    internal static string Svg(PlotModel plot, int width, int height) => Export(plot, width, height, document: true);

    /// <summary>A part of a page, as wide as the place that it is given. Names inside begin with <paramref name="prefix"/>, so that drawings of one page do not share any.</summary>
    internal static string InlineSvg(PlotModel plot, int width, int height, string prefix)
        => Export(plot, width, height, document: false)
            .Replace($"<svg width=\"{width}\" height=\"{height}\"", $"<svg viewBox=\"0 0 {width} {height}\" role=\"img\"", StringComparison.Ordinal)
            .Replace("id=\"clipPath", $"id=\"{prefix}-clip", StringComparison.Ordinal)
            .Replace("url(#clipPath", $"url(#{prefix}-clip", StringComparison.Ordinal);

    private static string Export(PlotModel plot, int width, int height, bool document)
    {
        using var measurer = new SkiaRenderContext { DpiScale = 1, UseTextShaping = false }; // the exporter's own believes texts to be shorter than they are
        var exporter = new SvgExporter { Width = width, Height = height, IsDocument = document, UseVerticalTextAlignmentWorkaround = true, TextMeasurer = measurer };
        return exporter.ExportToString(plot).Trim().Replace($"font-family=\"{Font}\"", $"font-family=\"{Font}, Verdana, sans-serif\"", StringComparison.Ordinal);
    }

    /// <summary>A raster image.</summary>
    internal static byte[] Png(PlotModel plot, int width, int height)
    {
        using var stream = new MemoryStream();
        new PngExporter { Width = 2 * width, Height = 2 * height, Dpi = PixelsAnInch, UseTextShaping = false }.Export(plot, stream);
        return stream.ToArray();
    }

    /// <summary>UTF-8 without a mark.</summary>
    internal static byte[] Bytes(string text) => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text);
}
