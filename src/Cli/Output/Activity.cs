namespace IGptMl.Cli.Output;

/// <summary>One of the things that a command does one after the other.</summary>
/// <param name="Title">"Pretraining".</param>
/// <param name="Unit">What is counted: "step".</param>
internal sealed record Activity(string Title, string Unit);
