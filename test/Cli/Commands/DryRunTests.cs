namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class DryRunTests
{
    [TestMethod]
    public void DryRun_NeedsNoImages_AndPrintsThePlan()
    {
        var json = CommandLine.Run("pretrain", "--dry-run", "--preset", "large", "--precision", "bf16", "--gpu-memory", "80", "--json").Json();

        var plan = json.GetProperty("plan");
        Assert.AreEqual(8, plan.GetProperty("accumulation_steps").GetInt32());
        Assert.AreEqual(80_000_000_000, plan.GetProperty("available").GetInt64());
        Assert.IsTrue(plan.GetProperty("fits").GetBoolean());
    }

    [TestMethod]
    public void DryRun_Text_NamesTheOptions()
    {
        var run = CommandLine.Run("pretrain", "--dry-run", "--preset", "small", "--gpu-memory", "24");

        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "--batch-size 128 --accumulate 8");
    }

    [TestMethod]
    public void DryRun_ThatDoesNotFit_Fails()
    {
        var run = CommandLine.Run("pretrain", "--dry-run", "--preset", "xl", "--gpu-memory", "24");

        Assert.AreEqual(1, run.Code);
        StringAssert.Contains(run.Output, "it does not fit");
    }

    [TestMethod]
    [DataRow("--gpu-memory is '0'; expected a number, 0.1 to 100000.", "--dry-run", "--gpu-memory", "0")]
    [DataRow("--gpu-memory is for --dry-run.", "--data", "shapes:4", "--out", "x.zip", "--gpu-memory", "8")]
    [DataRow("Option '--data' is required. Option '--out' is required.")]
    public void Pretrain_WrongUse_SaysWhatIsExpected(string message, params string[] arguments)
        => CommandLine.Run(["pretrain", .. arguments]).AssertFails(2, message);
}
