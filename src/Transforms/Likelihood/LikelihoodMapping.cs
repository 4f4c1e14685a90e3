using System.Numerics.Tensors;
using IGptMl.Hosting;
using IGptMl.Network;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.Likelihood;

/// <summary>How likely the model finds each image, and each of its tokens.</summary>
/// <remarks>A row's numbers are nats per token, bits per dimension and, where a column shows them, the nats of each token.</remarks>
internal sealed class LikelihoodMapping : BatchedMapping
{
    private const int Channels = 3;

    private readonly ImageGptModel _model;
    private readonly ImageLikelihoodEstimator.Options _options;

    internal LikelihoodMapping(IHost host, ImageGptModel model, ImageLikelihoodEstimator.Options options)
        : base(host, options.InputColumnName, options.BatchSize)
    {
        _model = model;
        _options = options;
        Masking = TokenMasking.Of(model.Config, options.Masking);
        Columns = LikelihoodColumns.Create(model.Config, options);
        Width = LikelihoodColumns.FirstToken + (options.ShowsTokens ? model.Config.ContextLength : 0);
    }

    /// <summary>The tokens that a masked model is asked for; null for an autoregressive one, which is asked for all.</summary>
    internal TokenMasking? Masking { get; }

    internal override int Colors => _model.Config.Colors;

    internal override int ContextLength => _model.Config.ContextLength;

    internal override int Width { get; }

    internal override IReadOnlyList<BatchedColumn> Columns { get; }

    /// <summary>Bits for each color channel of a pixel, from nats a pixel token.</summary>
    internal static double ToBitsPerDimension(double natsPerToken) => natsPerToken / (Math.Log(2) * Channels);

    internal override void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers)
    {
        var device = DeviceChoice.Resolve(Host, _options.GpuDeviceId, _options.FallbackToCpu);
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var input = TokenTensor.Create(tokens, rows, device);
        var network = _model.On(device);
        if (Masking is null)
        {
            WriteAll(network, input, rows, numbers);
        }
        else
        {
            WriteHidden(network, input, Masking.Draw(tokens, rows)!, numbers);
        }
    }

    private void WriteAll(ImageGptNetwork network, torch.Tensor input, int rows, Span<float> numbers)
    {
        using var losses = network.NegativeLogLikelihood(input); // (rows, T)
        using var means = losses.mean([1]);
        using var host = losses.cpu();
        using var hostMeans = means.cpu();
        ReadOnlySpan<float> nats = host.data<float>().ToArray(), mean = hostMeans.data<float>().ToArray();
        for (var row = 0; row < rows; row++)
        {
            var target = numbers.Slice(row * Width, Width);
            Write(mean[row], target);
            if (_options.ShowsTokens)
            {
                nats.Slice(row * ContextLength, ContextLength).CopyTo(target[LikelihoodColumns.FirstToken..]);
            }
        }
    }

    /// <summary>The tokens that are not hidden, and therefore not asked for, get NaN.</summary>
    private void WriteHidden(ImageGptNetwork network, torch.Tensor input, TokenMask mask, Span<float> numbers)
    {
        using var losses = network.NegativeLogLikelihood(input, mask); // those of hidden tokens, row by row
        using var host = losses.cpu();
        ReadOnlySpan<float> left = host.data<float>().ToArray();
        for (var row = 0; row < mask.Rows; row++)
        {
            var target = numbers.Slice(row * Width, Width);
            var nats = left[..mask.Count(row)];
            left = left[nats.Length..];
            Write(TensorPrimitives.Sum(nats) / nats.Length, target);
            if (_options.ShowsTokens)
            {
                var tokens = target[LikelihoodColumns.FirstToken..];
                var hidden = mask[row];
                var next = 0;
                for (var position = 0; position < tokens.Length; position++)
                {
                    tokens[position] = hidden[position] ? nats[next++] : float.NaN;
                }
            }
        }
    }

    private static void Write(float natsPerToken, Span<float> numbers)
        => (numbers[LikelihoodColumns.Nats], numbers[LikelihoodColumns.Bits]) = (natsPerToken, (float)ToBitsPerDimension(natsPerToken));
}
