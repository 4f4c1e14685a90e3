using System.Text.Json.Serialization;
using IGptMl.Network;

namespace IGptMl;

/// <summary>What a model is pretrained to predict (Chen et al. 2020, section 2.1), and with it how its network reads an image.</summary>
[JsonConverter(typeof(PretrainingObjectiveConverter))]
public enum PretrainingObjective
{
    /// <summary>Every token from those before it in raster order: a start of sequence, the input moved one place to the right, causal attention.</summary>
    Autoregressive,

    /// <summary>
    /// Hidden tokens from all others, as BERT does: no start of sequence, no shift, attention to all positions; the embeddings of hidden tokens are
    /// zeroed before the positions are added.
    /// </summary>
    Masked,
}
