namespace IGptMl;

/// <summary>The size of a completed image.</summary>
public enum CompletionSize
{
    /// <summary>The model's own: a square of <c>ImageSize</c> pixels, all of them in the palette's colors.</summary>
    Model,

    /// <summary>
    /// The input's. What is kept stays as it was, pixel for pixel, and so does what lies outside the model's crop; what was drawn is enlarged into its place.
    /// </summary>
    Input,
}
