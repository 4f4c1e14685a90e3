using IGptMl.Samples.Outliers;
using IGptMl.Tests.Data;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Samples;

/// <summary>The sample that finds outliers.</summary>
[TestClass]
public sealed class OutliersTests
{
    [TestMethod]
    public void Run_FromAFreshFolder_FindsThePictureThatIsUnlikeTheOthers()
    {
        using var folder = new TemporaryFolder();
        WriteDark(folder, "normal", 40);
        WriteDark(folder, "candidates", 3);
        SamplePhotos.WriteNoise(folder.Write("candidates/strange.png", []), 160, 99); // bright, where all others are dark
        var png = folder.Combine("outliers.png");
        var (code, output, error) = SamplePhotos.Run(() => OutliersProgram.Run([folder.Combine("normal"), folder.Combine("candidates"), png], steps: 40));
        Assert.AreEqual(0, code, error);
        var lines = output.Split('\n').Where(line => line.Contains(".png: ", StringComparison.Ordinal)).ToArray();
        Assert.HasCount(4, lines);
        Assert.Contains("strange.png", lines[0]);
        Assert.Contains("OUTLIER", lines[0]);
        using var picture = MLImage.CreateFromFile(png);
        Assert.IsGreaterThan(100, picture.Width);
    }

    [TestMethod]
    public void WrongInput_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        WriteDark(folder, "few", 8);
        var (few, png) = (folder.Combine("few"), folder.Combine("outliers.png"));
        SamplePhotos.AssertRefuses("8 pictures; expected 20", () => OutliersProgram.Run([few, few, png]));
        SamplePhotos.AssertRefuses("nowhere", () => OutliersProgram.Run(["nowhere", few, png]));
        Assert.AreEqual(2, SamplePhotos.Run(() => OutliersProgram.Run([few])).Code);
    }

    private static void WriteDark(TemporaryFolder folder, string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            SamplePhotos.WriteNoise(folder.Write($"{name}/{i}.png", []), 0, i + (1000 * name.Length));
        }
    }
}
