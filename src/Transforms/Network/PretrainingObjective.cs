using System.Text.Json.Serialization;
using IGptMl.Network;

namespace IGptMl;

/// <summary>What a model is pretrained to predict (Chen et al. 2020, section 2.1). It also determines how the network reads an image.</summary>
[JsonConverter(typeof(PretrainingObjectiveConverter))]
public enum PretrainingObjective
{
    /// <summary>
    /// Every token from the tokens before it in raster order: the input is shifted right behind a start of sequence, and attention is causal.
    /// </summary>
    Autoregressive,

    /// <summary>
    /// Hidden tokens from all others, as in BERT: no start of sequence, no shift, and attention to all positions. The embeddings of hidden tokens are zeroed
    /// before the position embeddings are added.
    /// </summary>
    Masked,
}
