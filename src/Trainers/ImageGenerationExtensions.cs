namespace Microsoft.ML;

/// <summary>Extends <see cref="MLContext"/> with the image generation task.</summary>
public static class ImageGenerationExtensions
{
    extension(MLContext context)
    {
        /// <summary>Trainers and tasks specific to image generation problems.</summary>
        public ImageGenerationCatalog ImageGeneration => new(context);
    }
}
