namespace IGptMl;

/// <summary>The size of a completed image.</summary>
public enum CompletionSize
{
    /// <summary>The model's size: a square of <c>ImageSize</c> pixels, all in the palette's colors.</summary>
    Model,

    /// <summary>The input's size. The kept pixels and those outside the model's crop remain unchanged; the sampled pixels are enlarged.</summary>
    Input,
}
