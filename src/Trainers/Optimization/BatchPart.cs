namespace IGptMl.Optimization;

/// <summary>A part of a step's batch, whose gradient is computed at once.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Index">The part, from 0.</param>
internal readonly record struct BatchPart(long Step, int Index);
