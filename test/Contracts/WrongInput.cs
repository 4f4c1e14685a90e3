using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

/// <summary>A type that the input column must not have.</summary>
/// <param name="Type">The type.</param>
/// <param name="Shape">How a promise of that type is written; null where the promise does not show what is wrong, such as a size.</param>
public sealed record WrongInput(DataViewType Type, string? Shape);
