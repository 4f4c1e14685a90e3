namespace IGptMl.Cli.Results;

/// <summary>What igpt pretrain tells in the end.</summary>
/// <param name="Model">The path of the model file.</param>
/// <param name="Completed">Whether all steps were done; false after a cancellation.</param>
/// <param name="Steps">The steps done.</param>
/// <param name="PlannedSteps">The steps asked for.</param>
/// <param name="Parameters">The learned values.</param>
/// <param name="Images">The images that were learned from.</param>
/// <param name="Seconds">The time of the steps.</param>
/// <param name="LearningRate">The peak rate, given or found.</param>
/// <param name="LastNatsPerToken">The loss of the last batch.</param>
/// <param name="Test">How well the model predicts the test images; null where there are none.</param>
internal sealed record PretrainingResult(string Model, bool Completed, long Steps, long PlannedSteps, long Parameters, long Images, double Seconds,
    double LearningRate, double LastNatsPerToken, EvaluationSummary? Test);
