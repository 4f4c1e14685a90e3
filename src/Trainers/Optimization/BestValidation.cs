namespace IGptMl.Optimization;

/// <summary>The best validation so far.</summary>
/// <param name="Step">The number of steps completed at the validation.</param>
/// <param name="Loss">The loss.</param>
/// <param name="WorseSince">The number of consecutive validations since then without an improvement.</param>
/// <param name="Accuracy">For a classifier, the accuracy.</param>
internal sealed record BestValidation(long Step, double Loss, int WorseSince, double? Accuracy = null)
{
    /// <summary>The score of the validation.</summary>
    internal ValidationScore Score => new(Loss, Accuracy);
}
