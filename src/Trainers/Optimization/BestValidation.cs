namespace IGptMl.Optimization;

/// <summary>The best measurement on validation data so far.</summary>
/// <param name="Step">The steps done when it was measured.</param>
/// <param name="Loss">The loss.</param>
/// <param name="WorseSince">How many measurements in a row have not been better since.</param>
/// <param name="Accuracy">For a classifier, the accuracy.</param>
internal sealed record BestValidation(long Step, double Loss, int WorseSince, double? Accuracy = null)
{
    /// <summary>The measurement.</summary>
    internal ValidationScore Score => new(Loss, Accuracy);
}
