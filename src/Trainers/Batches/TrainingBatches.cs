using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Batches;

/// <summary>The images of every training step: their rows, order, augmentation and masks. All are a pure function of the seed, the step and the part.</summary>
internal sealed class TrainingBatches
{
    private readonly ITokenRows _rows;
    private readonly ImageGptConfig _config;
    private readonly TokenAugmentation? _augmentation;
    private readonly TrainingMasks? _masks;
    private readonly BatchOrder _order;
    private readonly int _seed;
    private readonly torch.Device _device;
    private readonly int _rowsPerPart;
    private readonly int _first;
    private readonly int _count;
    private readonly ushort[] _tokens;

    /// <param name="rows">The training rows, at least one.</param>
    /// <param name="config">The architecture.</param>
    /// <param name="options">The batch size, the number of parts, augmentation and masks.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="device">The device that batches go to.</param>
    internal TrainingBatches(ITokenRows rows, ImageGptConfig config, ImageGptTrainingOptions options, int seed, torch.Device device)
    {
        (_rows, _config, _augmentation, _seed, _device) = (rows, config, options.Augmentation, seed, device);
        Parts = Math.Min(options.AccumulationSteps, rows.Count);
        _rowsPerPart = Math.Min(options.BatchSize, rows.Count) / Parts;
        var ranks = options.Distribution;
        if (_rowsPerPart < ranks.Count)
        {
            throw new InvalidOperationException(
                $"A step's {RowsPerStep} images in {Parts} parts are {_rowsPerPart} at a time, which is less than one for each of the {ranks.Count} ranks.");
        }

        _first = (int)((long)_rowsPerPart * ranks.Rank / ranks.Count);
        _count = (int)((long)_rowsPerPart * (ranks.Rank + 1) / ranks.Count) - _first;
        _tokens = new ushort[_count * config.ContextLength];
        _order = new BatchOrder(rows.Count, seed);
        _masks = config.Objective == PretrainingObjective.Masked ? new TrainingMasks(config.ContextLength, options.MaskProbability, seed) : null;
    }

    /// <summary>The number of equal parts of a step's batch.</summary>
    internal int Parts { get; }

    /// <summary>The share of a part's rows that this rank takes.</summary>
    internal double RankShare => (double)_count / _rowsPerPart;

    /// <summary>The number of rows per step, of all ranks.</summary>
    internal int RowsPerStep => Parts * _rowsPerPart;

    /// <summary>The number of steps per epoch, rounded up.</summary>
    internal long StepsPerEpoch => (_rows.Count + RowsPerStep - 1) / RowsPerStep;

    /// <summary>Creates this rank's rows of a part of a step's batch. Steps and parts are 0-based. The caller disposes the tokens.</summary>
    internal TokenBatch Draw(long step, int part)
    {
        var rows = new int[_count];
        _order.Position = (((step * Parts) + part) * _rowsPerPart) + _first;
        _order.Next(rows);
        var context = _config.ContextLength;
        for (var i = 0; i < rows.Length; i++)
        {
            var image = _tokens.AsSpan(i * context, context);
            if (_augmentation is null)
            {
                _rows[rows[i]].CopyTo(image);
            }
            else
            {
                _augmentation.Apply(_rows[rows[i]], _config.ImageSize, _seed, step, rows[i], image);
            }
        }

        return new TokenBatch(rows, TokenTensor.Create(_tokens, rows.Length, _device), _masks?.Draw(step, rows.Length, (part * _rowsPerPart) + _first));
    }
}
