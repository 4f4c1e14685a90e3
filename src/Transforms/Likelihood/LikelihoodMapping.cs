using IGptMl.Export;
using IGptMl.Hosting;
using IGptMl.Onnx;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.Likelihood;

/// <summary>Maps tokens to the likelihood of each image, and of each of its tokens.</summary>
/// <remarks>A row's values are nats per token, bits per dimension and, if a column needs them, the nats of each token.</remarks>
internal sealed class LikelihoodMapping : BatchedMapping
{
    private const int Channels = 3;

    private readonly ImageGptModel _model;
    private readonly ImageLikelihoodEstimator.Options _options;

    internal LikelihoodMapping(IHost host, ImageGptModel model, ImageLikelihoodEstimator.Options options)
        : base(host, options.InputColumnName, options.BatchSize, model.Config.Colors, model.Config.ContextLength)
    {
        model.RequireHead(nameof(model));
        _model = model;
        _options = options;
        Masking = TokenMasking.Of(model.Config, options.Masking);
        Columns = LikelihoodColumns.Create(model.Config, options);
        Width = LikelihoodColumns.FirstToken + (options.ShowsTokens ? model.Config.ContextLength : 0);
    }

    /// <summary>The tokens that a masked model predicts; null for an autoregressive model, which predicts all.</summary>
    internal TokenMasking? Masking { get; }

    internal override int Width { get; }

    internal override IReadOnlyList<BatchedColumn> Columns { get; }

    /// <summary>Converts nats per token to bits per color channel of a pixel.</summary>
    internal static double ToBitsPerDimension(double natsPerToken) => natsPerToken / (Math.Log(2) * Channels);

    internal override DataViewSchema.Column FindInput(DataViewSchema schema)
    {
        var column = base.FindInput(schema);
        if (_options.ChecksPalette && _model.Palette is { } palette)
        {
            TokenColumn.RequirePalette(column, Host, palette.Centers.Span);
        }

        return column;
    }

    internal override void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers)
    {
        using var lease = _model.Lease(DeviceChoice.Resolve(Host, _options.GpuDeviceId, _options.FallbackToCpu));
        var nats = new float[rows * ContextLength];
        var mask = Masking?.Draw(tokens, rows);
        lease.Executor.NegativeLogLikelihood(tokens, rows, mask, nats);
        for (var row = 0; row < rows; row++)
        {
            var own = nats.AsSpan(row * ContextLength, ContextLength);
            var target = numbers.Slice(row * Width, Width);
            Write(Mean(own, mask is null ? default : mask[row]), target);
            if (_options.ShowsTokens)
            {
                own.CopyTo(target[LikelihoodColumns.FirstToken..]);
            }
        }
    }

    internal override IReadOnlyList<string> AddTo(OnnxGraph graph, string tokens)
    {
        if (Masking is not null || _options.SurpriseMapColumnName is not null)
        {
            throw OnnxRefusal.Of(Definitions, Masking is null
                ? $"Its column '{_options.SurpriseMapColumnName}' is an image, for which ONNX has no type; leave it out."
                : "It hides tokens from a masked model at random. ImageGptModel.SaveAsOnnx writes a graph that takes the hidden tokens.");
        }

        using var lease = _model.Lease(torch.CPU);
        var nats = new NetworkGraph(graph, _model.Config, lease.Network.Weights).Nats(tokens, null);
        var mean = graph.Reduce("ReduceMean", nats, 1, keeps: true);
        List<string> values = [mean, graph.Binary("Mul", mean, graph.Number((float)ToBitsPerDimension(1)))];
        if (_options.TokenNatsColumnName is not null)
        {
            values.Add(nats);
        }

        return values;
    }

    /// <summary>The mean over the predicted tokens, which are the hidden tokens of a masked model.</summary>
    private static float Mean(ReadOnlySpan<float> nats, ReadOnlySpan<bool> hidden)
    {
        var (sum, count) = (0.0, 0);
        for (var position = 0; position < nats.Length; position++)
        {
            if (hidden.IsEmpty || hidden[position])
            {
                sum += nats[position];
                count++;
            }
        }

        return (float)(sum / count);
    }

    private static void Write(float natsPerToken, Span<float> numbers)
        => (numbers[LikelihoodColumns.Nats], numbers[LikelihoodColumns.Bits]) = (natsPerToken, (float)ToBitsPerDimension(natsPerToken));
}
