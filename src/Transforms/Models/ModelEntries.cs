using System.Text.Json;
using IGptMl.Formats;
using IGptMl.Network;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Models;

/// <summary>
/// The entries of a model in a zip: its configuration as JSON, its palette as npy, its cropping and its origin as JSON, its weights as safetensors, and the
/// checksums of all of them.
/// </summary>
internal static class ModelEntries
{
    internal const string Folder = "ImageGptModel";

    private const string ConfigEntry = "config.json";
    private const string PaletteEntry = "palette.npy";
    private const string PreprocessingEntry = "preprocessing.json";
    private const string OriginEntry = "origin.json";
    private const string WeightsEntry = "model.safetensors";
    private const int MostTextBytes = 1 << 16;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, TypeInfoResolver = JsonReflection.Resolver };

    /// <summary>Writes the model once per zip, and returns its folder.</summary>
    /// <param name="writeShared">
    /// Writes the entries of a value, unless the zip already has them. Its arguments are the value, the prefix of its folder, and a function that writes the
    /// entries.
    /// </param>
    /// <param name="model">The model.</param>
    internal static string Write(Func<object, string, Action<EntryWriter>, string> writeShared, ImageGptModel model)
        => writeShared(model.Identity, Folder, write => Write(write, model));

    /// <summary>Writes the entries of the model's folder.</summary>
    internal static void Write(EntryWriter write, ImageGptModel model)
    {
        var sums = new Checksums();
        Add(ConfigEntry, stream => JsonReflection.Write(stream, model.Config, Json));
        if (model.Palette is { } palette)
        {
            Add(PaletteEntry, palette.Write);
        }

        Add(PreprocessingEntry, stream => JsonReflection.Write(stream, new Preprocessing(model.Cropping), Json));
        if (model.Origin.Count > 0)
        {
            Add(OriginEntry, stream => JsonReflection.Write(stream, model.Origin, Json));
        }

        using var lease = model.Lease(torch.CPU);
        Add(WeightsEntry, stream => NetworkSafetensors.Write(lease.Network, stream));
        write(Checksums.EntryName, sums.WriteList);

        void Add(string name, Action<Stream> body) => write(name, stream => sums.Write(name, stream, body));
    }

    /// <summary>Reads the model of a folder, or creates another handle to it if a component of the same zip has already read it.</summary>
    /// <param name="readShared">
    /// Reads the value of a folder. Its arguments are the folder, a function that shares a value that was read before, and a function that reads the value from
    /// its entries.
    /// </param>
    /// <param name="folder">The folder.</param>
    internal static ImageGptModel Read(
        Func<string, Func<ImageGptModel, ImageGptModel?>, Func<EntryReader, ImageGptModel>, ImageGptModel> readShared,
        string folder)
        => readShared(folder, model => model.TryShare(), Read);

    /// <summary>Reads the model from the entries of its folder.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    internal static ImageGptModel Read(EntryReader entries)
    {
        TorchRuntime.EnsureLoaded();
        var sums = entries.Read(Checksums.EntryName, (stream, length) => Checksums.ReadList(Small(stream, length)));
        var config = entries.Read(ConfigEntry, (stream, length) => sums.Read(ConfigEntry, Small(stream, length), ReadConfig));
        var palette = sums.Contains(PaletteEntry)
            ? entries.Read(PaletteEntry, stream => sums.Read(PaletteEntry, stream, content => ReadPalette(config, content)))
            : null;
        var cropping = sums.Contains(PreprocessingEntry)
            ? entries.Read(PreprocessingEntry, (stream, length) => sums.Read(PreprocessingEntry, Small(stream, length), ReadCropping))
            : ImageCropping.Squash;
        var origin = sums.Contains(OriginEntry)
            ? entries.Read(OriginEntry, (stream, length) => sums.Read(OriginEntry, Small(stream, length), StrictJson.Read<Dictionary<string, string>>))
            : null;
        var network = entries.Read(WeightsEntry, (stream, length) => sums.Read(WeightsEntry, stream, content => ReadWeights(config, content, length)));
        return new ImageGptModel(network, palette, cropping, origin);
    }

    /// <summary>Checks that an entry is small enough to be read as a whole, as a few lines of text are.</summary>
    private static Stream Small(Stream stream, long length)
        => length <= MostTextBytes ? stream : throw new InvalidDataException($"It has {length} bytes; expected at most {MostTextBytes}.");

    private static ImageCropping ReadCropping(Stream stream)
    {
        var cropping = StrictJson.Read<Preprocessing>(stream).Cropping;
        return cropping is ImageCropping.Squash or ImageCropping.CenterCrop
            ? cropping
            : throw new InvalidDataException($"The cropping is {cropping}; expected Squash or CenterCrop.");
    }

    private static Palette ReadPalette(ImageGptConfig config, Stream stream)
    {
        var palette = Palette.Read(stream, PaletteEntry);
        return palette.Count == config.Colors
            ? palette
            : throw new InvalidDataException($"It has {palette.Count} colors; the model of '{ConfigEntry}' has {config.Colors}.");
    }

    private static ImageGptConfig ReadConfig(Stream stream)
    {
        var config = StrictJson.Read<ImageGptConfig>(stream);
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

    private static ImageGptNetwork ReadWeights(ImageGptConfig config, Stream stream, long length)
    {
        // Checked before allocating what a damaged configuration may request.
        var count = config.ParameterCount - ((long)config.Colors * config.EmbeddingSize); // without the head, which may be missing
        if (length < count * sizeof(float))
        {
            var expected = count * sizeof(float);
            throw new InvalidDataException($"It has {length} bytes; the {count} weights of the model of '{ConfigEntry}' need {expected}.");
        }

        return NetworkSafetensors.Read(config, stream, WeightsEntry);
    }

    private sealed record Preprocessing(ImageCropping Cropping);
}
