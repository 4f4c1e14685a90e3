using IGptMl.Hosting;
using IGptMl.Images;
using IGptMl.Numerics;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Completion;

/// <summary>Converts images to tokens, and samples the tokens that are not kept. A row's values are the tokens of its completions, concatenated.</summary>
internal sealed class CompletionMapping : BatchedMapping
{
    private readonly ImageGptModel _model;
    private readonly ImageCompletingEstimator.Options _options;
    private readonly PaletteQuantizer _quantizer;
    private readonly bool[] _kept;

    internal CompletionMapping(IHost host, ImageGptModel model, ImageCompletingEstimator.Options options)
        : base(host, options.InputName, options.BatchSize, model.Config.Colors, model.Config.ContextLength)
    {
        _model = model;
        _options = options;
        _quantizer = new PaletteQuantizer(model.Palette!);
        _kept = options.KeptRegion.ToMask(model.Config.ImageSize);
        Columns = CompletionColumns.Create(options, new CompletedPixels(model.Palette!, model.Config.ImageSize, _kept, model.Cropping), FindInput);
    }

    internal override int Width => _options.Completions * ContextLength;

    internal override IReadOnlyList<BatchedColumn> Columns { get; }

    internal override DataViewSchema.Column FindInput(DataViewSchema schema) => ImageColumn.Require(schema, Host, InputColumnName);

    internal override TokenReader CreateReader(DataViewRow row)
    {
        var images = new ResizedImages(row, FindInput(row.Schema), _model.Config.ImageSize, _model.Cropping);
        return tokens =>
        {
            if (!images.TryRead(out var pixels))
            {
                return false;
            }

            _quantizer.Assign(pixels, tokens);
            return true;
        };
    }

    internal override void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers)
    {
        using var lease = _model.Lease(DeviceChoice.Resolve(Host, _options.GpuDeviceId, _options.FallbackToCpu));
        var (length, copies) = (ContextLength, _options.Completions);
        var completed = new ushort[rows * copies * length];
        var seeds = new ulong[rows * copies];
        for (var i = 0; i < seeds.Length; i++)
        {
            var image = tokens.Slice(i / copies * length, length);
            image.CopyTo(completed.AsSpan(i * length));
            seeds[i] = SeedOf(image, i % copies);
        }

        new Sampler(lease.Executor, _options).Fill(completed, seeds, _kept);
        for (var i = 0; i < completed.Length; i++)
        {
            numbers[i] = completed[i];
        }
    }

    /// <summary>The seed of one completion, which does not depend on the tokens that are not kept.</summary>
    private ulong SeedOf(ReadOnlySpan<ushort> tokens, int completion)
    {
        if (_options.Seeds is { } seeds)
        {
            return (uint)seeds[completion];
        }

        var seed = SplitMix64.Combine((uint)(_options.Seed ?? 0), (ulong)completion);
        for (var i = 0; i < tokens.Length; i++)
        {
            if (_kept[i])
            {
                seed = SplitMix64.Combine(seed, tokens[i]);
            }
        }

        return seed;
    }
}
