namespace IGptMl.Cli.Results;

/// <summary>What igpt predict tells of an image.</summary>
/// <param name="File">The file.</param>
/// <param name="PredictedClass">The class.</param>
/// <param name="Score">Its probability, as far as the classifier gives one.</param>
internal sealed record PredictionLine(string File, string PredictedClass, double Score);
