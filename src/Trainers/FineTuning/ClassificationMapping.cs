using IGptMl.Export;
using IGptMl.Hosting;
using IGptMl.Inference;
using IGptMl.Onnx;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.FineTuning;

/// <summary>Maps tokens to class probabilities: the network's last features, the linear head, softmax.</summary>
internal sealed class ClassificationMapping : BatchedMapping
{
    private readonly ImageGptModel _model;
    private readonly ClassificationHead _head;
    private readonly ClassScorer _scorer;
    private readonly int? _gpuDeviceId;
    private readonly bool? _fallbackToCpu;

    internal ClassificationMapping(IHost host, ImageGptModel model, ClassificationHead head, ClassScorer scorer, ClassValues? values, string inputColumnName,
        int? gpuDeviceId, bool? fallbackToCpu)
        : base(host, inputColumnName, ImageGptExecutor.DefaultRows, model.Config.Colors, model.Config.ContextLength)
    {
        _model = model;
        _head = head;
        _scorer = scorer;
        _gpuDeviceId = gpuDeviceId;
        _fallbackToCpu = fallbackToCpu;
        Columns = ClassificationColumns.Create(head.Classes, values);
    }

    internal override int Width => _head.Classes;

    internal override IReadOnlyList<BatchedColumn> Columns { get; }

    internal override void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers)
    {
        using var lease = _model.Lease(DeviceChoice.Resolve(Host, _gpuDeviceId, _fallbackToCpu));
        _scorer.Score(_model.Config, tokens, rows, (images, count, mask, logits) => _head.Score(lease.Executor, images, count, mask, logits), numbers);
    }

    internal override IReadOnlyList<string> AddTo(OnnxGraph graph, string tokens)
    {
        if (_model.Config.Objective == PretrainingObjective.Masked)
        {
            throw OnnxRefusal.Of(Definitions, "It votes over random masks of a masked model. ImageGptClassificationTransformer.SaveAsOnnx writes a graph that "
                + "takes the hidden tokens.");
        }

        using var lease = _model.Lease(torch.CPU);
        var features = new NetworkGraph(graph, _model.Config, lease.Network.Weights).Features(tokens, null, [_model.Config.Layers]);
        var (scores, _) = ModelGraph.AddHead(graph, features, _head.Weights, _model.Config.EmbeddingSize);
        var label = graph.Node("ArgMax", [scores], ("axis", 1L), ("keepdims", 1L));
        return [graph.Binary("Add", label, graph.Integers(1)), scores];
    }
}
