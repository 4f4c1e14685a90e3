using IGptMl.Samples.FSharp;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Samples;

/// <summary>The sample in F#.</summary>
[TestClass]
public sealed class FSharpTests
{
    [TestMethod]
    public void Run_PretrainsAndClassifies()
    {
        using var folder = new TemporaryFolder();
        var (nats, accuracy) = Shapes.run(60, folder.Combine("shapes.zip"));
        Assert.IsLessThan(Math.Log(64), nats); // better than all colors being equally likely
        Assert.IsGreaterThan(2.0 / 12, accuracy); // twelve classes
        Assert.IsTrue(File.Exists(folder.Combine("shapes.zip")));
    }

    [TestMethod]
    public void WrongInput_ShowsUsage()
    {
        var (code, _, error) = SamplePhotos.Run(() => Program.main(["many", "shapes.zip"]));
        Assert.AreEqual(2, code);
        Assert.Contains("usage:", error);
    }
}
