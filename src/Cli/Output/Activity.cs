namespace IGptMl.Cli.Output;

/// <summary>One of the successive activities of a command.</summary>
/// <param name="Title">"Pretraining".</param>
/// <param name="Unit">The unit that is counted: "step".</param>
internal sealed record Activity(string Title, string Unit);
