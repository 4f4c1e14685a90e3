using IGptMl.Data;
using IGptMl.Hosting;
using IGptMl.Images;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="IEstimator{TTransformer}"/> for <see cref="ImageDecodingTransformer"/>, which decodes image files given as paths or as bytes.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | [Text](xref:Microsoft.ML.Data.TextDataViewType), the path of a file, or a vector of <xref:System.Byte>, its content |
/// | Output column data type | <xref:Microsoft.ML.Data.MLImage> |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Pipelines, Microsoft.ML.ImageAnalytics |
/// | Exportable to ONNX | No |
///
/// PNG, JPEG, BMP, WebP and GIF are decoded as by LoadImageFolder: upright, opaque, and refused if truncated. An empty path or vector is a missing image.
/// (ML.NET's LoadImages only reads paths, ignores the EXIF orientation, and accepts truncated files.)
/// ]]></format>
/// </remarks>
public sealed class ImageDecodingEstimator : IEstimator<ImageDecodingTransformer>
{
    private readonly IHost _host;
    private readonly ImageDecodingTransformer.Settings _settings;

    internal ImageDecodingEstimator(IHostEnvironment environment, ImageDecodingTransformer.Settings settings)
    {
        _host = HostSettings.Register(environment, nameof(ImageDecodingEstimator));
        _settings = settings;
        new OptionGuard()
            .Name("outputColumnName", settings.OutputColumnName)
            .Name("inputColumnName", settings.InputColumnName)
            .Require(
                settings.Unreadable is UnreadableImages.Refuse or UnreadableImages.Missing,
                "unreadable",
                settings.Unreadable,
                $"{UnreadableImages.Refuse} or {UnreadableImages.Missing}")
            .Require(
                settings.MaximumPixels is null or (>= 1 and <= ImageDecoder.MostPixels),
                "maximumPixels",
                settings.MaximumPixels,
                $"1 to {ImageDecoder.MostPixels}")
            .ThrowIfAny("options");
    }

    /// <inheritdoc/>
    public ImageDecodingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = new ImageDecodingTransformer(_host, _settings);
        transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        EncodedImageColumn.Check(inputSchema, _host, _settings.InputColumnName);
        return SchemaPromise.Extend(inputSchema, [ImageColumn.Define(_settings.OutputColumnName)]);
    }
}
