using System.Runtime.CompilerServices;
using IGptMl;
using IGptMl.Hosting;

namespace Microsoft.ML;

/// <summary>Collection of extension methods for <see cref="TransformsCatalog"/> to create instances of the transforms of Image GPT.</summary>
public static class ImageGptCatalog
{
    /// <summary>
    /// Create a <see cref="PaletteQuantizingEstimator"/>, which converts images to sequences of palette colors and learns the palette by k-means.
    /// </summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of tokens: <c>Vector&lt;Key&lt;UInt16, colors&gt;, imageSize²&gt;</c>.</param>
    /// <param name="inputColumnName">The column of images; null means the name of the output.</param>
    /// <param name="imageSize">The side of the square in pixels to which images are resized, 1 to 256.</param>
    /// <param name="colors">The number of colors, 2 to 65,535.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    /// <example>
    /// <code language="csharp">
    /// // Learns 16 colors by k-means; each image becomes 64 tokens.
    /// var quantizer = ml.Transforms.QuantizeToPalette("Tokens", "Image", imageSize: 8, colors: 16).Fit(images);
    /// IDataView tokens = quantizer.Transform(images);
    /// </code>
    /// </example>
    public static PaletteQuantizingEstimator QuantizeToPalette(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null,
        int imageSize = 32, int colors = 512)
        => catalog.QuantizeToPalette(outputColumnName, inputColumnName, new PaletteQuantizingEstimator.Options { ImageSize = imageSize, Colors = colors });

    /// <summary>Create a <see cref="PaletteQuantizingEstimator"/> with advanced options.</summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of tokens, instead of the options' name.</param>
    /// <param name="inputColumnName">The column of images, instead of the options' name; null means the output's name.</param>
    /// <param name="options">The advanced options.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// var quantizer = ml.Transforms.QuantizeToPalette("Tokens", "Image", new() { ImageSize = 8, Colors = 16, Seed = 1 }).Fit(images);
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)] // so that new() { … } means options
    public static PaletteQuantizingEstimator QuantizeToPalette(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName,
        PaletteQuantizingEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return catalog.QuantizeToPalette(options with { OutputColumnName = outputColumnName, InputColumnName = inputColumnName });
    }

    /// <summary>Create a <see cref="PaletteQuantizingEstimator"/> with advanced options, column names included.</summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="options">The advanced options.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// var options = new PaletteQuantizingEstimator.Options { OutputColumnName = "Tokens", InputColumnName = "Image", ImageSize = 8, Colors = 16 };
    /// var quantizer = ml.Transforms.QuantizeToPalette(options).Fit(images);
    /// </code>
    /// </example>
    public static PaletteQuantizingEstimator QuantizeToPalette(this TransformsCatalog catalog, PaletteQuantizingEstimator.Options options)
        => new(CatalogEnvironment.Of(catalog), options);

    /// <summary>Create a <see cref="PaletteQuantizingEstimator"/> for a palette that is already known, such as a pretrained model's.</summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of tokens: <c>Vector&lt;Key&lt;UInt16, K&gt;, imageSize²&gt;</c>.</param>
    /// <param name="inputColumnName">The column of images; null means the name of the output.</param>
    /// <param name="palette">The colors.</param>
    /// <param name="imageSize">The side of the square in pixels to which images are resized, 1 to 256.</param>
    /// <param name="cropping">How images are cropped to squares; random crops use the seed of the MLContext.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    /// <example>
    /// <code language="csharp">
    /// Palette palette = Palette.FromColors([0, 0, 0, 255, 255, 255]); // black and white
    /// IDataView tokens = ml.Transforms.QuantizeToPalette("Tokens", "Image", palette, imageSize: 8).Fit(images).Transform(images);
    /// </code>
    /// </example>
    public static PaletteQuantizingEstimator QuantizeToPalette(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName,
        Palette palette, int imageSize = 32, ImageCropping cropping = ImageCropping.Squash)
    {
        ArgumentNullException.ThrowIfNull(palette);
        var options = new PaletteQuantizingEstimator.Options
            { OutputColumnName = outputColumnName, InputColumnName = inputColumnName, ImageSize = imageSize, Cropping = cropping };
        return new PaletteQuantizingEstimator(CatalogEnvironment.Of(catalog), options, palette);
    }

    /// <summary>
    /// Create a <see cref="PaletteQuantizingEstimator"/>, which converts vectors of pixels, as <c>ExtractPixels</c> outputs them, to sequences of the colors of
    /// <paramref name="palette"/>. Other than one from images, it can be converted to ONNX.
    /// </summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of tokens.</param>
    /// <param name="inputColumnName">The column of vectors; null, the default, means the output's name.</param>
    /// <param name="palette">The palette.</param>
    /// <param name="pixels">How the vectors hold pixels.</param>
    /// <param name="imageSize">The side of the square image in pixels, 1 to 256. The vectors hold exactly that many pixels. Default 32.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// int size = model.Config.ImageSize;
    /// var pipeline = ml.Transforms.ResizeImages("Square", size, size, "Image")
    ///     .Append(ml.Transforms.ExtractPixels("Pixels", "Square"))
    ///     .Append(ml.Transforms.QuantizeToPalette("Tokens", "Pixels", model.Palette!, new PixelLayout(), size));
    /// IDataView quantized = pipeline.Fit(images).Transform(images);
    /// </code>
    /// </example>
    public static PaletteQuantizingEstimator QuantizeToPalette(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName,
        Palette palette, PixelLayout pixels, int imageSize = 32)
    {
        ArgumentNullException.ThrowIfNull(palette);
        ArgumentNullException.ThrowIfNull(pixels);
        var options = new PaletteQuantizingEstimator.Options
            { OutputColumnName = outputColumnName, InputColumnName = inputColumnName, ImageSize = imageSize, Pixels = pixels };
        return new PaletteQuantizingEstimator(CatalogEnvironment.Of(catalog), options, palette);
    }

    /// <summary>
    /// Create a <see cref="PaletteQuantizingEstimator"/> that prepares images as a pretrained model expects them: its palette, its size and its cropping.
    /// </summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of tokens: <c>Vector&lt;Key&lt;UInt16, K&gt;, T&gt;</c>, as the model reads them.</param>
    /// <param name="inputColumnName">The column of images; null means the name of the output.</param>
    /// <param name="model">The pretrained model; only its palette is kept.</param>
    /// <param name="cropping">
    /// How images are cropped to squares; null means <see cref="ImageGptModel.Cropping"/>. Random crops, for further training, use the seed of the MLContext.
    /// </param>
    /// <exception cref="ArgumentException">The model has no palette.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    /// <example>
    /// <code language="csharp">
    /// using var model = ImageGptModel.Load("model.zip");
    /// IDataView tokens = ml.Transforms.QuantizeToPalette("Tokens", "Image", model).Fit(images).Transform(images);
    /// </code>
    /// </example>
    public static PaletteQuantizingEstimator QuantizeToPalette(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName,
        ImageGptModel model, ImageCropping? cropping = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var palette = model.Palette ?? throw new ArgumentException("The model has no palette, so images cannot be quantized for it.", nameof(model));
        return catalog.QuantizeToPalette(outputColumnName, inputColumnName, palette, model.Config.ImageSize, cropping ?? model.Cropping);
    }

    /// <summary>
    /// Create an <see cref="ImageGptFeatureExtractingEstimator"/>, which extracts the position-averaged representations of layers of a pretrained model.
    /// </summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of features: <c>Vector&lt;Single, layers · d&gt;</c>, the layers concatenated.</param>
    /// <param name="inputColumnName">The column of tokens; null means the name of the output.</param>
    /// <param name="model">The pretrained model. The transformer keeps its own handle.</param>
    /// <param name="layers">The layers, 0 to L; none means the middle one, L / 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A layer is outside 0 … L.</exception>
    /// <example>
    /// <code language="csharp">
    /// var features = ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
    ///     .Append(ml.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, layers: 3));
    /// using var transformer = features.Fit(images);
    /// </code>
    /// </example>
    public static ImageGptFeatureExtractingEstimator ExtractImageGptFeatures(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName,
        ImageGptModel model, params int[] layers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(layers);
        var options = new ImageGptFeatureExtractingEstimator.Options
        {
            InputColumnName = inputColumnName ?? outputColumnName,
            Columns = [new ImageGptFeatureColumn(outputColumnName, layers.Length == 0 ? [model.Config.Layers / 2] : layers)],
        };
        return catalog.ExtractImageGptFeatures(model, options);
    }

    /// <summary>Create an <see cref="ImageGptFeatureExtractingEstimator"/> with advanced options, such as several output columns from one pass.</summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="model">The pretrained model. The transformer keeps its own handle.</param>
    /// <param name="options">The advanced options.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// // Two columns from one pass through the network.
    /// var options = new ImageGptFeatureExtractingEstimator.Options
    /// {
    ///     Columns = [new ImageGptFeatureColumn("Layer2", 2), new ImageGptFeatureColumn("Layers3To5", 3, 4, 5)],
    /// };
    /// using var extractor = ml.Transforms.ExtractImageGptFeatures(model, options).Fit(tokens);
    /// IDataView features = extractor.Transform(tokens);
    /// </code>
    /// </example>
    public static ImageGptFeatureExtractingEstimator ExtractImageGptFeatures(this TransformsCatalog catalog, ImageGptModel model,
        ImageGptFeatureExtractingEstimator.Options options)
        => new(CatalogEnvironment.Of(catalog), model, options);

    /// <summary>
    /// Create an <see cref="ImageCompletingEstimator"/>, which keeps the upper rows of each image and samples the rest from a pretrained model.
    /// </summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of completed images, <see cref="Data.MLImage"/> of the model's size.</param>
    /// <param name="inputColumnName">The column of images; null means the name of the output.</param>
    /// <param name="model">An autoregressive model with a palette. The transformer keeps its own handle.</param>
    /// <param name="keptRegion">The region of each image that is kept; null means the upper half, as in the paper.</param>
    /// <param name="temperature">The divisor of the logits: 1 samples from the model's own probabilities, 0 always takes the most likely color.</param>
    /// <exception cref="ArgumentException">The model is a masked one, or has no palette or no language-model head.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Arguments are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// using var complete = ml.Transforms.CompleteImages("Completed", "Image", model, KeptRegion.Rows(8), temperature: 0.9).Fit(images);
    /// using var picture = ImageGrid.Create(complete.Transform(images), ["Completed"]);
    /// picture.Save("completed.png");
    /// </code>
    /// </example>
    public static ImageCompletingEstimator CompleteImages(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName,
        ImageGptModel model, KeptRegion? keptRegion = null, double temperature = 1)
        => catalog.CompleteImages(outputColumnName, inputColumnName, model, new ImageCompletingEstimator.Options
            { KeptRegion = keptRegion ?? KeptRegion.TopHalf, Temperature = temperature });

    /// <summary>
    /// Create an <see cref="ImageCompletingEstimator"/> with advanced options, such as another region to keep, or several completions of each image.
    /// </summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of completed images, instead of the options' name.</param>
    /// <param name="inputColumnName">The column of images, instead of the options' name; null means the output's name.</param>
    /// <param name="model">An autoregressive model with a palette. The transformer keeps its own handle.</param>
    /// <param name="options">The advanced options.</param>
    /// <exception cref="ArgumentException">The model is a masked one, or has no palette or no language-model head.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// var options = new ImageCompletingEstimator.Options { Completions = 2, KeptColumnName = "Kept", Seed = 1 };
    /// using var complete = ml.Transforms.CompleteImages("Completed", "Image", model, options).Fit(images);
    /// using var picture = ImageGrid.Create(complete.Transform(images), ["Kept", "Completed1", "Completed2"]);
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)] // so that new() { … } means options
    public static ImageCompletingEstimator CompleteImages(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName,
        ImageGptModel model, ImageCompletingEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return catalog.CompleteImages(model, options with { OutputColumnName = outputColumnName, InputColumnName = inputColumnName });
    }

    /// <summary>Create an <see cref="ImageCompletingEstimator"/> with advanced options, column names included.</summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="model">An autoregressive model with a palette. The transformer keeps its own handle.</param>
    /// <param name="options">The advanced options.</param>
    /// <exception cref="ArgumentException">The model is a masked one, or has no palette or no language-model head.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// using var complete = ml.Transforms.CompleteImages(model, new() { InputColumnName = "Image", OutputColumnName = "Completed", TopK = 8 }).Fit(images);
    /// </code>
    /// </example>
    public static ImageCompletingEstimator CompleteImages(this TransformsCatalog catalog, ImageGptModel model, ImageCompletingEstimator.Options options)
        => new(CatalogEnvironment.Of(catalog), model, options);

    /// <summary>
    /// Create an <see cref="ImageLikelihoodEstimator"/>, which computes how likely each image is under a pretrained model, in nats per token and, in the
    /// column "BitsPerDimension", in bits per pixel and channel.
    /// </summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of nats per token, <see cref="float"/>.</param>
    /// <param name="inputColumnName">The column of tokens; null means the name of the output.</param>
    /// <param name="model">The pretrained model. The transformer keeps its own handle.</param>
    /// <param name="surpriseMapColumnName">The column of images that show each token's surprise; null for none.</param>
    /// <exception cref="ArgumentException">The model has no language-model head.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Arguments are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// using var measure = ml.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", model, surpriseMapColumnName: "Map").Fit(tokens);
    /// foreach (float nats in measure.Transform(tokens).GetColumn&lt;float&gt;("NatsPerToken"))
    /// {
    ///     Console.WriteLine($"{nats:F3} nats per token");
    /// }
    /// </code>
    /// </example>
    public static ImageLikelihoodEstimator CalculateImageLikelihood(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName,
        ImageGptModel model, string? surpriseMapColumnName = null)
        => catalog.CalculateImageLikelihood(model, new ImageLikelihoodEstimator.Options
        {
            InputColumnName = inputColumnName ?? outputColumnName,
            NatsPerTokenColumnName = outputColumnName,
            SurpriseMapColumnName = surpriseMapColumnName,
        });

    /// <summary>Create an <see cref="ImageLikelihoodEstimator"/> with advanced options.</summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="model">The pretrained model. The transformer keeps its own handle.</param>
    /// <param name="options">The advanced options.</param>
    /// <exception cref="ArgumentException">The model has no language-model head.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// // The nats of each token as numbers, too.
    /// var options = new ImageLikelihoodEstimator.Options { InputColumnName = "Tokens", TokenNatsColumnName = "TokenNats" };
    /// using var measure = ml.Transforms.CalculateImageLikelihood(model, options).Fit(tokens);
    /// </code>
    /// </example>
    public static ImageLikelihoodEstimator CalculateImageLikelihood(this TransformsCatalog catalog, ImageGptModel model,
        ImageLikelihoodEstimator.Options options)
        => new(CatalogEnvironment.Of(catalog), model, options);

    /// <summary>Create a <see cref="PaletteDecodingEstimator"/>, which converts sequences of palette colors back to images.</summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of images, <see cref="Data.MLImage"/>.</param>
    /// <param name="inputColumnName">The column of tokens; null means the name of the output.</param>
    /// <param name="palette">The palette; null means that of the token column's annotations, such as QuantizeToPalette adds.</param>
    /// <example>
    /// <code language="csharp">
    /// // The image as the model sees it.
    /// IDataView seen = ml.Transforms.DecodeFromPalette("Seen", "Tokens").Fit(tokens).Transform(tokens);
    /// </code>
    /// </example>
    public static PaletteDecodingEstimator DecodeFromPalette(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null,
        Palette? palette = null)
        => new(CatalogEnvironment.Of(catalog), outputColumnName, inputColumnName ?? outputColumnName, palette);
}
