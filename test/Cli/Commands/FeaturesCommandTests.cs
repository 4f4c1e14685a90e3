using System.Globalization;
using IGptMl.Formats;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class FeaturesCommandTests
{
    [TestMethod]
    public void Features_Npy_HoldsWhatTheTransformGives()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("f.npy");
        var json = CommandLine.Run(
            "features", "--model", TinyModel.ZipPath, "--data", "shapes:40", "--limit", "37", "--layers", "1,0", "--out", path, "--json").Json();
        Assert.AreEqual(37, json.GetProperty("images").GetInt32());
        Assert.AreEqual(16, json.GetProperty("features").GetInt32());
        var array = NpyFormat.Read(path);
        Assert.AreEqual(NpyType.Float32, array.Header.Type);
        Assert.AreEqual("(37, 16)", array.Header.ShapeText);

        var context = new MLContext();
        using var model = ImageGptModel.Load(TinyModel.ZipPath);
        var images = context.Data.LoadShapes(37);
        var pipeline = context.Transforms.QuantizeToPalette("Tokens", "Image", model.Palette!, 4)
            .Append(context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1, 0));
        var expected = pipeline.Fit(images).Transform(images).GetColumn<float[]>("Features").SelectMany(row => row).ToArray();
        CollectionAssert.AreEqual(expected, array.Values<float>().ToArray());
    }

    [TestMethod]
    public void Features_EveryForm_HoldsTheSameRows()
    {
        using var folder = new TemporaryFolder();
        string FileOf(string ending) => folder.Combine($"features.{ending}");
        folder.WriteImage("images/cats, small/1.png", 6, 4, (200, 30, 90));
        folder.WriteImage("images/dogs/2.png", 4, 4, (20, 130, 90));
        foreach (var ending in (string[])["npy", "csv", "idv"])
        {
            var run = CommandLine.Run("features", "--model", TinyModel.ZipPath, "--data", folder.Combine("images"), "--layers", "1", "--out", FileOf(ending));
            Assert.AreEqual(0, run.Code, run.Error);
        }

        var values = NpyFormat.Read(FileOf("npy")).Values<float>().ToArray();
        Assert.HasCount(16, values);

        var lines = File.ReadAllLines(FileOf("csv"));
        Assert.HasCount(3, lines);
        Assert.AreEqual("file,label,Layer1.0,Layer1.1,Layer1.2,Layer1.3,Layer1.4,Layer1.5,Layer1.6,Layer1.7", lines[0]);
        StringAssert.StartsWith(lines[1], "\"cats, small/1.png\",\"cats, small\",");
        StringAssert.StartsWith(lines[2], "dogs/2.png,dogs,");
        CollectionAssert.AreEqual(values[8..], lines[2].Split(',')[2..].Select(text => float.Parse(text, CultureInfo.InvariantCulture)).ToArray());

        var view = new MLContext().Data.LoadFromBinary(FileOf("idv"));
        CollectionAssert.AreEquivalent(new[] { "Name", "Label", "Features" }, view.Schema.Select(column => column.Name).ToArray());
        CollectionAssert.AreEqual(values, view.GetColumn<float[]>("Features").SelectMany(row => row).ToArray());
        VBuffer<ReadOnlyMemory<char>> classes = default;
        view.Schema["Label"].GetKeyValues(ref classes);
        Assert.AreEqual("dogs", classes.GetItemOrDefault(1).ToString());
    }

    [TestMethod]
    public void Features_LayerThatIsNotThere_IsWrongUsage()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("features", "--model", TinyModel.ZipPath, "--data", "shapes:3", "--layers", "2", "--out", folder.Combine("f.npy"))
            .AssertFails(2, "the layers 0 to 1");
        Assert.HasCount(0, Directory.GetFileSystemEntries(folder.Path));
    }
}
