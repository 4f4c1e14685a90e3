namespace IGptMl.Optimization;

/// <summary>Updates all parameters from their gradients: Adam alone, or Muon for hidden matrices and Adam for the rest.</summary>
internal sealed class Optimizer : IDisposable
{
    private readonly FlatParameters _parameters;
    private readonly double _muonRateFactor;
    private readonly Adam _adam;
    private readonly Muon? _muon;

    /// <param name="parameters">The parameters; the caller still owns them. If they have hidden matrices, Muon updates these.</param>
    /// <param name="weightDecay">The decoupled weight decay of the matrices, as a fraction per step at rate 1.</param>
    /// <param name="muonRateFactor">The ratio of Muon's learning rate to Adam's.</param>
    internal Optimizer(FlatParameters parameters, double weightDecay = 0, double muonRateFactor = 1)
    {
        _parameters = parameters;
        _muonRateFactor = muonRateFactor;
        _adam = new Adam(parameters, weightDecay, start: parameters.HiddenCount);
        _muon = parameters.HiddenCount > 0 ? new Muon(parameters, weightDecay) : null;
    }

    /// <summary>The state, which checkpoints contain.</summary>
    internal IReadOnlyList<OptimizerBuffer> Buffers => [.. _adam.Buffers, .. _muon?.Buffers ?? []];

    /// <summary>Updates the parameters with the gradients times <paramref name="gradientFactor"/>, and zeroes the gradients. Steps are 1-based.</summary>
    internal void Step(long step, double rate, double gradientFactor)
    {
        _muon?.Step(rate * _muonRateFactor, gradientFactor);
        _adam.Step(step, rate, gradientFactor);
        _parameters.Update();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _adam.Dispose();
        _muon?.Dispose();
    }
}
