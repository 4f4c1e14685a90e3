using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The weights of an autoregressive network as the decoder of the CPU reads them: in panels, with the gains and all constant factors multiplied in.</summary>
/// <remarks>A copy: as much memory again as the weights have. It is immutable and shared by all decoders of a model.</remarks>
internal sealed class DecodingWeights<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const float GeluFactor = 1.702f;

    internal DecodingWeights(ImageGptNetwork network)
    {
        Config = network.Config;
        var d = Config.EmbeddingSize;
        var scale = 1 / MathF.Sqrt(d / Config.Heads);
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
                new(d, 3 * d, (i, j) => attention[(i * 3 * d) + j] * gain1[i] * (j < d ? scale : 1)), // scores come out scaled
                new(d, d, (i, j) => output[(i * d) + j]),
                new(d, 4 * d, (i, j) => expand[(i * 4 * d) + j] * gain2[i] * GeluFactor), // x · sigmoid(1.702 x) = silu(1.702 x) / 1.702
                new(4 * d, d, (i, j) => contract[(i * d) + j] / GeluFactor));
        }

        float[] head = Read("lm_head"), finalGain = Read("transformer.ln_f");
        Head = new PackedMatrix<TLanes, TVector>(d, Config.Colors, (i, j) => head[(j * d) + i] * finalGain[i]);

        float[] Read(string name)
        {
            using var single = weights[$"{name}.weight"].to(ScalarType.Float32);
            using var host = single.cpu();
            return host.data<float>().ToArray();
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
}
