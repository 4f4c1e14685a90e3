using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>State that an optimizer keeps for each parameter of a range.</summary>
/// <param name="Name">The name in checkpoints, such as "first_moments".</param>
/// <param name="Values">The values, one per parameter; the optimizer owns them.</param>
/// <param name="Start">The index of the range's first parameter in the buffer of all parameters.</param>
internal readonly record struct OptimizerBuffer(string Name, torch.Tensor Values, long Start);
