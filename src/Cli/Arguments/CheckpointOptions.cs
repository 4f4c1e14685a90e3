using System.CommandLine;
using IGptMl.Cli.Output;

namespace IGptMl.Cli.Arguments;

/// <summary>The options for a run's checkpoints, from which the same command resumes the run after an interruption.</summary>
internal sealed class CheckpointOptions
{
    private readonly Option<string?> _folder = new("--checkpoints")
    {
        Description = "The folder for this run's checkpoints, best weights and metrics.jsonl; each run needs its own. If the run is interrupted, even by kill "
            + "-9 or a power cut, the same command resumes from the newest intact checkpoint, on the CPU to the same weights. Each checkpoint is a model for "
            + "--model; a fine-tuning checkpoint is read without its classifier.",
        HelpName = "DIR",
    };

    private readonly Option<double?> _minutes = CommandOptions.Number("--checkpoint-minutes",
        "Minutes between checkpoints; 0 for none by time [default: 10].", 0, 1e6);
    private readonly Option<long?> _interval = CommandOptions.Number("--checkpoint-interval", "Steps between checkpoints, in addition to those by time.",
        1L, long.MaxValue);
    private readonly Option<int?> _kept = CommandOptions.Number("--checkpoints-kept", "The number of newest checkpoints to keep [default: 2].", 1,
        int.MaxValue);
    private readonly Option<long[]?> _steps = CommandOptions.Numbers("--checkpoint-at",
        "Steps after which a checkpoint is kept permanently, such as the paper's 131000,262000,524000,1000000.", 1L,
        "steps from 1 separated by commas, such as 131000,262000");
    private readonly Option<bool> _startOver = new("--start-over") { Description = "Delete existing checkpoints in the folder, and start from the beginning." };

    internal void AddTo(Command command)
    {
        foreach (var option in new Option[] { _folder, _minutes, _interval, _kept, _steps, _startOver })
        {
            command.Add(option);
        }
    }

    /// <summary>Adds the given options to the settings.</summary>
    /// <exception cref="UsageException">An option needs --checkpoints, which is missing.</exception>
    internal T Read<T>(ParseResult parsed, T options)
        where T : TrainingOptions
    {
        Require(parsed, _minutes, _interval, _kept, _steps, _startOver);
        if (parsed.GetValue(_folder) is { } folder)
        {
            OutputFolder.Prepare(folder);
        }

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

    /// <summary>Rejects options that need the folder if it is not given.</summary>
    /// <exception cref="UsageException">One of them was given.</exception>
    internal void Require(ParseResult parsed, params Option[] options)
    {
        if (parsed.GetValue(_folder) is null && Array.Find(options, option => parsed.GetResult(option) is { Implicit: false }) is { } needless)
        {
            throw new UsageException($"{needless.Name} is for --checkpoints, which names the folder.");
        }
    }
}
