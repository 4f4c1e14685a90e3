using IGptMl.Completion;
using IGptMl.Hosting;
using IGptMl.Numerics;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Pretraining;

/// <summary>Unconditional samples of a model as a data view.</summary>
internal static class SampledImages
{
    internal const string ImageColumnName = "Image", TokensColumnName = "Tokens", SeedColumnName = "Seed";

    private const int MostPictures = 1_000_000;

    /// <summary>Samples all images at once. Their tokens are kept in memory, two bytes each, and decoded to images when they are read.</summary>
    internal static IDataView Create(MLContext context, ImageGptModel model, int count, SamplingOptions options)
    {
        ImageCompletingEstimator.CheckModel(model);
        var guard = new OptionGuard().Range(nameof(count), count, 1, MostPictures);
        options.Check(guard, model.Config, count, nameof(count));
        guard.ThrowIfAny(nameof(options));
        var host = HostSettings.Register(context, "ImageGeneration");
        host.WarnOf(model.Palette?.RangeWarning);
        var seed = options.Seed ?? host.Rand.Next();
        int[] seeds = options.Seeds is { } given
            ? [.. given]
            : [.. Enumerable.Range(0, count).Select(i => new RandomStreams(seed).Open(RandomStream.SampledPictures, i).Next(0, int.MaxValue))];
        var length = model.Config.ContextLength;
        var tokens = new ushort[count * length];
        using var lease = model.Lease(DeviceChoice.Resolve(host, options.GpuDeviceId, options.FallbackToCpu));
        new Sampler(lease.Executor, options).Fill(tokens, Array.ConvertAll(seeds, s => (ulong)(uint)s), new bool[length]);

        var view = context.Data.LoadFromEnumerable(Rows(tokens, seeds, length), Schema(model));
        return new PaletteDecodingTransformer(host, ImageColumnName, TokensColumnName, model.Palette!).Transform(view);
    }

    private static Row[] Rows(ushort[] tokens, int[] seeds, int length) => [.. seeds.Select((seed, i) => new Row
    {
        Seed = seed,
        Tokens = Array.ConvertAll(tokens[(i * length)..((i + 1) * length)], token => (ushort)(token + 1)), // keys are 1-based
    })];

    /// <summary>The schema of the token column, as QuantizeToPalette outputs it.</summary>
    private static SchemaDefinition Schema(ImageGptModel model)
    {
        var palette = model.Palette!;
        var definition = SchemaDefinition.Create(typeof(Row));
        var column = definition[nameof(Row.Tokens)];
        column.ColumnType = new VectorDataViewType(new KeyDataViewType(typeof(ushort), palette.Count), model.Config.ContextLength);
        var names = new VBuffer<ReadOnlyMemory<char>>(palette.Count, [.. palette.ToHexNames().Select(name => name.AsMemory())]);
        column.AddAnnotation(AnnotationNames.KeyValues, names, new VectorDataViewType(TextDataViewType.Instance, palette.Count));
        var centers = new VBuffer<float>(palette.Centers.Length, palette.Centers.ToArray());
        column.AddAnnotation(TokenColumn.PaletteAnnotation, centers, new VectorDataViewType(NumberDataViewType.Single, palette.Count, 3));
        column.AddAnnotation(QuantizedColumn.CroppingAnnotation, model.Cropping.ToString().AsMemory(), TextDataViewType.Instance);
        return definition;
    }

    private sealed class Row
    {
        public int Seed { get; set; }

        public ushort[] Tokens { get; set; } = [];
    }
}
