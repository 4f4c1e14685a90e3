using TorchSharp;
using TorchSharp.Modules;

namespace IGptMl.Optimization;

/// <summary>Writes the metrics of a run as TensorBoard events. A resumed run begins another file, whose steps replace the older ones in TensorBoard.</summary>
/// <param name="folder">The folder of the event files.</param>
/// <param name="interval">The number of steps between points.</param>
internal sealed class TensorBoardWriter(string folder, long interval) : IMetricsWriter
{
    private readonly SummaryWriter _writer = torch.utils.tensorboard.SummaryWriter(folder, createRunName: false);

    /// <inheritdoc/>
    public void Resume(long step)
    {
    }

    /// <inheritdoc/>
    public void Write(StepReport report)
    {
        var progress = report.Progress;
        if (progress.Step % interval == 0 || progress.Step == progress.Steps)
        {
            Add("loss/training", progress.Loss);
            foreach (var (name, value) in report.Batch?.Metrics ?? [])
            {
                Add($"{name}/training", value);
            }

            Add("learning_rate", progress.LearningRate);
            Add("gradient_norm", progress.GradientNorm);
            Add("images_per_second", progress.ImagesPerSecond);
        }

        if (report.Validation is { } validation)
        {
            Add("loss/validation", validation.Loss);
            if (validation.Accuracy is { } accuracy)
            {
                Add("accuracy/validation", accuracy);
            }
        }

        void Add(string name, double value) => _writer.add_scalar(name, (float)value, (int)Math.Min(progress.Step, int.MaxValue));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
