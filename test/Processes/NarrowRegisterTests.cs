using System.Runtime.Intrinsics;

namespace IGptMl.Tests.Processes;

/// <summary>Checks that the runtime's switches limit the register width, as <see cref="EveryRegisterWidthTests"/> assumes.</summary>
[TestClass]
[EveryRegisterWidth]
public sealed class NarrowRegisterTests
{
    public const string No512Bits = "DOTNET_EnableAVX512";
    public const string No256Bits = "DOTNET_EnableAVX2";
    public const string Off = "0";

    [TestMethod]
    public void Registers_SwitchedOff_AreNotThere()
    {
        Assert.IsFalse(Vector256.IsHardwareAccelerated && IsOff(No256Bits));
        Assert.IsFalse(Vector512.IsHardwareAccelerated && (IsOff(No512Bits) || IsOff(No256Bits)));

        static bool IsOff(string variable) => Environment.GetEnvironmentVariable(variable) == Off;
    }
}
