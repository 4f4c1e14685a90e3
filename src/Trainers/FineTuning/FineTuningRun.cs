using IGptMl.Batches;
using IGptMl.Network;
using IGptMl.Optimization;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.FineTuning;

/// <summary>One run of fine-tuning: steps on the joint loss, validation after every epoch, the best weights kept.</summary>
internal sealed class FineTuningRun : IDisposable
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly ImageGptFineTuneTrainer.Options _options;
    private readonly ClassifierNetwork _network;
    private readonly ClassifierNetwork? _best;
    private readonly LabeledTokens _training;
    private readonly ValidationRows? _validation;
    private readonly torch.Device _device;
    private readonly IChannel _channel;
    private readonly int _seed;

    private readonly int _batch;
    private readonly long _epochSteps;
    private readonly BatchOrder _order;
    private readonly TrainingMasks? _masks;
    private readonly int[] _rows;
    private readonly ushort[] _tokens;
    private readonly long[] _labels;

    private (double Classification, double? Generative, double Accuracy) _last;
    private ValidationRows.Measurement? _measured;
    private (ValidationRows.Measurement Measurement, int Epoch)? _bestMeasured;
    private TimeSpan _logged;
    private long _step;

    /// <summary>Takes over the network, which is on the device already.</summary>
    internal FineTuningRun(ImageGptFineTuneTrainer.Options options, ClassifierNetwork network, LabeledTokens training, LabeledTokens? validation, int seed, torch.Device device, IChannel channel)
    {
        _options = options;
        _network = network;
        _training = training;
        _device = device;
        _channel = channel;
        _seed = seed;
        _batch = Math.Min(options.BatchSize, training.Count);
        _epochSteps = (training.Count + _batch - 1) / _batch;
        _order = new BatchOrder(training.Count, seed);
        _masks = network.Config.Objective == PretrainingObjective.Masked ? new TrainingMasks(network.Config.ContextLength, options.MaskProbability, seed) : null;
        _rows = new int[_batch];
        _tokens = new ushort[_batch * network.Config.ContextLength];
        _labels = new long[_batch];
        if (validation is { Count: > 0 })
        {
            _validation = new ValidationRows(validation, options.Scorer, device);
            _best = network.Copy();
        }
    }

    private long Steps => _options.Epochs * _epochSteps;

    /// <summary>Runs to the end, to the early stop or to the cancellation, and gives the best weights: those of the best validation, or the last where there was none.</summary>
    /// <exception cref="OperationCanceledException">The run was canceled before its first step.</exception>
    /// <exception cref="InvalidOperationException">The loss has stopped being a number.</exception>
    internal (ImageGptNetwork Network, ClassificationHead Head) Run()
    {
        _channel.Info(MessageSensitivity.None, "Fine-tuning on {0:N0} images, up to {1:N0} epochs of {2:N0} steps of {3}, on {4}.", _training.Count, _options.Epochs, _epochSteps, _batch, _device);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_options.CancellationToken);
        var loop = new TrainingLoop(_network.parameters(), new ConstantSchedule(_options.LearningRate, Steps), _batch);
        var done = loop.Run(Loss, progress => Report(progress, stop), stop.Token);
        if (done == 0)
        {
            throw new OperationCanceledException("The fine-tuning was canceled before its first step.", _options.CancellationToken);
        }

        var best = _bestMeasured is { } found ? $"the weights after epoch {found.Epoch:N0} are returned, with the best validation accuracy, {found.Measurement.Accuracy:P1}" : "the weights so far are returned";
        if (_options.CancellationToken.IsCancellationRequested && done < Steps)
        {
            _channel.Warning(MessageSensitivity.None, "Canceled after {0:N0} of {1:N0} steps; {2}.", done, Steps, best);
        }
        else if (_bestMeasured is not null)
        {
            _channel.Info(MessageSensitivity.None, "Stopped after {0:N0} of {1:N0} steps; {2}.", done, Steps, best);
        }

        return (_bestMeasured is null ? _network : _best!).Split();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _best?.Dispose();
    }

    /// <summary>The joint loss of the next batch (paper, section 2.3), ().</summary>
    private torch.Tensor Loss()
    {
        using var scope = torch.NewDisposeScope();
        FillBatch();
        var input = TokenTensor.Create(_tokens, _batch, _device);
        var targets = torch.tensor(_labels, device: _device);
        var mask = _masks?.Draw(_step, _batch);
        _step++;
        var (generative, logits) = _options.GenerativeWeight > 0 ? _network.LossAndLogits(input, mask) : (null, _network.Logits(input, mask));
        var classification = torch.nn.functional.cross_entropy(logits, targets);
        _last = (classification.item<float>(), generative?.item<float>(), Accuracy(logits, targets));
        var loss = generative is null ? classification : classification + (generative * _options.GenerativeWeight);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Takes the next rows, and moves their images if that is asked for.</summary>
    private void FillBatch()
    {
        _order.Next(_rows);
        _training.Copy(_rows, _tokens, _labels);
        if (_options.Augmentation is { } augmentation)
        {
            var context = _network.Config.ContextLength;
            for (var i = 0; i < _batch; i++)
            {
                augmentation.Apply(_training[_rows[i]], _network.Config.ImageSize, _seed, _step, _rows[i], _tokens.AsSpan(i * context, context));
            }
        }
    }

    private static double Accuracy(torch.Tensor logits, torch.Tensor targets) => logits.argmax(1).eq(targets).to(torch.float32).mean().item<float>();

    private void Report(TrainingProgress progress, CancellationTokenSource stop)
    {
        var epoch = (int)((progress.Step + _epochSteps - 1) / _epochSteps);
        if (_validation is not null && progress.Step % _epochSteps == 0)
        {
            Validate(_validation, epoch, stop);
        }

        _options.Progress?.Report(new FineTuningProgress(
            progress.Step,
            progress.Steps,
            epoch,
            progress.Loss,
            _last.Classification,
            _last.Generative,
            _last.Accuracy,
            progress.LearningRate,
            progress.ImagesPerSecond,
            progress.Elapsed,
            progress.TimeLeft,
            _measured?.Accuracy,
            _bestMeasured?.Measurement.Accuracy));
        if (progress.Elapsed - _logged >= LogInterval || progress.Step == progress.Steps)
        {
            _logged = progress.Elapsed;
            _channel.Info(MessageSensitivity.None, "Step {0:N0} of {1:N0}: loss {2:F4}, classification {3:F4}, generative {4}, accuracy {5:P1}, {6:F1} images/s, {7:hh\\:mm\\:ss} left.", progress.Step, progress.Steps, progress.Loss, _last.Classification, _last.Generative is { } nats ? $"{nats:F4} nats per token" : "left out", _last.Accuracy, progress.ImagesPerSecond, progress.TimeLeft);
        }
    }

    private void Validate(ValidationRows validation, int epoch, CancellationTokenSource stop)
    {
        var measured = validation.Measure(_network);
        _measured = measured;
        _channel.Info(MessageSensitivity.None, "Epoch {0:N0}: validation accuracy {1:P1}, loss {2:F4}.", epoch, measured.Accuracy, measured.Loss);
        if (_bestMeasured is not { } best || measured.IsBetterThan(best.Measurement))
        {
            _bestMeasured = (measured, epoch);
            NetworkWeights.Assign(_best!, _network);
        }
        else if (epoch - best.Epoch >= _options.Patience)
        {
            stop.Cancel();
        }
    }
}
