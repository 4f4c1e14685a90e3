using System.Numerics.Tensors;
using IGptMl.Hosting;
using IGptMl.Network;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.Pretraining;

/// <summary>How likely the model finds each image.</summary>
internal sealed class LikelihoodMapping : BatchedMapping
{
    internal const string NatsPerToken = "NatsPerToken";
    internal const string BitsPerDimension = "BitsPerDimension";

    private const int Channels = 3;
    private const int RowsPerBatch = 32;

    private readonly ImageGptModel _model;
    private readonly int? _gpuDeviceId;
    private readonly bool? _fallbackToCpu;

    internal LikelihoodMapping(IHost host, ImageGptModel model, string inputColumnName, TokenMasking? masking, int? gpuDeviceId, bool? fallbackToCpu)
        : base(host, inputColumnName, RowsPerBatch)
    {
        _model = model;
        Masking = TokenMasking.Of(model.Config, masking);
        _gpuDeviceId = gpuDeviceId;
        _fallbackToCpu = fallbackToCpu;
    }

    /// <summary>The tokens that a masked model is asked for; null for an autoregressive one, which is asked for all.</summary>
    internal TokenMasking? Masking { get; }

    internal static IReadOnlyList<BatchedColumn> OutputColumns { get; } = [BatchedColumn.Scalar(NatsPerToken, 0), BatchedColumn.Scalar(BitsPerDimension, 1)];

    internal override int Colors => _model.Config.Colors;

    internal override int ContextLength => _model.Config.ContextLength;

    internal override int Width => OutputColumns.Count;

    internal override IReadOnlyList<BatchedColumn> Columns => OutputColumns;

    /// <summary>Bits for each colour channel of a pixel, from nats a pixel token.</summary>
    internal static double ToBitsPerDimension(double natsPerToken) => natsPerToken / (Math.Log(2) * Channels);

    internal override void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers)
    {
        var device = DeviceChoice.Resolve(Host, _gpuDeviceId, _fallbackToCpu);
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var input = TokenTensor.Create(tokens, rows, device);
        var network = _model.On(device);
        var nats = Masking is null ? MeanOfAll(network, input) : MeanOfHidden(network, input, Masking.Draw(tokens, rows)!);
        for (var i = 0; i < rows; i++)
        {
            numbers[i * Width] = nats[i];
            numbers[(i * Width) + 1] = (float)ToBitsPerDimension(nats[i]);
        }
    }

    private static float[] MeanOfAll(ImageGptNetwork network, torch.Tensor input)
    {
        using var losses = network.NegativeLogLikelihood(input);
        using var means = losses.mean([1]);
        using var host = means.cpu();
        return host.data<float>().ToArray();
    }

    private static float[] MeanOfHidden(ImageGptNetwork network, torch.Tensor input, TokenMask mask)
    {
        using var losses = network.NegativeLogLikelihood(input, mask);
        using var host = losses.cpu();
        var left = host.data<float>().ToArray().AsSpan();
        var means = new float[mask.Rows];
        for (var row = 0; row < means.Length; row++)
        {
            var count = mask.Count(row);
            means[row] = TensorPrimitives.Sum<float>(left[..count]) / count;
            left = left[count..];
        }

        return means;
    }
}
