using System.Runtime.Intrinsics;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class DoctorCommandTests
{
    [TestMethod]
    public void Doctor_Json_HasWhatThisMachineHas()
    {
        var json = CommandLine.Run("doctor", "--json").Json();
        Assert.IsTrue(json.GetProperty("works").GetBoolean());
        var checks = json.GetProperty("checks").EnumerateArray()
            .ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("value").GetString()!);
        StringAssert.Contains(checks["native library"], "LibTorchSharp");
        StringAssert.Contains(checks["native library"], "torch_cpu");
        StringAssert.StartsWith(checks["registers"], Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : "fewer");
        StringAssert.StartsWith(checks["threads"], $"{TorchSharp.torch.get_num_threads()} of {Environment.ProcessorCount} processors");
        StringAssert.Contains(checks["version"], "ML.NET 5.0");
    }

    [TestMethod]
    public void Doctor_Text_SaysWhatToDo()
    {
        var run = CommandLine.Run("doctor");
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "runtime");
        StringAssert.Contains(run.Output, "GPU");
        if (!TorchSharp.torch.cuda_is_available())
        {
            StringAssert.Contains(run.Output, "→ ");
        }
    }
}
