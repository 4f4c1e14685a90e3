namespace IGptMl;

/// <summary>What a graph of <see cref="ImageGptModel.SaveAsOnnx"/> computes.</summary>
/// <remarks>
/// Its input is "tokens", int64 [batch, T], raster order, 0 to K - 1; or "image", uint8 [batch, height, width, 3], RGB. A masked model also has the input
/// "hidden", bool [batch, T]: the tokens that are hidden from it.
/// </remarks>
public enum OnnxContent
{
    /// <summary>"features", float32 [batch, layers · d]: the position-averaged representations of layers, one after another.</summary>
    Features,

    /// <summary>"logits", float32 [batch, T, K]: those at position i predict token i.</summary>
    Logits,

    /// <summary>
    /// "nats_per_image" and "nats_per_token", float32 [batch]: the sum and the mean of -ln p over the tokens; of a masked model, over the hidden tokens.
    /// </summary>
    Likelihood,

    /// <summary>
    /// One step of sampling: "token", int64 [batch, 1], the token before (K, the start of sequence, at the first position), and for each block l "past_keys.l"
    /// and "past_values.l", float32 [batch, heads, past, d / heads], which are empty at first → "logits", float32 [batch, K], of the next token, and
    /// "present_keys.l" and "present_values.l", the past of the next step.
    /// </summary>
    Step,
}
