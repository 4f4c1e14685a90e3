using System.Numerics.Tensors;
using IGptMl.Kernels;
using IGptMl.Network;

namespace IGptMl.Inference;

/// <summary>Runs images through all blocks that are needed, with all positions at once.</summary>
/// <remarks>
/// Each thread runs an equal number of images through all blocks, one image at a time, without synchronizing with the other threads. The remaining images, and
/// images that are too large for this, are divided among all threads. Memory use depends on the number of threads and the size of an image, not on the number
/// of images.
/// </remarks>
internal sealed unsafe class FullPass<TLanes, TVector>(PackedWeights<TLanes, TVector> weights)
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The range of positions per matrix product: few enough to fit a core's second-level cache, enough to reuse each panel.</summary>
    private const int MaxRows = 64, MinRows = 8, RowMultiple = 4;

    /// <summary>The maximum number of floats for one image per thread (1 GiB in total), and for images that all threads share (256 MiB).</summary>
    private const long MaxLengthOfThreads = 1L << 28, MaxLengthTogether = 1L << 26;

    /// <summary>Means are computed from partial sums over this many positions, which keeps the rounding error small.</summary>
    private const int MeanBlock = 32;

    private readonly PackedShape<TLanes, TVector> _shape = weights.Shape;

    /// <summary>A result that is computed from the hidden states between blocks.</summary>
    private interface IOutput
    {
        /// <summary>The number of blocks to run.</summary>
        int Blocks { get; }

        /// <summary>Whether the input of this block, or of the final norm, is needed.</summary>
        bool Takes(int layer);

        /// <summary>Reads the hidden states of some positions of an image.</summary>
        void Take(int layer, int image, float* hidden, int first, int rows);
    }

    /// <summary>The number of floats of an image's hidden states, its queries, keys and values, and its attended values.</summary>
    private long LengthOfImage => (long)_shape.Positions * (_shape.Width + (4 * _shape.AttendedWidth));

    /// <inheritdoc cref="ImageGptExecutor.Features"/>
    internal void Features(ReadOnlySpan<ushort> tokens, int rows, IReadOnlyList<int> layers, TokenMask? mask, Span<float> features)
    {
        fixed (float* target = features)
        {
            Run(tokens, rows, mask, new MeanOutput(weights, layers, target));
        }
    }

    /// <inheritdoc cref="ImageGptExecutor.NegativeLogLikelihood"/>
    internal void NegativeLogLikelihood(ReadOnlySpan<ushort> tokens, int rows, TokenMask? mask, Span<float> nats)
    {
        fixed (ushort* targets = tokens)
        {
            fixed (float* result = nats)
            {
                Run(tokens, rows, mask, new NatsOutput(weights, targets, mask, result));
            }
        }
    }

    private void Run(ReadOnlySpan<ushort> tokens, int rows, TokenMask? mask, IOutput output)
    {
        var threads = KernelThreads.Count;
        if (weights.KeepsBlocks)
        {
            for (var l = 0; l < output.Blocks; l++)
            {
                weights.Block(l); // packed by all threads together, before each of them works alone
            }
        }

        var whole = weights.KeepsBlocks && threads * LengthOfImage <= MaxLengthOfThreads ? rows - (rows % threads) : 0;
        fixed (ushort* start = tokens)
        {
            var all = start;
            KernelThreads.Run(whole, image => new Group(this, all, mask, output, image, 1, together: false).Run());
            for (int first = whole, count; first < rows; first += count)
            {
                count = (int)Math.Clamp(MaxLengthTogether / LengthOfImage, 1, rows - first);
                new Group(this, all, mask, output, first, count, together: true).Run();
            }
        }

        GC.KeepAlive(weights);
    }

    /// <summary>Images that run through the blocks together, on one thread or on all threads.</summary>
    private sealed class Group(FullPass<TLanes, TVector> pass, ushort* tokens, TokenMask? mask, IOutput output, int firstImage, int images, bool together)
    {
        private readonly PackedWeights<TLanes, TVector> _weights = pass.Weights;
        private readonly PackedShape<TLanes, TVector> _shape = pass._shape;
        private readonly int _rows = together ? RowsOfPart(pass._shape.Positions, images) : MaxRows;

        private int Parts => (_shape.Positions + _rows - 1) / _rows;

        internal void Run()
        {
            using var memory = FloatBuffer.Rent(images * pass.LengthOfImage);
            var hidden = memory.Pointer;
            var projected = hidden + ((nint)images * HiddenLength);
            var attended = projected + ((nint)images * 3 * AttendedLength);
            For(images, image => Embed(image, hidden + (image * HiddenLength)));
            using var packed = _weights.KeepsBlocks ? null : new PackedBlock<TLanes, TVector>(_shape, isKept: false);
            for (var l = 0; ; l++)
            {
                if (output.Takes(l))
                {
                    var layer = l;
                    For(images * Parts, part => Take(layer, part, hidden));
                }

                if (l == output.Blocks)
                {
                    return;
                }

                var block = packed is null ? _weights.Block(l) : _weights.Pack(l, packed);
                For(images * Parts, part => Project(block, part, hidden, projected));
                For(images * _shape.Heads, part => Attend(part, projected, attended));
                For(images * Parts, part => Finish(block, part, attended, hidden));
            }
        }

        /// <summary>The number of floats of an image's hidden states.</summary>
        private nint HiddenLength => (nint)_shape.Positions * _shape.Width;

        /// <summary>The number of floats of an image's queries, keys, values or attended values, each.</summary>
        private nint AttendedLength => (nint)_shape.Positions * _shape.AttendedWidth;

        /// <summary>The number of positions of a part: small enough that all threads have work.</summary>
        private static int RowsOfPart(int positions, int images)
        {
            var fair = (int)((long)positions * images / (2 * KernelThreads.Count));
            return Math.Clamp((fair + RowMultiple - 1) / RowMultiple * RowMultiple, MinRows, MaxRows);
        }

        private void For(int parts, Action<int> body)
        {
            if (together)
            {
                KernelThreads.Run(parts, body);
                return;
            }

            for (var part = 0; part < parts; part++)
            {
                body(part);
            }
        }

        private void Embed(int image, float* hidden)
        {
            var (d, config) = (_shape.EmbeddingSize, _weights.Config);
            var own = tokens + ((nint)(firstImage + image) * _shape.Positions);
            var isShifted = config.Objective == PretrainingObjective.Autoregressive; // shifted right by the start-of-sequence token
            var hiddenTokens = mask is null ? default : mask[firstImage + image];
            for (var position = 0; position < _shape.Positions; position++)
            {
                var row = new Span<float>(hidden + ((nint)position * _shape.Width), _shape.Width);
                ReadOnlySpan<float> place = _weights.Positions.AsSpan(position * d, d);
                row[d..].Clear();
                if (hiddenTokens.Length > 0 && hiddenTokens[position])
                {
                    place.CopyTo(row);
                    continue;
                }

                var id = isShifted ? position == 0 ? config.Colors : own[position - 1] : own[position];
                TensorPrimitives.Add(_weights.Tokens.AsSpan(id * d, d), place, row);
            }
        }

        private void Take(int layer, int part, float* hidden)
        {
            var (image, first, rows) = Place(part);
            output.Take(layer, firstImage + image, hidden + (image * HiddenLength), first, rows);
        }

        /// <summary>Projects the hidden states of some positions to their rows of each head's queries, keys and values, (3, H, T, HeadWidth).</summary>
        private void Project(PackedBlock<TLanes, TVector> block, int part, float* hidden, float* projected)
        {
            var (image, first, rows) = Place(part);
            using var scaled = FloatBuffer.Rent((long)rows * _shape.Width);
            var target = projected + (image * 3 * AttendedLength) + ((nint)first * _shape.HeadWidth);
            var from = hidden + (image * HiddenLength) + ((nint)first * _shape.Width);
            block.Project(from, rows, scaled.Pointer, target, (nint)_shape.Positions * _shape.HeadWidth, _shape.HeadWidth, together: false);
        }

        /// <summary>Computes a head's columns of the attended values, (T, H · HeadWidth), from its queries, keys and values.</summary>
        private void Attend(int part, float* projected, float* attended)
        {
            var (image, head) = (part / _shape.Heads, part % _shape.Heads);
            var queries = projected + (image * 3 * AttendedLength) + ((nint)head * _shape.Positions * _shape.HeadWidth);
            float* keys = queries + AttendedLength, values = keys + AttendedLength;
            var target = attended + (image * AttendedLength) + (head * _shape.HeadWidth);
            var isCausal = _weights.Config.Objective == PretrainingObjective.Autoregressive;
            AttentionKernel<TLanes, TVector>.Forward(
                queries, keys, values, _shape.HeadWidth, target, _shape.AttendedWidth, logSums: null, _shape.Positions, _shape.HeadWidth, _shape.ScoreScale,
                isCausal);
        }

        private void Finish(PackedBlock<TLanes, TVector> block, int part, float* attended, float* hidden)
        {
            var (image, first, rows) = Place(part);
            using var memory = FloatBuffer.Rent((long)rows * (_shape.Width + _shape.ExpandedWidth));
            var from = attended + (image * AttendedLength) + ((nint)first * _shape.AttendedWidth);
            var to = hidden + (image * HiddenLength) + ((nint)first * _shape.Width);
            block.AddTo(from, to, rows, memory.Pointer, memory.Pointer + ((nint)rows * _shape.Width), together: false);
        }

        private (int Image, int First, int Rows) Place(int part)
        {
            var first = part % Parts * _rows;
            return (part / Parts, first, Math.Min(_rows, _shape.Positions - first));
        }
    }

    private PackedWeights<TLanes, TVector> Weights => weights;

    /// <summary>The normed hidden states of some layers, averaged over the positions.</summary>
    private sealed class MeanOutput(PackedWeights<TLanes, TVector> weights, IReadOnlyList<int> layers, float* features) : IOutput
    {
        private readonly PackedShape<TLanes, TVector> _shape = weights.Shape;

        public int Blocks { get; } = layers.Max();

        public bool Takes(int layer) => layers.Contains(layer);

        public void Take(int layer, int image, float* hidden, int first, int rows)
        {
            if (first > 0)
            {
                return; // the first part sums the whole image, in an order that does not depend on how it is divided
            }

            using var memory = FloatBuffer.Rent(3L * _shape.Width);
            float* normed = memory.Pointer, sum = normed + _shape.Width, mean = sum + _shape.Width;
            new Span<float>(mean, _shape.Width).Clear();
            for (var block = 0; block < _shape.Positions; block += MeanBlock)
            {
                new Span<float>(sum, _shape.Width).Clear();
                for (var position = block; position < Math.Min(_shape.Positions, block + MeanBlock); position++)
                {
                    PackedBlock<TLanes, TVector>.Normalize(_shape, hidden + ((nint)position * _shape.Width), normed, 1);
                    VectorKernel<TLanes, TVector>.Add(normed, sum, _shape.Width);
                }

                VectorKernel<TLanes, TVector>.Add(sum, mean, _shape.Width);
            }

            VectorKernel<TLanes, TVector>.Scale(mean, _shape.Width, 1f / _shape.Positions);
            for (var i = 0; i < layers.Count; i++)
            {
                if (layers[i] == layer)
                {
                    var d = _shape.EmbeddingSize;
                    var target = new Span<float>(features + ((((nint)image * layers.Count) + i) * d), d);
                    TensorPrimitives.Multiply(new ReadOnlySpan<float>(mean, d), weights.Gains[layer], target);
                }
            }
        }
    }

    /// <summary>-ln p of the predicted tokens; NaN for the others.</summary>
    private sealed class NatsOutput(PackedWeights<TLanes, TVector> weights, ushort* targets, TokenMask? mask, float* nats) : IOutput
    {
        private readonly PackedShape<TLanes, TVector> _shape = weights.Shape;
        private readonly PackedMatrix<TLanes, TVector> _head = weights.Head;

        public int Blocks => weights.Config.Layers;

        public bool Takes(int layer) => layer == Blocks;

        public void Take(int layer, int image, float* hidden, int first, int rows)
        {
            var colors = weights.Config.Colors;
            using var memory = FloatBuffer.Rent((long)rows * (_shape.Width + _head.Width));
            float* scaled = memory.Pointer, logits = scaled + ((nint)rows * _shape.Width);
            var asked = stackalloc int[rows];
            var count = 0;
            for (var position = first; position < first + rows; position++)
            {
                if (mask is null || mask[image][position])
                {
                    PackedBlock<TLanes, TVector>.Normalize(_shape, hidden + ((nint)position * _shape.Width), scaled + ((nint)count * _shape.Width), 1);
                    asked[count++] = position;
                }
                else
                {
                    nats[((nint)image * _shape.Positions) + position] = float.NaN;
                }
            }

            _head.Multiply(scaled, _shape.Width, logits, _head.Width, count, _head.Width, accumulate: false);
            for (var i = 0; i < count; i++)
            {
                var place = ((nint)image * _shape.Positions) + asked[i];
                var row = logits + ((nint)i * _head.Width);
                var logit = row[targets[place]];
                new Span<float>(row + colors, _head.Width - colors).Fill(float.NegativeInfinity);
                var max = VectorKernel<TLanes, TVector>.Max(row, _head.Width);
                var sum = VectorKernel<TLanes, TVector>.Exponentials(row, _head.Width, 1, -max);
                nats[place] = MathF.Log(sum) + max - logit;
            }
        }
    }
}
