using IGptMl.Kernels;
using IGptMl.Network;

namespace IGptMl.Gradients;

/// <summary>The pretraining loss of the last block's output, and its gradients.</summary>
internal sealed unsafe class LossPass<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const float Epsilon = (float)ArchitectureConstants.NormEpsilon;

    private readonly TrainedNetwork<TLanes, TVector> _network;
    private readonly TrainingShape<TLanes, TVector> _shape;
    private readonly ushort[] _tokens;
    private readonly TokenMask? _mask;

    /// <summary>The weights of the losses of each image's tokens that are predicted.</summary>
    private readonly float[] _weights;

    /// <param name="network">The weights.</param>
    /// <param name="tokens">The tokens of the batch, (B, T).</param>
    /// <param name="mask">The hidden tokens of a masked network, which it predicts. An autoregressive network predicts all.</param>
    internal LossPass(TrainedNetwork<TLanes, TVector> network, ushort[] tokens, TokenMask? mask)
    {
        (_network, _shape, _tokens, _mask) = (network, network.Shape, tokens, mask);
        var counts = Enumerable.Range(0, tokens.Length / _shape.Positions).Select(image => mask?.Count(image) ?? _shape.Positions).ToArray();
        var images = counts.Count(count => count > 0);
        _weights = [.. counts.Select(count => count > 0 ? 1f / count / images : 0)];
    }

    /// <summary>
    /// Adds the gradients of the head and the final norm's gain, and fills <see cref="GroupPass{TLanes, TVector}.Above"/>. Returns the group's share of the
    /// loss.
    /// </summary>
    /// <param name="group">The images.</param>
    /// <param name="hidden">The last block's output, rows of d elements.</param>
    /// <param name="firstImage">The first image of the group in the batch.</param>
    internal double Backward(GroupPass<TLanes, TVector> group, float* hidden, int firstImage)
    {
        var (head, stride, wide) = (_network.Head, _shape.Stride, _shape.LogitsStride);
        using var memory = FloatBuffer.Rent((long)group.Rows * (stride + wide));
        float* normed = memory.Pointer, logits = normed + ((nint)group.Rows * stride);
        var (losses, counts) = (new double[group.Parts], new int[group.Parts]);
        KernelThreads.Run(group.Parts, part =>
        {
            var start = group.Place(part).First;
            (losses[part], counts[part]) = Backward(group, part, hidden, normed + ((nint)start * stride), logits + ((nint)start * wide), firstImage);
        });
        group.AddGains(_network.FinalGain.Gradient);
        KernelThreads.Run(head.Tiles, tile =>
        {
            if (_mask is null)
            {
                head.AddGradient(tile, logits, wide, normed, stride, group.Rows);
                return;
            }

            for (var part = 0; part < counts.Length; part++)
            {
                nint start = group.Place(part).First;
                head.AddGradient(tile, logits + (start * wide), wide, normed + (start * stride), stride, counts[part]);
            }
        });
        return losses.Sum();
    }

    /// <summary>
    /// A part of the rows. The normed hidden states and the logits of the predicted rows are written without gaps. Returns the loss and the number of them.
    /// </summary>
    private (double Loss, int Count) Backward(GroupPass<TLanes, TVector> group, int part, float* hidden, float* normed, float* logits, int firstImage)
    {
        var (size, stride, colors) = (_shape.Size, _shape.Stride, _shape.Config.Colors);
        var (first, rows) = group.Place(part);
        Span<int> asked = stackalloc int[GroupPass<TLanes, TVector>.PartRows];
        var count = 0;
        for (var row = first; row < first + rows; row++)
        {
            if (_mask is null || _mask[firstImage + (row / _shape.Positions)][row % _shape.Positions])
            {
                var target = normed + ((nint)count * stride);
                GradientKernel<TLanes, TVector>.Norm(hidden + ((nint)row * stride), _network.FinalGain.Value, target, size, Epsilon);
                asked[count++] = row;
            }
            else
            {
                new Span<float>(group.Above + ((nint)row * stride), size).Clear();
            }
        }

        var columns = VectorKernel<TLanes, TVector>.Rounded(colors);
        _network.Head.Transposed.Multiply(normed, stride, logits, _shape.LogitsStride, count, columns, accumulate: false);
        var loss = 0.0;
        for (var i = 0; i < count; i++)
        {
            var weight = _weights[firstImage + (asked[i] / _shape.Positions)];
            var target = _tokens[((nint)firstImage * _shape.Positions) + asked[i]];
            loss += weight * GradientKernel<TLanes, TVector>.CrossEntropy(logits + ((nint)i * _shape.LogitsStride), colors, target, weight);
        }

        using var memory = FloatBuffer.Rent((long)rows * stride);
        _network.Head.Plain.Multiply(logits, _shape.LogitsStride, memory.Pointer, stride, count, size, accumulate: false);
        var gains = group.ClearedGains(part);
        for (var i = 0; i < count; i++)
        {
            var offset = (nint)asked[i] * stride;
            GradientKernel<TLanes, TVector>.NormBackward(hidden + offset, _network.FinalGain.Value, memory.Pointer + ((nint)i * stride), null,
                group.Above + offset, gains, size, Epsilon);
        }

        return (loss, count);
    }
}
