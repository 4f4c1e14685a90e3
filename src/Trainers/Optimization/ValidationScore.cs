namespace IGptMl.Optimization;

/// <summary>How well a module does on data that it does not learn from.</summary>
/// <param name="Loss">The loss, in nats.</param>
/// <param name="Accuracy">For a classifier, the share of the data whose class is predicted, 0 to 1; else null.</param>
internal readonly record struct ValidationScore(double Loss, double? Accuracy = null)
{
    /// <summary>Whether the accuracy is higher or, where it is equal or there is none, the loss lower: small validation sets know few accuracies.</summary>
    internal bool IsBetterThan(ValidationScore other)
        => Accuracy == other.Accuracy ? Loss < other.Loss || (double.IsNaN(other.Loss) && !double.IsNaN(Loss)) : Accuracy > other.Accuracy;

    /// <summary>"loss 3.2145", or "accuracy 71.0 %, loss 0.8321".</summary>
    public override string ToString() => $"{(Accuracy is { } accuracy ? $"accuracy {accuracy:P1}, " : string.Empty)}loss {Loss:F4}";
}
