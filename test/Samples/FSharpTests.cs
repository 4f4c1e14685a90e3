using IGptMl.Samples.FSharp;
using IGptMl.Tests.Data;
using FSharpProgram = IGptMl.Samples.FSharp.Program;

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
        Assert.IsGreaterThan(0.11, accuracy); // of twelve classes, so guesses reach 0.083
        Assert.IsTrue(File.Exists(folder.Combine("shapes.zip")));
    }

    [TestMethod]
    public void WrongInput_ShowsUsage()
    {
        var (code, _, error) = SamplePhotos.Run(() => FSharpProgram.main(["many", "shapes.zip"]));
        Assert.AreEqual(2, code);
        Assert.Contains("usage:", error);
    }
}
