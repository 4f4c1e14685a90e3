using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>An optimization step: the gradients of a batch's parts, their norm, clipping, and the optimizer.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly ITrainingTask _task;
    private readonly double? _maxGradientNorm;

    internal TrainingStep(ITrainingTask task, TrainingSettings settings)
    {
        _task = task;
        _maxGradientNorm = settings.MaxGradientNorm;
        var usesMuon = settings.MuonRateFactor is not null;
        Parameters = new FlatParameters(task.Module, settings.ComputeType, usesMuon ? task.CountHiddenMatrices : null);
        Optimizer = new Optimizer(Parameters, settings.WeightDecay, settings.MuonRateFactor ?? 1);
    }

    /// <summary>The parameters.</summary>
    internal FlatParameters Parameters { get; }

    /// <summary>The optimizer.</summary>
    internal Optimizer Optimizer { get; }

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
        var norm = Parameters.GradientNorm() / _task.Parts;
        if (double.IsFinite(norm))
        {
            var clip = norm > _maxGradientNorm ? _maxGradientNorm.Value / norm : 1;
            Optimizer.Step(step + 1, rate, clip / _task.Parts);
        }

        return norm;
    }

    /// <summary>Converts the module back to float32 parameters.</summary>
    public void Dispose()
    {
        Optimizer.Dispose();
        Parameters.Dispose();
    }
}
