namespace Microsoft.ML;

/// <summary>Extends <see cref="MLContext"/> with the image generation task.</summary>
public static class ImageGenerationExtensions
{
    extension(MLContext context)
    {
        /// <summary>Trainers and tasks specific to image generation problems.</summary>
        public ImageGenerationCatalog ImageGeneration => context.GetImageGeneration();
    }

    /// <summary>The same as the property <c>ImageGeneration</c>, for languages without extension properties: F#, Visual Basic, and C# before 14.</summary>
    /// <param name="context">The context.</param>
    /// <example>
    /// <code language="csharp">
    /// IDataView drawn = ml.GetImageGeneration().Sample(model, count: 4);
    /// </code>
    /// </example>
    public static ImageGenerationCatalog GetImageGeneration(this MLContext context) => new(context);
}
