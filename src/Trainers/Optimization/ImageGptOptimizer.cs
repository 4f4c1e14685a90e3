namespace IGptMl;

/// <summary>How weights are updated from their gradients.</summary>
public enum ImageGptOptimizer
{
    /// <summary>Adam with betas 0.9 and 0.95 for all weights, as in the paper.</summary>
    Adam,

    /// <summary>
    /// Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks") for the matrices of the blocks: momentum 0.95, orthogonalized by
    /// five Newton-Schulz iterations. Adam updates embeddings, positions, gains and heads. It reaches the same loss in a fraction of Adam's steps.
    /// </summary>
    Muon,
}
