using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using SkiaSharp;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class CompleteCommandTests
{
    private static readonly string[] Model = ["complete", "--model", TestData.PathOf("tiny"), "--data", TestData.PathOf("tiny", "images")];

    [TestMethod]
    public void Complete_Images_KeepsTheUpperHalfOfEach()
    {
        using var folder = new TemporaryFolder();
        var json = CommandLine.Run([.. Model, "--completions", "2", "--scale", "1", "--out", folder.Path, "--json"]).Json();
        Assert.AreEqual(32, json.GetProperty("kept_pixels").GetInt32());
        var images = json.GetProperty("images").EnumerateArray().ToList();
        Assert.HasCount(3, images);
        using var grid = SKBitmap.Decode(json.GetProperty("grid").GetString());
        Assert.AreEqual((4 * 12) + 4, grid.Width, "Kept, two completions, original");
        foreach (var image in images)
        {
            var name = image.GetProperty("image").GetString()!;
            using var original = SKBitmap.Decode(Directory.GetFiles(TestData.PathOf("tiny", "images"), name, SearchOption.AllDirectories).Single());
            var files = image.GetProperty("completions").EnumerateArray().Select(file => file.GetString()).ToList();
            Assert.HasCount(2, files);
            foreach (var file in files)
            {
                using var completed = SKBitmap.Decode(file);
                CollectionAssert.AreEqual(original.Pixels[..32], completed.Pixels[..32]);
                CollectionAssert.AreNotEqual(original.Pixels[32..], completed.Pixels[32..]);
            }
        }
    }

    [TestMethod]
    public void Complete_GreedySecondHalf_IsTheReferences()
    {
        using var folder = new TemporaryFolder();
        using var reference = new IGptMl.Tests.Network.ReferenceModel("tiny");
        using var model = ImageGptModel.Load(TestData.PathOf("tiny"));
        var json = CommandLine.Run([.. Model, "--temperature", "0", "--completions", "1", "--out", folder.Path, "--json"]).Json();
        var expected = reference.Integers("greedy_second_half");
        var row = 0;
        foreach (var image in json.GetProperty("images").EnumerateArray())
        {
            using var completed = SKBitmap.Decode(image.GetProperty("completions")[0].GetString());
            var colors = completed.Pixels[32..].Select(pixel => (pixel.Red, pixel.Green, pixel.Blue)).ToArray();
            CollectionAssert.AreEqual(expected[(32 * row)..(32 * (row + 1))].Select(token => model.Palette!.GetColor((int)token)).ToArray(), colors);
            row++;
        }

        Assert.AreEqual(3, row);
    }

    [TestMethod]
    public void Complete_AtTheInputsSize_WritesThatSize()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("complete", "--model", TestData.PathOf("tiny"), "--data", TestData.PathOf("processor"), "--limit", "2", "--keep-rectangle",
            "0,0,4,8", "--input-size", "--completions", "1", "--out", folder.Path, "--json");
        var images = run.Json().GetProperty("images").EnumerateArray().ToList();
        Assert.HasCount(2, images);
        foreach (var image in images)
        {
            var name = image.GetProperty("image").GetString()!;
            using var original = SKBitmap.Decode(Directory.GetFiles(TestData.PathOf("processor"), name, SearchOption.AllDirectories).Single());
            using var completed = SKBitmap.Decode(image.GetProperty("completions")[0].GetString());
            Assert.AreEqual((original.Width, original.Height), (completed.Width, completed.Height));
        }
    }

    [TestMethod]
    [DataRow("--keep-rows 9", "KeptRegion is the first 9 rows; expected 0 to 8 rows, the height of the model's images.")]
    [DataRow("--keep-row-numbers 0,8", "KeptRegion is rows 0, 8; expected rows from 0 to 7, those of the model's images.")]
    [DataRow("--keep-rectangle 4,4,8,2", "KeptRegion is a rectangle of 8x2 pixels at (4, 4); expected one inside the model's images of 8x8 pixels.")]
    [DataRow("--keep-rectangle 4,4,0,2", "width ('0') must be a non-negative and non-zero value.")]
    [DataRow("--keep-rectangle 4,4,8", "--keep-rectangle is '4,4,8'; expected X,Y,W,H, whole numbers separated by commas.")]
    [DataRow("--keep-rows 2 --keep-row-numbers 1", "Use at most one of --keep-rows, --keep-row-numbers and --keep-rectangle.")]
    [DataRow("--completions 2 --seeds 1,2,3", "Seeds is a list of 3; expected 2, as Completions says.")]
    [DataRow("--top-k 100", "TopK is 100; expected 1 to 16, the model's number of colors.")]
    public void Complete_WrongUsage_IsTold(string arguments, string message)
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run([.. Model, "--out", folder.Path, .. arguments.Split(' ')]);
        Assert.AreEqual(2, run.Code);
        StringAssert.Contains(run.Error, message);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }
}
