namespace IGptMl.Cli.Results;

/// <summary>The result of igpt predict for an image.</summary>
/// <param name="File">The file.</param>
/// <param name="PredictedClass">The predicted class.</param>
/// <param name="Score">The classifier's score of the class; its probability if the scores are probabilities.</param>
internal sealed record PredictionLine(string File, string PredictedClass, double Score);
