namespace IGptMl.Optimization;

/// <summary>The least loss on held-out data so far.</summary>
/// <param name="Step">The steps done when it was measured.</param>
/// <param name="Loss">The loss.</param>
/// <param name="WorseSince">How many times in a row it has not been reached again since.</param>
internal sealed record BestValidation(long Step, double Loss, int WorseSince);
