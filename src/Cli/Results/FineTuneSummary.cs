using System.Globalization;

namespace IGptMl.Cli.Results;

/// <summary>The result of igpt finetune.</summary>
/// <param name="Model">The path of the classifier file.</param>
/// <param name="Completed">Whether the training was completed, including by an early stop; false after a cancellation.</param>
/// <param name="Steps">The number of steps completed.</param>
/// <param name="PlannedSteps">The number of steps of all epochs.</param>
/// <param name="Epochs">The number of epochs begun.</param>
/// <param name="Images">The number of training images, including held-out images.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Seconds">The duration of the steps and of validation.</param>
/// <param name="LearningRate">The peak rate, given or found.</param>
/// <param name="MuonLearningRate">The peak rate of Muon's matrices; null with Adam.</param>
/// <param name="ValidationAccuracy">The best accuracy on validation images, 0 to 1, which determined the weights; null without validation.</param>
/// <param name="Test">The evaluation on the test images; null if there are none.</param>
internal sealed record FineTuneSummary(string Model, bool Completed, long Steps, long PlannedSteps, int Epochs, long Images, int Classes, double Seconds,
    double LearningRate, double? MuonLearningRate, double? ValidationAccuracy, FineTuneSummary.Measured? Test)
{
    /// <summary>The result as names and formatted values.</summary>
    internal IEnumerable<(string Name, string Value)> Facts
    {
        get
        {
            yield return ("classifier", Model);
            yield return ("classes", $"{Classes:N0}");
            yield return ("training images", $"{Images:N0}");
            yield return ("steps", $"{Steps:N0} of {PlannedSteps:N0}, epoch {Epochs:N0}");
            yield return ("training time", $"{TimeSpan.FromSeconds(Seconds):hh\\:mm\\:ss}");
            yield return ("learning rate", string.Create(CultureInfo.InvariantCulture, $"{LearningRate:G3}"));
            if (MuonLearningRate is { } muon)
            {
                yield return ("muon rate", string.Create(CultureInfo.InvariantCulture, $"{muon:G3}"));
            }

            if (ValidationAccuracy is { } validation)
            {
                yield return ("validation accuracy", $"{validation:P1}");
            }

            if (Test is { } test)
            {
                yield return ("test images", $"{test.Images:N0}");
                yield return ("test accuracy", $"{test.Accuracy:P1}");
                if (test.Top5Accuracy is { } five)
                {
                    yield return ("test top-5 accuracy", $"{five:P1}");
                }
            }
        }
    }

    /// <summary>An evaluation on test images.</summary>
    /// <param name="Images">The number of test images.</param>
    /// <param name="Accuracy">The accuracy, 0 to 1.</param>
    /// <param name="Top5Accuracy">The accuracy of the five most probable classes, 0 to 1; null if there are at most five classes.</param>
    /// <param name="LogLoss">The mean of -ln p(class), in nats.</param>
    /// <param name="ClassNames">The class names, in the order of the matrix.</param>
    /// <param name="ConfusionMatrix">The number of images by class and predicted class.</param>
    internal sealed record Measured(long Images, double Accuracy, double? Top5Accuracy, double LogLoss, IReadOnlyList<string> ClassNames,
        IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix)
    {
        internal static Measured Of(FineTuneResult result)
            => new(result.TestRows, result.Accuracy, result.Top5Accuracy, result.LogLoss, result.ClassNames, result.ConfusionMatrix);
    }
}
