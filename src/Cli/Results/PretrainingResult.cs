namespace IGptMl.Cli.Results;

/// <summary>The result of igpt pretrain.</summary>
/// <param name="Model">The path of the model file.</param>
/// <param name="Completed">Whether all steps were completed; false after a cancellation.</param>
/// <param name="Steps">The number of steps completed.</param>
/// <param name="PlannedSteps">The number of steps planned.</param>
/// <param name="Parameters">The number of parameters.</param>
/// <param name="Images">The number of training images.</param>
/// <param name="Seconds">The duration of the steps.</param>
/// <param name="LearningRate">The peak rate, given or found.</param>
/// <param name="MuonLearningRate">The peak rate of Muon's matrices; null with Adam.</param>
/// <param name="LastNatsPerToken">The loss of the last batch.</param>
/// <param name="Test">The evaluation on the test images; null if there are none.</param>
internal sealed record PretrainingResult(string Model, bool Completed, long Steps, long PlannedSteps, long Parameters, long Images, double Seconds,
    double LearningRate, double? MuonLearningRate, double LastNatsPerToken, EvaluationSummary? Test);
