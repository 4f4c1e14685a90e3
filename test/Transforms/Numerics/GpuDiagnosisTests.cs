using IGptMl.Numerics;

namespace IGptMl.Tests.Numerics;

[TestClass]
public sealed class GpuDiagnosisTests
{
    [TestMethod]
    [DataRow(false, null, 0, "this application has the native library for CPUs only. Reference the package TorchSharp-cuda-linux")]
    [DataRow(true, null, 0, "no NVIDIA driver is installed")]
    [DataRow(true, 11_040, 0, "the NVIDIA driver is too old: it supports CUDA 11.4, and the native library needs 12.0 or newer")]
    [DataRow(true, 12_080, 0, "CUDA finds no GPU")]
    [DataRow(true, 0, 0, "CUDA finds no GPU")]
    [DataRow(true, 12_080, 1, "there is one GPU, number 0, and 3 is another")]
    [DataRow(true, 12_080, 2, "there are 2 GPUs, numbered from 0, and 3 is not one of them")]
    public void Explain_EveryCause_IsToldApart(bool hasLibrary, int? driver, int devices, string expected)
        => StringAssert.StartsWith(GpuDiagnosis.Explain(3, hasLibrary, driver, devices), expected);

    [TestMethod]
    public void HasCuda_OfTheseTests_IsThatOfTheirBackend()
        => Assert.AreEqual(
            Directory.GetFiles(AppContext.BaseDirectory, "*torch_cuda*", SearchOption.AllDirectories).Length > 0, TorchRuntime.HasCuda);
}
