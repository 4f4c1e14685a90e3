namespace IGptMl;

/// <summary>The classifiers of ML.NET that a probe offers by name.</summary>
public enum ProbeClassifier
{
    /// <summary>Multinomial logistic regression by L-BFGS, as in the paper.</summary>
    LbfgsMaximumEntropy,

    /// <summary>Multinomial logistic regression by stochastic dual coordinate ascent, with the same L2 regularization weight.</summary>
    SdcaMaximumEntropy,

    /// <summary>Boosted trees, one model per class against all others. Not linear; without L2 regularization.</summary>
    FastTree,
}
