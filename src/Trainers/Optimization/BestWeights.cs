using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>The weights of the best validation: in memory, and in the checkpoint folder where there is one.</summary>
/// <param name="parameters">What is learned; it stays the caller's.</param>
/// <param name="settings">Where they are kept, and whether they are taken in the end.</param>
internal sealed class BestWeights(FlatParameters parameters, TrainingSettings settings) : IDisposable
{
    private torch.Tensor? _values;

    private bool IsWanted => settings.Validation?.TakesBest == true;

    /// <summary>Takes a measurement, and the weights with it if it is the best.</summary>
    internal RunState Take(RunState state, ValidationScore score)
    {
        if (state.Best is { } best && best.Step != state.Step && !score.IsBetterThan(best.Score))
        {
            // A run that was killed after its best measurement, but before the next checkpoint, comes to that measurement again: until then nothing counts.
            return best.Step > state.Step ? state : state with { Best = best with { WorseSince = best.WorseSince + 1 } };
        }

        state = state with { Best = new BestValidation(state.Step, score.Loss, 0, score.Accuracy) };
        settings.Checkpoints?.SaveBest(state, parameters);
        if (IsWanted)
        {
            using var noGradients = torch.no_grad();
            _values ??= torch.empty_like(parameters.Values).DetachFromDisposeScope();
            _values.copy_(parameters.Values);
        }

        return state;
    }

    /// <summary>Reads the best weights of a run that goes on. Where they cannot be read, the next measurement becomes the best one.</summary>
    internal RunState Resume(RunState state)
    {
        if (!IsWanted || state.Best is not { } best)
        {
            return state;
        }

        using var noGradients = torch.no_grad();
        using var current = parameters.Values.clone();
        try
        {
            var path = settings.Checkpoints!.BestPath;
            var found = CheckpointFile.Check(path).Best;
            CheckpointFile.Read(path, parameters, adam: null);
            _values = parameters.Values.clone().DetachFromDisposeScope();
            return state with { Best = found!.Step == best.Step ? best : found with { WorseSince = 0 } };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return state with { Best = null };
        }
        finally
        {
            parameters.Values.copy_(current);
            parameters.Update();
        }
    }

    /// <summary>Leaves the module with the best weights, if that is wanted.</summary>
    internal void Finish(RunState state)
    {
        if (_values is not null && state.Best is not null)
        {
            using var noGradients = torch.no_grad();
            parameters.Values.copy_(_values);
            parameters.Update();
        }
    }

    public void Dispose() => _values?.Dispose();
}
