using System.Globalization;

namespace IGptMl.Cli.Results;

/// <summary>What igpt finetune tells in the end.</summary>
/// <param name="Model">The path of the classifier file.</param>
/// <param name="Completed">Whether the training came to its end, early stop included; false after a cancellation.</param>
/// <param name="Steps">The steps done.</param>
/// <param name="PlannedSteps">The steps of all epochs.</param>
/// <param name="Epochs">The epochs begun.</param>
/// <param name="Images">The training images, held-out ones included.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Seconds">The time of the steps and of validation.</param>
/// <param name="LearningRate">The peak rate, given or found.</param>
/// <param name="ValidationAccuracy">The best accuracy on validation images, 0 to 1, which chose the weights; null where there were none.</param>
/// <param name="Test">How well the classifier does on the test images; null where there are none.</param>
internal sealed record FineTuneSummary(string Model, bool Completed, long Steps, long PlannedSteps, int Epochs, long Images, int Classes, double Seconds,
    double LearningRate, double? ValidationAccuracy, FineTuneSummary.Measured? Test)
{
    /// <summary>For people.</summary>
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
    /// <param name="Images">The images of the accuracy.</param>
    /// <param name="Accuracy">The share whose class is predicted, 0 to 1.</param>
    /// <param name="Top5Accuracy">The share whose class is among the five likeliest; null where there are no more than five classes.</param>
    /// <param name="LogLoss">The mean of -ln p(class), in nats.</param>
    /// <param name="ClassNames">The classes, in the order of the matrix.</param>
    /// <param name="ConfusionMatrix">The number of images by class and predicted class.</param>
    internal sealed record Measured(long Images, double Accuracy, double? Top5Accuracy, double LogLoss, IReadOnlyList<string> ClassNames,
        IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix)
    {
        internal static Measured Of(FineTuneResult result)
            => new(result.TestRows, result.Accuracy, result.Top5Accuracy, result.LogLoss, result.ClassNames, result.ConfusionMatrix);
    }
}
