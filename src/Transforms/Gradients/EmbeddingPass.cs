using System.Numerics.Tensors;
using IGptMl.Kernels;
using IGptMl.Network;

namespace IGptMl.Gradients;

/// <summary>The first block's input from tokens, and the gradients of the embeddings.</summary>
/// <param name="network">The weights.</param>
/// <param name="tokens">The tokens of the batch, (B, T).</param>
/// <param name="mask">The hidden tokens of a masked network.</param>
internal sealed unsafe class EmbeddingPass<TLanes, TVector>(TrainedNetwork<TLanes, TVector> network, ushort[] tokens, TokenMask? mask)
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The id of a hidden token, of which only the position is known.</summary>
    private const int Hidden = -1;

    private readonly TrainingShape<TLanes, TVector> _shape = network.Shape;

    /// <summary>Fills the rows of an image.</summary>
    internal void Forward(int image, float* hidden)
    {
        var size = _shape.Size;
        for (var position = 0; position < _shape.Positions; position++)
        {
            var row = new Span<float>(hidden + ((nint)position * _shape.Stride), size);
            var place = new ReadOnlySpan<float>(network.Positions.Value + ((nint)position * size), size);
            var id = Id(image, position);
            if (id == Hidden)
            {
                place.CopyTo(row);
            }
            else
            {
                TensorPrimitives.Add(new ReadOnlySpan<float>(network.Tokens.Value + ((nint)id * size), size), place, row);
            }
        }
    }

    /// <summary>Adds the gradients of the embeddings, from the gradients of the inputs of consecutive images. Threads share the columns.</summary>
    internal void Backward(int firstImage, int images, float* gradients)
        => KernelThreads.Run(_shape.Size / TLanes.Count, part => Backward(firstImage, images, gradients, part * TLanes.Count, TLanes.Count));

    private void Backward(int firstImage, int images, float* gradients, int column, int columns)
    {
        var size = _shape.Size;
        for (nint row = 0; row < (nint)images * _shape.Positions; row++)
        {
            var position = (int)(row % _shape.Positions);
            var source = gradients + (row * _shape.Stride) + column;
            VectorKernel<TLanes, TVector>.Add(source, network.Positions.Gradient + ((nint)position * size) + column, columns);
            if (Id(firstImage + (int)(row / _shape.Positions), position) is var id and not Hidden)
            {
                VectorKernel<TLanes, TVector>.Add(source, network.Tokens.Gradient + ((nint)id * size) + column, columns);
            }
        }
    }

    /// <summary>The embedding at a position. An autoregressive network's sequence is shifted right, behind the start of sequence.</summary>
    private int Id(int image, int position)
    {
        var own = tokens.AsSpan(image * _shape.Positions, _shape.Positions);
        if (_shape.IsCausal)
        {
            return position == 0 ? _shape.Config.Colors : own[position - 1];
        }

        return mask is not null && mask[image][position] ? Hidden : own[position];
    }
}
