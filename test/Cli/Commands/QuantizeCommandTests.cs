using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using IGptMl.Tests.Images;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class QuantizeCommandTests
{
    [TestMethod]
    public void Quantize_ReferenceImages_GivesTheReferencesTokens()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("t.npy");
        var json = CommandLine.Run("quantize", "--data", TestData.PathOf("processor"), "--palette", ProcessorReference.PalettePath, "--image-size", "32",
            "--out", path, "--json").Json();
        Assert.AreEqual((8, 1024, 512), (json.GetProperty("images").GetInt32(), json.GetProperty("tokens").GetInt32(), json.GetProperty("colors").GetInt32()));
        var array = NpyFormat.Read(path);
        Assert.AreEqual((NpyType.UInt16, "(8, 1024)"), (array.Header.Type, array.Header.ShapeText));
        var expected = ProcessorReference.ReadTokens().SelectMany(row => row).ToArray();
        CollectionAssert.AreEqual(expected, Array.ConvertAll(array.Values<ushort>().ToArray(), token => (long)token));
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFileSystemEntries(folder.Path), "Nothing else is left.");
    }

    [TestMethod]
    public void Quantize_Crop_LeavesTheSidesOut()
    {
        using var folder = new TemporaryFolder();
        Stripes(folder);
        ushort[] Run(string crop)
        {
            var path = folder.Combine("t.npy");
            var run = CommandLine.Run("quantize", "--data", folder.Combine("images"), "--palette", ProcessorReference.PalettePath, "--image-size", "6",
                "--crop", crop, "--out", path);
            Assert.AreEqual(0, run.Code, run.Error);
            return NpyFormat.Read(path).Values<ushort>().ToArray();
        }

        Assert.HasCount(1, Run("center").Distinct().ToArray(), "The middle third alone");
        Assert.IsGreaterThan(1, Run("squash").Distinct().Count());
        Assert.HasCount(36, Run("random"));
    }

    [TestMethod]
    public void Quantize_Model_TakesWhatItExpects()
    {
        using var folder = new TemporaryFolder();
        Stripes(folder);
        var zip = folder.Combine("model.zip");
        var imported = CommandLine.Run("import", TestData.PathOf("tiny"), "--crop", "center", "--out", zip, "--json").Json();
        Assert.AreEqual("CenterCrop", imported.GetProperty("cropping").GetString());
        ushort[] Run(string model, string crop)
        {
            string[] more = crop.Length == 0 ? [] : ["--crop", crop];
            var json = CommandLine.Run(["quantize", "--data", folder.Combine("images"), "--model", model, "--out", folder.Combine("t.npy"), "--json",
                .. more]).Json();
            Assert.AreEqual((8, 16), (json.GetProperty("image_size").GetInt32(), json.GetProperty("colors").GetInt32()));
            return NpyFormat.Read(folder.Combine("t.npy")).Values<ushort>().ToArray();
        }

        var (center, squash) = (Run(zip, string.Empty), Run(TestData.PathOf("tiny"), string.Empty));
        CollectionAssert.AreNotEqual(center, squash);
        CollectionAssert.AreEqual(center, Run(TestData.PathOf("tiny"), "center"));
        CollectionAssert.AreEqual(squash, Run(zip, "squash"));
    }

    [TestMethod]
    public void Crop_OfACommandThatRunsAModel_IsTakenInPlaceOfTheModels()
    {
        using var folder = new TemporaryFolder();
        Stripes(folder);
        double Nats(params string[] more) => CommandLine.Run(["evaluate", "--model", TestData.PathOf("tiny"), "--data", folder.Combine("images"), "--json",
            .. more]).Json().GetProperty("mean_nats_per_token").GetDouble();

        Assert.AreEqual(Nats("--crop", "squash"), Nats());
        Assert.AreNotEqual(Nats("--crop", "center"), Nats());
        CommandLine.Run("evaluate", "--model", TestData.PathOf("tiny"), "--data", "shapes:3", "--crop", "random")
            .AssertFails(2, "--crop is 'random'; expected squash or center.");
    }

    [TestMethod]
    public void Quantize_WrongUsage_IsTold()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("t.npy");
        CommandLine.Run("quantize", "--data", "shapes:3", "--out", path).AssertFails(2, "--palette or --model");
        CommandLine.Run("quantize", "--data", "shapes:3", "--model", TinyModel.ZipPath, "--image-size", "8", "--out", path).AssertFails(2,
            "a model has an image size of its own");
        CommandLine.Run("quantize", "--data", "shapes:3", "--palette", ProcessorReference.PalettePath, "--crop", "middle", "--out", path).AssertFails(2,
            "--crop is 'middle'; expected squash or center or random.");
        CommandLine.Run("quantize", "--data", "shapes:3", "--palette", folder.Combine("gone.npy"), "--out", path).AssertFails(1, "gone.npy");
        CommandLine.Run("quantize", "--data", "shapes:3", "--model", TestData.PathOf("tiny-tf", "model.ckpt-1000"), "--out", path)
            .AssertFails(1, "Use --palette to give one.");
        Assert.HasCount(0, Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>A picture of three stripes, red, blue, red.</summary>
    private static void Stripes(TemporaryFolder folder)
    {
        var rgba = new byte[90 * 30 * 4];
        for (var i = 0; i < rgba.Length; i += 4)
        {
            var isMiddle = i / 4 % 90 / 30 == 1;
            (rgba[i], rgba[i + 2], rgba[i + 3]) = (isMiddle ? (byte)0 : (byte)255, isMiddle ? (byte)255 : (byte)0, 255);
        }

        var path = folder.Write("images/stripes.png", []);
        using var image = Microsoft.ML.Data.MLImage.CreateFromPixels(90, 30, Microsoft.ML.Data.MLPixelFormat.Rgba32, rgba);
        image.Save(path);
    }
}
