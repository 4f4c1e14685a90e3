namespace IGptMl.Tests.Pretraining;

[TestClass]
public sealed class ImageGptMemoryTests
{
    private const long Gigabyte = 1_000_000_000;

    [TestMethod]
    public void Plan_SmallInFloat32_KeepsWhatItsTensorsTake()
    {
        var plan = ImageGptMemory.Plan(ImageGptConfig.Small, ImageGptTrainer.Options.Small, 1000 * Gigabyte);

        // 24 blocks of 1,024 positions, each of 16 rows of 512 values and 8 log-sum-exps; and the embeddings
        Assert.AreEqual((24L * 1024 * ((16 * 512) + 8) * 4) + (1024 * 512 * 4), plan.KeptPerImage);
        Assert.AreEqual(76_571_648L * 4, plan.Weights);
        Assert.AreEqual(plan.Weights, plan.Gradients);
        Assert.AreEqual(2 * plan.Weights, plan.OptimizerState);
        Assert.AreEqual(128, plan.ImagesAtOnce);
        Assert.AreEqual(103, plan.ImagesAtOnce * plan.KeptPerImage / Gigabyte, 1, "The paper's batch in one part takes about 103 GB.");
    }

    [TestMethod]
    public void Plan_LargeInBFloat16On80Gigabytes_HasEightPartsOf16()
    {
        var options = ImageGptTrainer.Options.Large with { Precision = TrainingPrecision.BFloat16 };

        var plan = ImageGptMemory.Plan(ImageGptConfig.Large, options, 80 * Gigabyte);

        Assert.IsTrue(plan.Fits);
        Assert.IsFalse(plan.RecomputeActivations);
        Assert.AreEqual(8, plan.AccumulationSteps);
        Assert.AreEqual($"8 parts of 16 images, {plan.Total / 1e9:F1} of 80.0 GB", plan.ToString());
    }

    [TestMethod]
    public void Plan_FewerParts_WouldNotFit()
    {
        var options = ImageGptTrainer.Options.Medium;
        var plan = ImageGptMemory.Plan(options.Model, options, 40 * Gigabyte);

        Assert.IsTrue(plan.Fits && plan.AccumulationSteps > 1);
        Assert.IsFalse((plan with { AccumulationSteps = plan.AccumulationSteps / 2 }).Fits);
    }

    [TestMethod]
    public void Plan_LittleMemory_ComputesBlocksAgain()
    {
        var options = ImageGptTrainer.Options.ExtraLarge;
        var plan = ImageGptMemory.Plan(options.Model, options, 140 * Gigabyte);

        Assert.IsTrue(plan.Fits && plan.RecomputeActivations);
        Assert.IsFalse(ImageGptMemory.Plan(options.Model, options, 120 * Gigabyte).Fits);
        StringAssert.EndsWith(ImageGptMemory.Plan(options.Model, options, 120 * Gigabyte).ToString(), ": it does not fit");
    }

    [TestMethod]
    public void Plan_OptionsThatAreSet_AreTheLeastThatIsDone()
    {
        var options = ImageGptTrainer.Options.Tiny with { AccumulationSteps = 4, RecomputeActivations = true };
        var plan = ImageGptMemory.Plan(options.Model, options, 100 * Gigabyte);

        Assert.AreEqual(4, plan.AccumulationSteps);
        Assert.IsTrue(plan.RecomputeActivations);
    }

    [TestMethod]
    public void Plan_Muon_KeepsOneMomentOfMatrices()
    {
        var config = ImageGptConfig.Mini;
        var adam = ImageGptMemory.Plan(config, ImageGptTrainer.Options.Mini with { Optimizer = ImageGptOptimizer.Adam }, 100 * Gigabyte);
        var muon = ImageGptMemory.Plan(config, ImageGptTrainer.Options.Mini, 100 * Gigabyte);

        Assert.AreEqual(4L * config.Layers * 12 * config.EmbeddingSize * config.EmbeddingSize, adam.OptimizerState - muon.OptimizerState);
    }

    [TestMethod]
    public void Plan_NoMemory_IsRefused()
        => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ImageGptMemory.Plan(ImageGptConfig.Tiny, ImageGptTrainer.Options.Tiny, 0));
}
