using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The options that say where a training run is kept, so that the same command goes on with it after whatever has ended it.</summary>
internal sealed class CheckpointOptions
{
    private readonly Option<string?> _folder = new("--checkpoints")
    {
        Description = "Keep the run in this folder, one run's alone: checkpoints, the best weights, metrics.jsonl. If the run is ended, even by kill -9 or "
            + "a power cut, the same command goes on from the newest good checkpoint, on the CPU to the same weights. Each checkpoint is a model for "
            + "--model; of fine-tuning, the network without its classifier.",
        HelpName = "DIR",
    };

    private readonly Option<double?> _minutes = CommandOptions.Number("--checkpoint-minutes",
        "Minutes between two checkpoints; 0 for none by the clock [default: 10].", 0, 1e6);
    private readonly Option<long?> _interval = CommandOptions.Number("--checkpoint-interval", "Steps between two checkpoints, besides those by the clock.",
        1L, long.MaxValue);
    private readonly Option<int?> _kept = CommandOptions.Number("--checkpoints-kept", "How many of the newest checkpoints are kept [default: 2].", 1,
        int.MaxValue);
    private readonly Option<long[]?> _steps = CommandOptions.Numbers("--checkpoint-at",
        "Steps after which a checkpoint is written and kept for good, such as the paper's 131000,262000,524000,1000000.", 1L,
        "steps from 1 separated by commas, such as 131000,262000");
    private readonly Option<bool> _startOver = new("--start-over") { Description = "Delete the checkpoints that lie in the folder, and begin anew." };

    internal void AddTo(Command command)
    {
        foreach (var option in new Option[] { _folder, _minutes, _interval, _kept, _steps, _startOver })
        {
            command.Add(option);
        }
    }

    /// <summary>Adds what was given to the rest of the settings.</summary>
    /// <exception cref="UsageException">There is no folder for it.</exception>
    internal T Read<T>(ParseResult parsed, T options)
        where T : TrainingOptions
    {
        Require(parsed, _minutes, _interval, _kept, _steps, _startOver);
        return options with
        {
            CheckpointFolder = parsed.GetValue(_folder),
            CheckpointInterval = parsed.GetValue(_minutes) switch
            {
                null => options.CheckpointInterval,
                0 => null,
                var minutes => TimeSpan.FromMinutes(minutes.Value),
            },
            CheckpointIntervalSteps = parsed.GetValue(_interval),
            CheckpointsKept = parsed.GetValue(_kept) ?? options.CheckpointsKept,
            CheckpointSteps = CommandOptions.Given(parsed, _steps) ?? [],
            StartOver = parsed.GetValue(_startOver),
        };
    }

    /// <summary>Refuses options that need the folder where there is none.</summary>
    /// <exception cref="UsageException">One of them was given.</exception>
    internal void Require(ParseResult parsed, params Option[] options)
    {
        if (parsed.GetValue(_folder) is null && Array.Find(options, option => parsed.GetResult(option) is { Implicit: false }) is { } needless)
        {
            throw new UsageException($"{needless.Name} is for --checkpoints, which names the folder.");
        }
    }
}
