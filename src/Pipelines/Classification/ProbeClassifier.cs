namespace IGptMl;

/// <summary>The classifiers of ML.NET that a probe offers by name.</summary>
public enum ProbeClassifier
{
    /// <summary>Multinomial logistic regression by L-BFGS, as in the paper.</summary>
    LbfgsMaximumEntropy,

    /// <summary>Multinomial logistic regression by stochastic dual coordinate ascent, with the same weight of the squared norm.</summary>
    SdcaMaximumEntropy,

    /// <summary>Boosted trees, one model a class against all others. Not linear; has no weight of the squared norm.</summary>
    FastTree,
}
