using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

/// <summary>A type that the input column must not have.</summary>
/// <param name="Type">The type.</param>
/// <param name="Shape">The type in a schema shape; null if the error does not show in the shape, such as a wrong size.</param>
public sealed record WrongInput(DataViewType Type, string? Shape);
