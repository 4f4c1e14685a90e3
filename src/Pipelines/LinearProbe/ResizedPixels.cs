using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.LinearProbe;

/// <summary>The baseline that every representation must beat: the pixels that the model sees, before quantisation.</summary>
internal static class ResizedPixels
{
    /// <summary>A column of size · size · 3 numbers in [0, 1], resized with the model's own filter; NaN where there is no image.</summary>
    internal static IEstimator<ITransformer> Create(MLContext context, string outputColumnName, string imageColumnName, int size)
    {
        var input = SchemaDefinition.Create(typeof(Source));
        input[nameof(Source.Image)].ColumnName = imageColumnName;
        var output = SchemaDefinition.Create(typeof(Result));
        var pixels = output[nameof(Result.Pixels)];
        pixels.ColumnType = new VectorDataViewType(NumberDataViewType.Single, size * size * 3);
        pixels.ColumnName = outputColumnName;
        return context.Transforms.CustomMapping<Source, Result>((source, result) => result.Pixels = Resize(source.Image, size), contractName: null, input, output);
    }

    private static float[] Resize(MLImage? image, int size)
    {
        var pixels = new float[size * size * 3];
        if (image is null)
        {
            pixels.AsSpan().Fill(float.NaN);
            return pixels;
        }

        var original = new byte[ImagePixels.CountRgb(image)];
        ImagePixels.CopyRgb(image, original);
        var resized = new byte[pixels.Length];
        ImageResampler.Resize(original, image.Width, image.Height, size, size, resized);
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = resized[i] / 255f;
        }

        return pixels;
    }

    private sealed class Source
    {
        [ImageType(1, 1)] // any size will do
        public MLImage? Image { get; set; }
    }

    private sealed class Result
    {
        public float[] Pixels { get; set; } = [];
    }
}
