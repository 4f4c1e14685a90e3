using System.Runtime.InteropServices;
using IGptMl.Kernels;
using IGptMl.Network;
using IGptMl.Numerics;
using static TorchSharp.torch;

namespace IGptMl.Gradients;

/// <summary>The training pass of float32 networks on the CPU, in kernels: loss and gradients of a batch.</summary>
/// <remarks>
/// A batch is divided into groups of images whose size depends only on the network. Each group runs forward and backward through all blocks, so that memory
/// use depends on the size of a group, not of the batch.
/// </remarks>
internal sealed unsafe class CpuGradients<TLanes, TVector> : IGradientKernel
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The number of rows of a group: enough work for many threads, few enough for a processor's cache.</summary>
    private const int GroupRows = 2048;

    /// <summary>The maximum number of bytes of the packed weights. Networks above it are left to libtorch.</summary>
    private const long MaxPackedBytes = 4L << 30;

    private const float Epsilon = (float)ArchitectureConstants.NormEpsilon;

    /// <inheritdoc/>
    public bool Supports(ImageGptNetwork network)
    {
        var weights = network.Weights;
        return TrainingShape<TLanes, TVector>.Supports(network.Config) && weights.All.All(IsSupported)
            && TrainedNetwork<TLanes, TVector>.PackedBytes(weights) <= MaxPackedBytes;
    }

    /// <inheritdoc/>
    public Tensor Backward(ImageGptNetwork network, Tensor tokens, TokenMask? mask)
    {
        var ids = Ids(tokens, network.Config.Colors);
        using var trained = new TrainedNetwork<TLanes, TVector>(network.Config, network.Weights);
        var (embedding, head) = (new EmbeddingPass<TLanes, TVector>(trained, ids, mask), new LossPass<TLanes, TVector>(trained, ids, mask));
        var loss = 0.0;
        foreach (var (first, images) in Groups(network.Config, (int)tokens.shape[0]))
        {
            using var saved = new SavedActivations<TLanes, TVector>(trained.Shape, first, images, network.RecomputesBlocks ? images : null);
            using var group = new GroupPass<TLanes, TVector>(trained, saved, first, images);
            Forward(embedding, saved, group, first, images);
            loss += head.Backward(group, saved.Input(network.Config.Layers, first), first);
            Backward(embedding, group, first, images);
        }

        GC.KeepAlive(tokens);
        return tensor((float)loss);
    }

    /// <inheritdoc/>
    public Tensor Backward(ImageGptNetwork network, Tensor tokens, TokenMask? mask, Func<Tensor, Tensor> loss)
    {
        var (config, rows) = (network.Config, (int)tokens.shape[0]);
        using var trained = new TrainedNetwork<TLanes, TVector>(config, network.Weights);
        var (shape, embedding) = (trained.Shape, new EmbeddingPass<TLanes, TVector>(trained, Ids(tokens, config.Colors), mask));
        var groups = Groups(config, rows).ToList();
        using var saved = new SavedActivations<TLanes, TVector>(shape, 0, rows, network.RecomputesBlocks ? groups.Max(group => group.Images) : null);
        foreach (var (first, images) in groups)
        {
            using var group = new GroupPass<TLanes, TVector>(trained, saved, first, images);
            Forward(embedding, saved, group, first, images);
        }

        using var normed = empty([rows, shape.Positions, shape.Size]);
        float* hidden = saved.Input(config.Layers, 0), values = TensorMemory.Of(normed);
        KernelThreads.Run(rows, image =>
        {
            for (nint row = (nint)image * shape.Positions; row < (nint)(image + 1) * shape.Positions; row++)
            {
                VectorKernel<TLanes, TVector>.Normalize(hidden + (row * shape.Stride), values + (row * shape.Size), shape.Size, shape.Size, Epsilon);
            }
        });
        normed.requires_grad = true;
        using var value = loss(normed);
        value.backward();
        using var given = normed.grad!;
        using var gradient = given.contiguous();
        var result = value.detach();
        var above = TensorMemory.Of(gradient);
        foreach (var (first, images) in groups)
        {
            using var group = new GroupPass<TLanes, TVector>(trained, saved, first, images);
            var start = (nint)first * shape.Positions;
            KernelThreads.Run(group.Parts, part =>
            {
                var (row, count) = group.Place(part);
                for (nint i = row; i < row + count; i++)
                {
                    GradientKernel<TLanes, TVector>.NormBackward(hidden + ((start + i) * shape.Stride), null, above + ((start + i) * shape.Size), null,
                        group.Above + (i * shape.Stride), null, shape.Size, Epsilon);
                }
            });
            Backward(embedding, group, first, images);
        }

        return result;
    }

    /// <summary>Divides a batch into groups of nearly equal size.</summary>
    private static IEnumerable<(int First, int Images)> Groups(ImageGptConfig config, int rows)
    {
        var largest = Math.Max(1, GroupRows / config.ContextLength);
        var groups = (rows + largest - 1) / largest;
        for (var i = 0; i < groups; i++)
        {
            var first = (int)((long)rows * i / groups);
            yield return (first, (int)((long)rows * (i + 1) / groups) - first);
        }
    }

    private static void Forward(EmbeddingPass<TLanes, TVector> embedding, SavedActivations<TLanes, TVector> saved, GroupPass<TLanes, TVector> group, int first,
        int images)
    {
        KernelThreads.Run(images, image => embedding.Forward(first + image, saved.Input(0, first + image)));
        group.Forward();
    }

    private static void Backward(EmbeddingPass<TLanes, TVector> embedding, GroupPass<TLanes, TVector> group, int first, int images)
    {
        group.Backward();
        embedding.Backward(first, images, group.Above);
    }

    /// <summary>The tokens of a batch. Kernels read embeddings at these indices without further checks.</summary>
    private static ushort[] Ids(Tensor tokens, int colors)
    {
        using var plain = tokens.contiguous();
        var ids = MemoryMarshal.Cast<byte, long>(plain.bytes);
        var result = new ushort[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            result[i] = ids[i] >= 0 && ids[i] < colors ? (ushort)ids[i]
                : throw new ArgumentOutOfRangeException(nameof(tokens), ids[i], $"A token must be at least 0 and less than {colors}.");
        }

        return result;
    }

    private static bool IsSupported(Tensor weight)
        => weight.device_type == TorchSharp.DeviceType.CPU && weight.dtype == ScalarType.Float32 && weight.requires_grad && weight.is_contiguous();
}
