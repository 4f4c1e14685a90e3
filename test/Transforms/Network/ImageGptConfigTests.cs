using IGptMl.Network;
using IGptMl.Numerics;
using IGptMl.Tests.Contracts;

namespace IGptMl.Tests.Network;

[TestClass]
public sealed class ImageGptConfigTests
{
    /// <summary>The counts quoted by the paper hold for 1024 positions; the others follow from the formula.</summary>
    public static IEnumerable<(ImageGptConfig Config, long Count)> Counts =>
    [
        (ImageGptConfig.Small, 76_571_648),
        (ImageGptConfig.Medium, 455_157_760),
        (ImageGptConfig.Large, 1_362_250_752),
        (ImageGptConfig.Large with { ImageSize = 48 }, 1_364_216_832),
        (ImageGptConfig.ExtraLarge with { ImageSize = 32 }, 6_801_438_720),
        (ImageGptConfig.ExtraLarge, 6_810_875_904),
        (ImageGptConfig.Tiny, 377_728),
        (ImageGptConfig.Mini, 1_739_008),
        (ImageGptConfig.Small with { Objective = PretrainingObjective.Masked }, 76_571_136), // without the start of sequence: 512 parameters fewer
    ];

    [TestMethod]
    [DynamicData(nameof(Counts))]
    public void ParameterCount_OfAPreset_IsTheKnownOne(ImageGptConfig config, long count) => Assert.AreEqual(count, config.ParameterCount);

    [TestMethod]
    [DynamicData(nameof(Counts))]
    public void Check_OfAPreset_FindsNothing(ImageGptConfig config, long count)
    {
        var guard = new OptionGuard();
        config.Check(guard);
        Assert.IsFalse(guard.HasProblems, $"{count} parameters");
    }

    [TestMethod]
    public void ParameterCount_OfANetwork_IsItsWeights()
    {
        foreach (var config in (ImageGptConfig[])[TinyImageGpt.Config, ImageGptConfig.Tiny, ImageGptConfig.Tiny with
            { Objective = PretrainingObjective.Masked }])
        {
            using var network = new ImageGptNetwork(config);
            Assert.AreEqual(config.ParameterCount, network.parameters().Sum(weight => weight.numel()));
        }
    }

    [TestMethod]
    public void Check_EverythingWrong_ReportsAllTogether()
    {
        var guard = new OptionGuard();
        new ImageGptConfig { ImageSize = 257, Colors = 1, EmbeddingSize = 7, Layers = 0, Heads = 2, Objective = (PretrainingObjective)2 }.Check(guard);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => guard.ThrowIfAny("options"));
        Assert.AreEqual(
            "ImageSize is 257; expected 1 to 256. Colors is 1; expected 2 to 65535. Layers is 0; expected 1 to 1024. Objective is 2; expected "
                + "Autoregressive or Masked. EmbeddingSize is 7; expected a multiple of Heads (2). (Parameter 'options')",
            error.Message);
    }

    [TestMethod]
    public void Check_NoHeads_ReportsThemAndDividesNothing()
    {
        var guard = new OptionGuard();
        new ImageGptConfig { Heads = 0 }.Check(guard);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => guard.ThrowIfAny("options"));
        Assert.AreEqual("Heads is 0; expected 1 to 1024. (Parameter 'options')", error.Message);
    }
}
