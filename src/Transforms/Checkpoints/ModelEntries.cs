using System.Security.Cryptography;
using System.Text.Json;
using IGptMl.Hosting;
using IGptMl.Network;
using IGptMl.Palettes;
using TorchSharp;

namespace IGptMl.Checkpoints;

/// <summary>A model inside a zip: its configuration as json, its palette as npy, its weights as safetensors with their SHA-256 beside them.</summary>
internal static class ModelEntries
{
    internal const string Folder = "ImageGptModel";

    private const string ConfigEntry = "config.json";
    private const string PaletteEntry = "palette.npy";
    private const string WeightsEntry = "model.safetensors";
    private const string DigestEntry = "model.safetensors.sha256";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Stores the model once a zip, and returns its folder.</summary>
    internal static string Write(ComponentWriter writer, ImageGptModel model) => writer.WriteShared(model.Identity, Folder, write =>
    {
        write(ConfigEntry, stream => JsonSerializer.Serialize(stream, model.Config, Json));
        if (model.Palette is { } palette)
        {
            write(PaletteEntry, palette.Write);
        }

        var digest = string.Empty;
        write(WeightsEntry, stream =>
        {
            using var hash = SHA256.Create();
            using (var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
            {
                NetworkSafetensors.Write(model.On(torch.CPU), hashing);
            }

            digest = Convert.ToHexStringLower(hash.Hash!);
        });
        write(DigestEntry, stream => stream.Write(System.Text.Encoding.ASCII.GetBytes(digest)));
    });

    /// <summary>Reads the model of a folder, or takes another handle to it where a component of the same zip has read it already.</summary>
    internal static ImageGptModel Read(ComponentReader reader, string folder) => reader.ReadShared<ImageGptModel>(folder, model => model.TryShare(), Read);

    /// <summary>Reads the model from the entries of its folder.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    internal static ImageGptModel Read(ComponentReader.EntryReader entries)
    {
        TorchRuntime.EnsureLoaded();
        var config = entries.Read(ConfigEntry, ReadConfig);
        entries.TryRead(PaletteEntry, stream => Palette.Read(stream, PaletteEntry), out var palette);
        if (palette is not null && palette.Count != config.Colors)
        {
            throw new InvalidDataException($"The model file is damaged: entry '{PaletteEntry}' has {palette.Count} colours, and the model {config.Colors}.");
        }

        var expected = entries.Read(DigestEntry, stream => new StreamReader(stream).ReadToEnd());
        return new ImageGptModel(entries.Read(WeightsEntry, (stream, length) => ReadWeights(config, stream, length, expected)), palette);
    }

    private static ImageGptConfig ReadConfig(Stream stream)
    {
        var config = ComponentReader.DeserializeJson<ImageGptConfig>(stream);
        var guard = new OptionGuard();
        config.Check(guard);
        try
        {
            guard.ThrowIfAny(ConfigEntry);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException(e.Message, e);
        }

        return config;
    }

    private static ImageGptNetwork ReadWeights(ImageGptConfig config, Stream stream, long length, string expectedDigest)
    {
        // Before memory is taken for what a damaged configuration may ask for.
        if (length < config.ParameterCount * sizeof(float))
        {
            throw new InvalidDataException($"It has {length} bytes, and the {config.ParameterCount} weights of the model of '{ConfigEntry}' need {config.ParameterCount * sizeof(float)}.");
        }

        using var hash = SHA256.Create();
        using var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Read, leaveOpen: true);
        var network = NetworkSafetensors.Read(config, hashing, WeightsEntry);
        hashing.CopyTo(Stream.Null); // the hash ends with the stream
        var digest = Convert.ToHexStringLower(hash.Hash!);
        if (digest == expectedDigest)
        {
            return network;
        }

        network.Dispose();
        throw new InvalidDataException($"Its checksum is {digest}, and should be {expectedDigest}.");
    }
}
