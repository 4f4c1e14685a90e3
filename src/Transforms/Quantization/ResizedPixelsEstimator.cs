using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Quantization;

/// <summary>Images as the model sees them before quantization: the baseline that every representation must beat.</summary>
internal sealed class ResizedPixelsEstimator(IHostEnvironment environment, string outputColumnName, string inputColumnName, int imageSize, ImageCropping cropping = ImageCropping.Squash) : IEstimator<ResizedPixelsTransformer>
{
    /// <inheritdoc/>
    public ResizedPixelsTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = new ResizedPixelsTransformer(environment, outputColumnName, inputColumnName, imageSize, cropping);
        transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ImageColumn.Check(inputSchema, null, inputColumnName);
        return SchemaPromise.Extend(inputSchema, [ResizedPixelsTransformer.Column(outputColumnName, imageSize)]);
    }
}
