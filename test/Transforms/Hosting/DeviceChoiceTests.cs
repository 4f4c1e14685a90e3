using IGptMl.Hosting;
using IGptMl.Tests.Contracts;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Tests.Hosting;

/// <summary>The choice of a device on a machine without a GPU.</summary>
[TestClass]
public sealed class DeviceChoiceTests
{
    private const string NoGpu = "GPU 0 was requested, but this application has the native library for CPUs only. Reference the package TorchSharp-cuda-linux "
        + "or TorchSharp-cuda-windows in place of TorchSharp-cpu; in this repository, build with -p:TorchBackend=cuda. Or set FallbackToCpu to run on the CPU "
        + "instead.";

    [TestMethod]
    public void Resolve_NothingAskedFor_IsTheCpu() => Assert.AreEqual(DeviceType.CPU, DeviceChoice.Resolve(new MLContext(), null, null).type);

    [TestMethod]
    public void Resolve_GpuMissing_IsRefused()
    {
        SkipWithGpu();
        AssertNoGpu(() => DeviceChoice.Resolve(new MLContext(), 0, null));
        AssertNoGpu(() => DeviceChoice.Resolve(new MLContext { GpuDeviceId = 0 }, null, null));
        AssertNoGpu(() => DeviceChoice.Resolve(new MLContext { GpuDeviceId = 0, FallbackToCpu = true }, null, false));
    }

    [TestMethod]
    public void Resolve_GpuMissingAndFallback_IsTheCpu()
    {
        SkipWithGpu();
        Assert.AreEqual(DeviceType.CPU, DeviceChoice.Resolve(new MLContext(), 0, true).type);
        Assert.AreEqual(DeviceType.CPU, DeviceChoice.Resolve(new MLContext { GpuDeviceId = 0, FallbackToCpu = true }, null, null).type);
        Assert.AreEqual(DeviceType.CPU, DeviceChoice.Resolve(new MLContext { FallbackToCpu = true }, -1, null).type);
    }

    [TestMethod]
    public void GetDeviceName_Context_TellsWhereItsNetworksRun()
    {
        SkipWithGpu();
        Assert.AreEqual("cpu", new MLContext().GetDeviceName());
        Assert.AreEqual("cpu", new MLContext { GpuDeviceId = 0, FallbackToCpu = true }.GetDeviceName());
        Assert.AreEqual(NoGpu, Assert.ThrowsExactly<InvalidOperationException>(() => new MLContext { GpuDeviceId = 0 }.GetDeviceName()).Message);
    }

    [TestMethod]
    public void Features_GpuOfTheContextMissing_AreRefusedWhenTheyAreComputed()
    {
        SkipWithGpu();
        using var model = TinyImageGpt.CreateModel();
        var data = TokenRows.Create();
        using var transformer = new MLContext { GpuDeviceId = 0 }.Transforms.ExtractImageGptFeatures("Features", "Tokens", model).Fit(data);
        var view = transformer.Transform(data);
        Assert.AreEqual(NoGpu, Assert.ThrowsExactly<InvalidOperationException>(() => RowValues.Read(view, ["Features"])).Message);
    }

    [TestMethod]
    public void Features_GpuMissingAndFallback_AreThoseOfTheCpu()
    {
        SkipWithGpu();
        using var model = TinyImageGpt.CreateModel();
        var data = TokenRows.Create();
        using var expected = new MLContext().Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1).Fit(data);
        var options = new ImageGptFeatureExtractingEstimator.Options
        {
            Columns = [new ImageGptFeatureColumn("Features", 1)], GpuDeviceId = 0, FallbackToCpu = true,
        };
        using var actual = new MLContext().Transforms.ExtractImageGptFeatures(model, options).Fit(data);
        RowValues.AssertSame(RowValues.Read(expected.Transform(data), ["Features"]), RowValues.Read(actual.Transform(data), ["Features"]));
    }

    [TestMethod]
    public void Fit_GpuMissing_IsRefusedBeforeAnyRowIsRead()
    {
        SkipWithGpu();
        var data = TokenRows.Create();
        var trainer = new MLContext { GpuDeviceId = 0 }.ImageGeneration.Trainers.ImageGpt("Tokens", new() { Model = TinyImageGpt.Config, Steps = 1 });
        AssertNoGpu(() => trainer.Fit(data));
        Assert.AreEqual(0, data.OpenedCursors);
    }

    private static void AssertNoGpu(Action action) => Assert.AreEqual(NoGpu, Assert.ThrowsExactly<InvalidOperationException>(action).Message);

    private static void SkipWithGpu()
    {
        if (torch.cuda.is_available())
        {
            Assert.Inconclusive("This machine has a GPU.");
        }
    }
}
