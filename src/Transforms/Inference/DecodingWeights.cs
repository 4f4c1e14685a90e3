using IGptMl.Kernels;
using IGptMl.Network;
using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>The weights of an autoregressive network as the decoder of the CPU reads them: in panels, with the gains and all constant factors multiplied in.</summary>
/// <remarks>A copy: as much memory again as the weights have. It is immutable and shared by all decoders of a model.</remarks>
internal sealed unsafe class DecodingWeights<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly List<AlignedFloats> _memory = [];

    internal DecodingWeights(ImageGptNetwork network)
    {
        Config = network.Config;
        var d = Config.EmbeddingSize;
        var weights = network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Tokens = Read("transformer.wte");
        Positions = Read("transformer.wpe");
        Layers = new DecodingLayer<TLanes, TVector>[Config.Layers];
        for (var l = 0; l < Layers.Length; l++)
        {
            var block = $"transformer.h.{l}.";
            float[] gain1 = Read(block + "ln_1"), gain2 = Read(block + "ln_2");
            float[] attention = Read(block + "attn.c_attn"), output = Read(block + "attn.c_proj"), expand = Read(block + "mlp.c_fc"), contract = Read(block + "mlp.c_proj");
            Layers[l] = new DecodingLayer<TLanes, TVector>(
                Pack(attention, gain1, d, 3 * d),
                Pack(output, gains: null, d, d),
                Pack(expand, gain2, d, 4 * d, (float)FeedForward.GeluFactor),
                Pack(contract, gains: null, 4 * d, d, (float)(1 / FeedForward.GeluFactor)));
        }

        Head = Pack(Read("lm_head", transposed: true), Read("transformer.ln_f"), d, Config.Colors);

        float[] Read(string name, bool transposed = false)
        {
            var weight = weights[$"{name}.weight"];
            using var turned = transposed ? weight.t() : weight.alias();
            using var single = turned.to(ScalarType.Float32);
            using var host = single.cpu();
            using var rows = host.contiguous();
            return rows.data<float>().ToArray();
        }
    }

    internal ImageGptConfig Config { get; }

    /// <summary>The embeddings of the tokens and, last, of the start of sequence: (K + 1, d).</summary>
    internal float[] Tokens { get; }

    /// <summary>(T, d).</summary>
    internal float[] Positions { get; }

    internal DecodingLayer<TLanes, TVector>[] Layers { get; }

    /// <summary>(d, K).</summary>
    internal PackedMatrix<TLanes, TVector> Head { get; }

    private PackedMatrix<TLanes, TVector> Pack(float[] matrix, float[]? gains, int inputs, int outputs, float factor = 1)
    {
        var memory = new AlignedFloats(PackedMatrix<TLanes, TVector>.Size(inputs, outputs));
        _memory.Add(memory);
        var packed = new PackedMatrix<TLanes, TVector>(memory.Pointer, inputs, outputs);
        fixed (float* numbers = matrix, gain = gains)
        {
            for (var panel = 0; panel < packed.Panels; panel++)
            {
                packed.Fill(panel, numbers, gain, factor);
            }
        }

        return packed;
    }
}
