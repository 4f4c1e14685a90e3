using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>An optimization step: the gradients of a batch's parts, their norm, clipping, and the optimizer.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly ITrainingTask _task;
    private readonly double? _maxGradientNorm;
    private readonly RankGroup _ranks;

    internal TrainingStep(ITrainingTask task, TrainingSettings settings)
    {
        _task = task;
        _maxGradientNorm = settings.MaxGradientNorm;
        _ranks = settings.Ranks;
        var usesMuon = settings.MuonRateFactor is not null;
        Parameters = new FlatParameters(task.Module, settings.ComputeType, usesMuon ? task.CountHiddenMatrices : null);
        Optimizer = new Optimizer(Parameters, settings.WeightDecay, settings.MuonRateFactor ?? 1);
        _ranks.Broadcast(Parameters.Values); // processors may differ in the last bit of the initial weights
        Parameters.Update();
    }

    /// <summary>The parameters.</summary>
    internal FlatParameters Parameters { get; }

    /// <summary>The optimizer.</summary>
    internal Optimizer Optimizer { get; }

    /// <summary>Accumulates the gradients of a step's whole batch, of all ranks. Steps are 0-based.</summary>
    internal BatchResult Backward(long step)
    {
        var parts = new BatchResult[_task.Parts];
        for (var part = 0; part < parts.Length; part++)
        {
            using var scope = torch.NewDisposeScope();
            parts[part] = _task.Backward(new BatchPart(step, part));
            Parameters.Collect();
        }

        return _ranks.Count == 1 ? BatchResult.Mean(parts) : AddUp(BatchResult.Mean(parts));
    }

    /// <summary>Replaces the means over this rank's images, of gradients and of the result, by those over all ranks'.</summary>
    private BatchResult AddUp(BatchResult own)
    {
        using (torch.no_grad())
        {
            using Scalar share = _task.RankShare;
            Parameters.Gradients.mul_(share);
        }

        _ranks.AllReduce(Parameters.Gradients);
        float[] means = [.. own.Metrics.Select(metric => metric.Value).Prepend(own.Loss).Select(value => (float)(_task.RankShare * value))];
        _ranks.AllReduce(means);
        return new BatchResult(means[0], [.. own.Metrics.Select((metric, i) => metric with { Value = means[i + 1] })]);
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
