using IGptMl.Network;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.FineTuning;

/// <summary>An Image GPT with a linear classifier on the position-averaged output of its final norm, for training.</summary>
internal sealed class ClassifierNetwork : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "gpt")]
    private readonly ImageGptNetwork _network;

    [ComponentName(Name = "score")]
    private readonly EmbeddingTable _head;

    private readonly int _classes;

    /// <summary>Takes ownership of the network, on its device, and adds a zero-initialized classifier, so that the first loss is ln C.</summary>
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

    /// <summary>Tokens (B, T) int64 → logits of the classes (B, C), without a mask.</summary>
    public override Tensor forward(Tensor tokens) => Logits(tokens, mask: null);

    /// <summary>Tokens (B, T) int64, some hidden if the network is masked → logits of the classes (B, C).</summary>
    internal Tensor Logits(Tensor tokens, TokenMask? mask)
    {
        using var features = _network.Features(tokens, [_network.Config.Layers], mask);
        using var last = features.squeeze(1);
        return LogitsOf(last);
    }

    /// <summary>Accumulates the gradients of a loss in all parameters. Returns the loss, detached, (); the caller disposes it.</summary>
    /// <param name="tokens">(B, T) int64.</param>
    /// <param name="mask">The hidden tokens of a masked network; null for an autoregressive one.</param>
    /// <param name="loss">Maps the logits of the classes (B, C), and a function that computes the network's own loss () in the same pass, to a scalar.</param>
    internal Tensor Backward(Tensor tokens, TokenMask? mask, Func<Tensor, Func<Tensor>, Tensor> loss) => _network.Backward(tokens, mask, hidden =>
    {
        using var scope = NewDisposeScope();
        var logits = LogitsOf(_network.FeaturesOf(hidden));
        return loss(logits, () => _network.LossOf(hidden, tokens, mask)).MoveToOuterDisposeScope();
    });

    /// <summary>Copies the network and the classifier to the CPU.</summary>
    internal (ImageGptNetwork Network, ClassificationHead Head) Split()
    {
        using var noGradients = no_grad();
        using var weights = _head.state_dict().Values.Single().cpu();
        return (NetworkWeights.Copy(_network, CPU), new ClassificationHead(_classes, _network.Config.EmbeddingSize, weights.data<float>().ToArray()));
    }

    /// <summary>The position-averaged output of the final norm (B, d) → logits (B, C), at least float32.</summary>
    private Tensor LogitsOf(Tensor features)
    {
        using var logits = _head.forward(features);
        return Widening.Widen(logits);
    }
}
