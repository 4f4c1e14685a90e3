using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>The weights of the best validation, kept in memory and, if there is one, in the checkpoint folder.</summary>
/// <param name="parameters">The parameters; the caller still owns them.</param>
/// <param name="settings">The checkpoint folder, and whether the best weights are restored at the end.</param>
internal sealed class BestWeights(FlatParameters parameters, TrainingSettings settings) : IDisposable
{
    private torch.Tensor? _values;

    private bool IsWanted => settings.Validation?.TakesBest == true;

    /// <summary>Records a validation, and the current weights if it is the best.</summary>
    internal RunState Take(RunState state, ValidationScore score)
    {
        if (state.Best is { } best && best.Step != state.Step && !score.IsBetterThan(best.Score))
        {
            // A run that was killed after its best validation, but before the next checkpoint, repeats that validation. Until then, validations do not count.
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

    /// <summary>Reads the best weights of a resumed run. If they cannot be read, the next validation becomes the best one.</summary>
    internal RunState Resume(RunState state)
    {
        if (!IsWanted || state.Best is null)
        {
            return state;
        }

        state = CheckpointFile.Share(settings.Ranks.Rank == 0 ? Read(state) : null, settings.Ranks)!;
        if (state.Best is not null)
        {
            _values ??= torch.empty_like(parameters.Values).DetachFromDisposeScope();
            settings.Ranks.Broadcast(_values);
        }

        return state;
    }

    public void Dispose() => _values?.Dispose();

    private RunState Read(RunState state)
    {
        var best = state.Best!;
        using var noGradients = torch.no_grad();
        using var current = parameters.Values.clone();
        try
        {
            var path = settings.Checkpoints!.BestPath;
            var found = CheckpointFile.Check(path).Best;
            CheckpointFile.Read(path, parameters, optimizer: []);
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

    /// <summary>Restores the best weights, if the settings say so.</summary>
    internal void Finish(RunState state)
    {
        if (_values is not null && state.Best is not null)
        {
            using var noGradients = torch.no_grad();
            parameters.Values.copy_(_values);
            parameters.Update();
        }
    }
}
