using IGptMl.Hosting;
using IGptMl.Network;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.FineTuning;

/// <summary>The probability of each class: the network's last features, the linear head, softmax.</summary>
internal sealed class ClassificationMapping : BatchedMapping
{
    private const int RowsPerBatch = 32;

    private readonly ImageGptModel _model;
    private readonly ClassificationHead _head;
    private readonly ClassScorer _scorer;
    private readonly int? _gpuDeviceId;
    private readonly bool? _fallbackToCpu;

    internal ClassificationMapping(IHost host, ImageGptModel model, ClassificationHead head, ClassScorer scorer, ClassValues? values, string inputColumnName, int? gpuDeviceId, bool? fallbackToCpu)
        : base(host, inputColumnName, RowsPerBatch)
    {
        _model = model;
        _head = head;
        _scorer = scorer;
        _gpuDeviceId = gpuDeviceId;
        _fallbackToCpu = fallbackToCpu;
        Columns = ClassificationColumns.Create(head.Classes, values);
    }

    internal override int Colors => _model.Config.Colors;

    internal override int ContextLength => _model.Config.ContextLength;

    internal override int Width => _head.Classes;

    internal override IReadOnlyList<BatchedColumn> Columns { get; }

    internal override void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers)
    {
        var device = DeviceChoice.Resolve(Host, _gpuDeviceId, _fallbackToCpu);
        var network = _model.On(device);
        using var weights = _head.On(device);
        _scorer.Score(_model.Config, tokens, rows, device, Logits, numbers);

        torch.Tensor Logits(torch.Tensor input, TokenMask? mask)
        {
            using var features = network.Features(input, [_model.Config.Layers], mask); // (rows, 1, d)
            using var last = features.squeeze(1);
            return torch.nn.functional.linear(last, weights); // (rows, C)
        }
    }
}
