namespace IGptMl.Optimization;

/// <summary>The score of a module on validation data.</summary>
/// <param name="Loss">The loss, in nats.</param>
/// <param name="Accuracy">For a classifier, the accuracy, 0 to 1; otherwise null.</param>
internal readonly record struct ValidationScore(double Loss, double? Accuracy = null)
{
    /// <summary>
    /// Whether the accuracy is higher or, if it is equal or absent, the loss is lower. On small validation sets, equal accuracies are common.
    /// </summary>
    internal bool IsBetterThan(ValidationScore other)
        => Accuracy == other.Accuracy ? Loss < other.Loss || (double.IsNaN(other.Loss) && !double.IsNaN(Loss)) : Accuracy > other.Accuracy;

    /// <summary>"loss 3.2145", or "accuracy 71.0 %, loss 0.8321".</summary>
    public override string ToString() => $"{(Accuracy is { } accuracy ? $"accuracy {accuracy:P1}, " : string.Empty)}loss {Loss:F4}";
}
