using IGptMl.Formats;
using IGptMl.Tests.Formats;

namespace IGptMl.Tests.Cli.Commands;

/// <summary>The likelihoods that another implementation computed for the images of the reference folders.</summary>
internal static class ReferenceEvaluation
{
    public const double Tolerance = 1e-5;

    /// <summary>Runs igpt evaluate on the images, and checks the reported values.</summary>
    public static void AssertEvaluates(string name, params string[] model)
    {
        var json = CommandLine.Run(["evaluate", "--data", TestData.PathOf(name, "images"), "--json", .. model]).Json();
        var images = json.GetProperty("images").EnumerateArray().ToArray();
        CollectionAssert.AreEqual(new[] { "0.png", "1.png", "2.png" }, images.Select(image => image.GetProperty("file").GetString()).ToArray());
        AssertNats(name, images.Select(image => image.GetProperty("nats_per_token").GetDouble()));
    }

    public static void AssertNats(string name, IEnumerable<double> nats)
    {
        var actual = nats.ToArray();
        var expected = Values(name, "nll_per_image");
        Assert.HasCount(expected.Length, actual);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], Tolerance * expected[i], $"image {i}");
        }
    }

    public static float[] Values(string name, string tensor)
    {
        using var reader = SafetensorsReader.OpenFile(TestData.PathOf(name, "reference.safetensors"));
        return SafetensorsReaderTests.Floats(reader, tensor);
    }
}
