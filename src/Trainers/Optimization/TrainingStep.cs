using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>An optimization step: the gradients of a batch's parts, their norm, clipping, Adam.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly ITrainingTask _task;
    private readonly double? _maxGradientNorm;

    internal TrainingStep(ITrainingTask task, TrainingSettings settings)
    {
        _task = task;
        _maxGradientNorm = settings.MaxGradientNorm;
        Parameters = new FlatParameters(task.Module, settings.ComputeType);
        Adam = new Adam(Parameters, settings.WeightDecay);
    }

    /// <summary>The parameters.</summary>
    internal FlatParameters Parameters { get; }

    /// <summary>The optimizer.</summary>
    internal Adam Adam { get; }

    /// <summary>Accumulates the gradients of a step's whole batch. Steps are 0-based.</summary>
    internal BatchResult Backward(long step)
    {
        var parts = new BatchResult[_task.Parts];
        for (var part = 0; part < parts.Length; part++)
        {
            using var scope = torch.NewDisposeScope();
            parts[part] = _task.Backward(new BatchPart(step, part));
            Parameters.Collect();
        }

        return BatchResult.Mean(parts);
    }

    /// <summary>
    /// Updates the parameters, unless the gradients' norm is NaN or infinite. Returns the Euclidean norm of the batch's mean gradient before clipping.
    /// </summary>
    internal double Update(long step, double rate)
    {
        var norm = Adam.GradientNorm() / _task.Parts;
        if (double.IsFinite(norm))
        {
            var clip = norm > _maxGradientNorm ? _maxGradientNorm.Value / norm : 1;
            Adam.Step(step + 1, rate, clip / _task.Parts);
        }

        return norm;
    }

    /// <summary>Converts the module back to float32 parameters.</summary>
    public void Dispose()
    {
        Adam.Dispose();
        Parameters.Dispose();
    }
}
