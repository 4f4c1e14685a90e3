using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using IGptMl.Images;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Images;

/// <summary>Eight images, and their tokens from Hugging Face's processor at 32 x 32 with OpenAI's palette.</summary>
internal static class ProcessorReference
{
    public const int Images = 8;
    public const int Side = 32;

    public static string PalettePath => Find("openai-palette/kmeans_centers.npy");

    public static Palette OpenAiPalette => Palette.Load(PalettePath);

    /// <summary>[8, 1024] int64, the only tensor of the safetensors file, after 8 bytes of header length and a JSON header.</summary>
    public static long[][] ReadTokens()
    {
        var bytes = File.ReadAllBytes(Find("processor/expected.safetensors"));
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        var entry = header.RootElement.GetProperty("input_ids");
        Assert.AreEqual("I64", entry.GetProperty("dtype").GetString());
        Assert.AreEqual("[8,1024]", entry.GetProperty("shape").GetRawText());
        var data = MemoryMarshal.Cast<byte, long>(bytes.AsSpan(8 + headerLength)).ToArray();
        return [.. data.Chunk(Side * Side)];
    }

    /// <summary>The RGB bytes and the size of one of the images.</summary>
    public static (byte[] Rgb, int Width, int Height) ReadImage(int index)
    {
        using var image = MLImage.CreateFromFile(Find($"processor/{index}.png"));
        var rgb = new byte[ImagePixels.CountRgb(image)];
        ImagePixels.CopyRgb(image, rgb);
        return (rgb, image.Width, image.Height);
    }

    private static string Find(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);
}
