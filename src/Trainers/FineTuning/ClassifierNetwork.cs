using IGptMl.Network;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.FineTuning;

/// <summary>An Image GPT with a linear classifier on the position-averaged output of its final norm, ready to learn.</summary>
internal sealed class ClassifierNetwork : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "gpt")]
    private readonly ImageGptNetwork _network;

    [ComponentName(Name = "score")]
    private readonly EmbeddingTable _head;

    private readonly int _classes;

    /// <summary>Takes over the network, on its device, and puts a classifier of zeros on it, so that the first loss is ln C.</summary>
    internal ClassifierNetwork(ImageGptNetwork network, int classes, Device device)
        : base(nameof(ClassifierNetwork))
    {
        _network = network;
        _classes = classes;
        _head = new EmbeddingTable(classes, network.Config.EmbeddingSize, 0, null);
        RegisterComponents();
        _head.to(device);
    }

    /// <summary>The architecture of the network.</summary>
    internal ImageGptConfig Config => _network.Config;

    /// <inheritdoc cref="ImageGptNetwork.RecomputesBlocks"/>
    internal bool RecomputesBlocks
    {
        set => _network.RecomputesBlocks = value;
    }

    /// <summary>Tokens (B, T) int64 → logits of the classes (B, C), nothing hidden.</summary>
    public override Tensor forward(Tensor tokens) => Logits(tokens, mask: null);

    /// <summary>Tokens (B, T) int64 of which some are hidden, in a masked network → logits of the classes (B, C).</summary>
    internal Tensor Logits(Tensor tokens, TokenMask? mask)
    {
        using var features = _network.Features(tokens, [_network.Config.Layers], mask);
        using var last = features.squeeze(1);
        return _head.forward(last);
    }

    /// <summary>The network's own loss () and the logits of the classes (B, C), from one pass.</summary>
    internal (Tensor GenerativeLoss, Tensor Logits) LossAndLogits(Tensor tokens, TokenMask? mask)
    {
        var (loss, features) = _network.LossAndFeatures(tokens, mask);
        using (features)
        {
            return (loss, _head.forward(features));
        }
    }

    /// <summary>A second one with the same weights, on the CPU.</summary>
    internal ClassifierNetwork Copy()
    {
        var copy = new ClassifierNetwork(new ImageGptNetwork(_network.Config), _classes, CPU);
        NetworkWeights.Assign(copy, this);
        return copy;
    }

    /// <summary>The two parts, copied to the CPU.</summary>
    internal (ImageGptNetwork Network, ClassificationHead Head) Split()
    {
        using var noGradients = no_grad();
        using var weights = _head.state_dict().Values.Single().cpu();
        return (NetworkWeights.Copy(_network, CPU), new ClassificationHead(_classes, _network.Config.EmbeddingSize, weights.data<float>().ToArray()));
    }
}
