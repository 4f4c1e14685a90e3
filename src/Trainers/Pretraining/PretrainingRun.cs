using System.Globalization;
using IGptMl.Batches;
using IGptMl.Models;
using IGptMl.Network;
using IGptMl.Optimization;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.Pretraining;

/// <summary>One pretraining of one network: which images a step learns from, what is measured, and what the run tells.</summary>
internal sealed class PretrainingRun
{

    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly ImageGptTrainer.Options _options;
    private readonly ImageGptNetwork _network;
    private readonly TokenTable _table;
    private readonly TokenTable? _validation;
    private readonly torch.Device _device;
    private readonly CheckpointFolder? _checkpoints;
    private readonly IChannel _channel;
    private readonly CosineSchedule _schedule;
    private readonly BatchOrder _order;
    private readonly TrainingMasks? _masks;
    private readonly SamplePictures? _samples;
    private readonly int _parts;
    private readonly int _rowsPerPart;
    private readonly int[] _rows;
    private readonly ushort[] _tokens;
    private TimeSpan _logged;

    internal PretrainingRun(
        ImageGptTrainer.Options options,
        ImageGptNetwork network,
        TokenTable table,
        TokenTable? validation,
        Palette? palette,
        ImageCropping cropping,
        int seed,
        torch.Device device,
        CheckpointFolder? checkpoints,
        IChannel channel)
    {
        (_options, _network, _table, _validation, _device, _checkpoints, _channel) = (options, network, table, validation, device, checkpoints, channel);
        Seed = seed;
        _parts = Math.Min(options.AccumulationSteps, table.Count);
        _rowsPerPart = Math.Min(options.BatchSize, table.Count) / _parts;
        _rows = new int[_parts * _rowsPerPart];
        _tokens = new ushort[_rowsPerPart * table.ContextLength];
        var epoch = (table.Count + _rows.Length - 1) / _rows.Length;
        _schedule = new CosineSchedule(options.LearningRate, options.WarmUpSteps ?? Math.Min(epoch, Math.Max(1, options.Steps / 10)), options.Steps);
        _order = new BatchOrder(table.Count, seed);
        _masks = network.Config.Objective == PretrainingObjective.Masked ? new TrainingMasks(table.ContextLength, options.MaskProbability, seed) : null;
        if (options.SampleInterval is not null && palette is not null)
        {
            _samples = new SamplePictures(network, palette, seed, device, message => channel.Warning(MessageSensitivity.None, "{0}", message));
        }

        if (checkpoints is not null)
        {
            checkpoints.Attachments = palette is null ? [] : new Dictionary<string, float[]> { [TrainingCheckpoint.PaletteName] = palette.Centers.ToArray() };
            checkpoints.Begin(PretrainingSettings.Describe(options, this, palette, cropping));
        }
    }

    /// <summary>The seed of everything that is random.</summary>
    internal int Seed { get; }

    /// <summary>The images of a step, and the equal parts that they are taken in.</summary>
    internal (int Images, int Parts) Batch => (_rows.Length, _parts);

    /// <summary>The steps of the warm-up.</summary>
    internal long WarmUpSteps => _schedule.WarmUpSteps;

    /// <summary>The images that are learned from, and those that are measured on.</summary>
    internal (TokenTable Training, TokenTable? Validation) Tables => (_table, _validation);

    /// <summary>The seed of the run of a checkpoint.</summary>
    internal static int? SeedOf(RunState? state) => state?.Run.GetValueOrDefault(PretrainingSettings.Seed) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The peak rate of the run of a checkpoint.</summary>
    internal static double? RateOf(RunState? state)
        => state?.Run.GetValueOrDefault(PretrainingSettings.LearningRate) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Finds a learning rate on the run's first batches. The network has learned from them afterwards, and is of no more use.</summary>
    internal LearningRateRange FindLearningRate()
    {
        using var precision = new PrecisionScope(_options.Precision);
        return LearningRateTest.Run(_network, Loss, Settings([]), _options.CancellationToken);
    }

    /// <summary>Trains the network, which is left in float32 with the last or the best weights.</summary>
    internal void Train()
    {
        var from = _checkpoints?.Newest?.Step ?? 0;
        _channel.Info(MessageSensitivity.None, "Pretraining {0:N0} parameters on {1:N0} images, {2:N0} steps of {3}, on {4}.", _network.Config.ParameterCount, _table.Count, _options.Steps, _rows.Length, _device);
        if (from > 0)
        {
            _channel.Info(MessageSensitivity.None, "Going on after step {0:N0}, from '{1}'.", from, _checkpoints!.NewestPath);
        }

        var interval = _options.MetricsInterval ?? Math.Max(1, _options.Steps / 10_000);
        var metrics = new List<IMetricsWriter>();
        if (_checkpoints is not null)
        {
            metrics.Add(new MetricsFile(_checkpoints.MetricsPath, interval, message => _channel.Warning(MessageSensitivity.None, "{0}", message)));
        }

        if (_options.TensorBoardFolder is { } folder)
        {
            metrics.Add(new TensorBoardWriter(folder, interval));
        }

        using var precision = new PrecisionScope(_options.Precision);
        try
        {
            var loop = new TrainingLoop(_network, _schedule, _rows.Length, Settings(metrics));
            var done = loop.Run(Loss, Report, _options.CancellationToken);
            if (done == 0)
            {
                throw new OperationCanceledException("The pretraining was canceled before its first step.", _options.CancellationToken);
            }

            Tell(loop, done);
        }
        finally
        {
            metrics.ForEach(m => m.Dispose());
        }
    }

    private TrainingSettings Settings(IReadOnlyList<IMetricsWriter> metrics) => new()
    {
        Parts = _parts,
        MaxGradientNorm = _options.MaxGradientNorm,
        WeightDecay = _options.WeightDecay,
        ComputeType = _options.Precision == TrainingPrecision.BFloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32,
        Checkpoints = _checkpoints,
        Validation = _validation is null
            ? null
            : new ValidationSettings(ValidationLoss, _options.ValidationInterval ?? Math.Max(1, _options.Steps / 100), _options.EarlyStopPatience, _options.TakeBestWeights),
        Metrics = metrics,
        OperationsPerImage = _network.Config.TrainingOperations,
    };

    private torch.Tensor Loss(BatchPart part)
    {
        _order.Position = ((part.Step * _parts) + part.Index) * _rowsPerPart;
        var rows = _rows.AsSpan(0, _rowsPerPart);
        _order.Next(rows);
        using var input = Input(_table, rows, part.Step);
        return _masks is null ? _network.Loss(input) : _network.Loss(input, _masks.Draw(part.Step, _rowsPerPart, part.Index * _rowsPerPart));
    }

    private double ValidationLoss()
    {
        using var noGradients = torch.no_grad();
        double sum = 0;
        var masking = new TokenMasking { Probability = _options.MaskProbability }; // the same masks every time
        for (var start = 0; start < _validation!.Count; start += _rowsPerPart)
        {
            var rows = _rows.AsSpan(0, Math.Min(_rowsPerPart, _validation.Count - start));
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = start + i;
            }

            using var scope = torch.NewDisposeScope();
            using var input = Input(_validation, rows);
            var mask = _masks is null ? null : masking.Draw(_tokens.AsSpan(0, rows.Length * _table.ContextLength), rows.Length);
            using var loss = mask is null ? _network.Loss(input) : _network.Loss(input, mask);
            sum += loss.item<float>() * rows.Length;
        }

        return sum / _validation.Count;
    }

    /// <summary>The rows' tokens; with a step, as they are moved in that step.</summary>
    private torch.Tensor Input(TokenTable table, ReadOnlySpan<int> rows, long? step = null)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var image = _tokens.AsSpan(i * table.ContextLength, table.ContextLength);
            if (step is { } number && _options.Augmentation is { } augmentation)
            {
                augmentation.Apply(table[rows[i]], _network.Config.ImageSize, Seed, number, rows[i], image);
            }
            else
            {
                table[rows[i]].CopyTo(image);
            }
        }

        return TokenTensor.Create(_tokens.AsSpan(0, rows.Length * table.ContextLength), rows.Length, _device);
    }

    private void Report(TrainingProgress progress)
    {
        if (_samples is not null && progress.Step > 0 && (progress.Step % _options.SampleInterval == 0 || progress.Step == progress.Steps))
        {
            _samples.Write(_checkpoints!.SamplesPath(progress.Step), _options.CancellationToken);
        }

        _options.Progress?.Report(progress);
        if (progress.Elapsed - _logged >= LogInterval || progress.Step == progress.Steps)
        {
            _logged = progress.Elapsed;
            _channel.Info(MessageSensitivity.None, "Step {0:N0} of {1:N0}: {2:F4} nats per token, rate {3:G3}, {4:F1} images/s, {5:hh\\:mm\\:ss} left.", progress.Step, progress.Steps, progress.Loss, progress.LearningRate, progress.ImagesPerSecond, progress.TimeLeft);
        }

        if (progress.ValidationLoss is { } validation)
        {
            _channel.Info(MessageSensitivity.None, "Step {0:N0} of {1:N0}: {2:F4} nats per token on the validation images.", progress.Step, progress.Steps, validation);
        }
    }

    private void Tell(TrainingLoop loop, long done)
    {
        if (loop.StoppedEarly)
        {
            _channel.Info(MessageSensitivity.None, "Stopped after {0:N0} of {1:N0} steps: the validation loss has not fallen since step {2:N0}.", done, _options.Steps, loop.Best!.Step);
        }
        else if (done < _options.Steps)
        {
            _channel.Warning(MessageSensitivity.None, "Canceled after {0:N0} of {1:N0} steps; the model so far is returned.", done, _options.Steps);
        }
    }
}
