using IGptMl.Tests.Data;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Samples;

/// <summary>Pictures that are easy to distinguish, and a sample's console.</summary>
internal static class SamplePhotos
{
    private const int Side = 20;

    /// <summary>Writes bright pictures (class "day") and dark ones ("night"), of random colors.</summary>
    internal static string Write(TemporaryFolder folder, string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            WriteNoise(folder.Write($"{name}/day/{i}.png", []), 160, i + (1000 * name.Length));
            WriteNoise(folder.Write($"{name}/night/{i}.png", []), 0, 500 + i + (1000 * name.Length));
        }

        return folder.Combine(name);
    }

    /// <summary>Writes a picture whose channels are random numbers from a least one to 90 more.</summary>
    internal static void WriteNoise(string path, int least, int seed)
    {
        var random = new Random(seed);
        byte[] rgba = [.. Enumerable.Range(0, Side * Side * 4).Select(i => (byte)(i % 4 == 3 ? 255 : least + random.Next(90)))];
        using var image = MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Rgba32, rgba);
        image.Save(path);
    }

    /// <summary>Runs a sample, and gives what it wrote.</summary>
    internal static (int Code, string Output, string Error) Run(Func<int> program)
    {
        var (output, error) = (Console.Out, Console.Error);
        using StringWriter newOutput = new(), newError = new();
        Console.SetOut(TextWriter.Synchronized(newOutput));
        Console.SetError(TextWriter.Synchronized(newError));
        try
        {
            var code = program();
            return (code, newOutput.ToString(), newError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    /// <summary>Asserts that the program ended with one line of error that contains a text.</summary>
    internal static void AssertRefuses(string expected, Func<int> program)
    {
        var (code, _, error) = Run(program);
        Assert.AreEqual(1, code);
        Assert.StartsWith("error: ", error);
        Assert.Contains(expected, error);
        Assert.HasCount(1, error.TrimEnd().Split('\n'));
    }
}
