namespace IGptMl.Cli.Serving;

/// <summary>A class with its probability.</summary>
/// <param name="Name">The name of the class.</param>
/// <param name="Probability">The classifier's score.</param>
internal sealed record ClassProbability(string Name, double Probability);
