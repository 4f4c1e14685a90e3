using TorchSharp;

namespace IGptMl.Network;

/// <summary>Creates the network's input tensors from tokens.</summary>
internal static class TokenTensor
{
    /// <summary>Copies (rows · T) tokens to a tensor (rows, T) int64 on the device. The caller disposes it.</summary>
    internal static torch.Tensor Create(ReadOnlySpan<ushort> tokens, int rows, torch.Device device)
    {
        var wide = new long[tokens.Length];
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = tokens[i];
        }

        return torch.tensor(wide, [rows, tokens.Length / rows], device: device);
    }
}
