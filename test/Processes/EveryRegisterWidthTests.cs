using System.Runtime.Intrinsics;

namespace IGptMl.Tests.Processes;

/// <summary>Runs every test of <see cref="EveryRegisterWidthAttribute"/> again, with narrower registers than this machine's.</summary>
[TestClass]
public sealed class EveryRegisterWidthTests
{
    [TestMethod]
    public void Tests_WithRegistersOf256Bits_Pass()
    {
        RequireMoreThan(256, Vector512.IsHardwareAccelerated);
        AssertPass(NarrowRegisterTests.No512Bits);
    }

    [TestMethod]
    public void Tests_WithRegistersOf128Bits_Pass()
    {
        RequireMoreThan(128, Vector256.IsHardwareAccelerated);
        AssertPass(NarrowRegisterTests.No256Bits);
    }

    private static void AssertPass(string variable)
    {
        var run = TestProcess.Run(EveryRegisterWidthAttribute.Category, variable, NarrowRegisterTests.Off);
        Assert.IsEmpty(run.Failures, $"With {variable}={NarrowRegisterTests.Off}:\n{string.Join("\n\n", run.Failures)}");
        var check = $"{typeof(NarrowRegisterTests).FullName}.{nameof(NarrowRegisterTests.Registers_SwitchedOff_AreNotThere)}";
        Assert.Contains(check, run.Passed, "The process says that it had narrower registers.");
    }

    private static void RequireMoreThan(int bits, bool isWider)
    {
        if (!isWider)
        {
            Assert.Inconclusive($"No register of this machine has more than {bits} bits, so this run is already one with narrow registers.");
        }
    }
}
