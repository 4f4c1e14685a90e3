using IGptMl.Reports;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using IGptMl.Tests.LinearProbe;
using Microsoft.ML;

namespace IGptMl.Tests.Reports;

[TestClass]
public sealed class EvaluationStudyTests : IDisposable
{
    private static readonly LinearProbeOptions Probe = new() { L2Regularization = [1] };

    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    [TestMethod]
    public void Run_Model_HasItsLossAndItsProbe()
    {
        var results = Run(new() { Probe = Probe, LikelihoodImages = 7 });
        var model = results.Models.Single();
        Assert.AreEqual(7, model.LikelihoodImages);
        Assert.AreEqual(_model.Config.ParameterCount, model.Parameters);
        using var transformer = new ImageGptTransformer(_context, Tiny(), "Tokens");
        var test = _context.Data.TakeRows(ColoredImages.Create(30, 2, classes: 3), 7);
        var tokens = _context.Transforms.QuantizeToPalette("Tokens", "Image", _model).Fit(test).Transform(test);
        Assert.AreEqual(_context.ImageGeneration.Evaluate(transformer.Transform(tokens)).NatsPerToken, model.NatsPerToken, 1e-6);
        CollectionAssert.AreEqual((string[])["Layer 0", "Layer 1", "Layer 2"], model.Probe.Layers.Select(layer => layer.Name).ToArray());
        Assert.HasCount(3, results.Completions);
        Assert.IsEmpty(results.LowData);
    }

    [TestMethod]
    public void Run_PartThatFails_LeavesTheOthers()
    {
        ImageGptFineTuneTrainer.Options impossible = new() { GpuDeviceId = 1000 };
        var results = new EvaluationStudy(_context, _model, new() { Probe = Probe, FineTune = impossible })
            .Run(ColoredImages.Create(30, 1, classes: 3), ColoredImages.Create(30, 2, classes: 3));
        StringAssert.StartsWith(results.Failures.Single(), "Fine-tuning failed: GPU 1000");
        Assert.AreEqual(results.Failures.Single(), results.Notes[^1]);
        using var folder = new TemporaryFolder();
        results.Save(folder.Path);
        StringAssert.Contains(File.ReadAllText(folder.Combine("report.html")), "Fine-tuning failed: GPU 1000");
        Assert.HasCount(3, results.Models.Single().Probe.Layers);
    }

    [TestMethod]
    public void Run_ExplicitBudgetAboveTheRows_IsRefusedBeforeTheProbe()
    {
        var probed = 0;
        var study = new EvaluationStudy(_context, _model, new() { Probe = Probe, LowData = new() { Budgets = [4000] } });
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => study.Run(
            ColoredImages.Create(30, 1, classes: 3), ColoredImages.Create(30, 2, classes: 3), new Counter(() => probed++)));
        StringAssert.StartsWith(error.Message, "A budget of 4,000 labels needs ");
        Assert.AreEqual(0, probed);
        var results = new EvaluationStudy(_context, _model, new() { Probe = Probe, LowData = new() })
            .Run(ColoredImages.Create(30, 1, classes: 3), ColoredImages.Create(30, 2, classes: 3));
        Assert.IsNull(results.LowData);
        StringAssert.EndsWith(results.Notes.Single(), "The accuracy with few labels is omitted.");
        Assert.IsEmpty(results.Failures);
    }

    [TestMethod]
    public void Run_OtherSeed_CompletesTheSameUpperHalf()
    {
        // Five images with gaps: the kept half, three completions, and the image. The upper halves are all the same.
        var picture = Run(new() { Probe = Probe }).Completions[0];
        using var folder = new TemporaryFolder();
        using var image = Microsoft.ML.Data.MLImage.CreateFromFile(folder.Write("picture.png", picture.Png));
        Assert.AreEqual((((5 * 5) + 1) * 4, (4 + 2) * 4), (image.Width, image.Height));
        for (var x = 4; x < 20; x++)
        {
            for (var y = 4; y < 12; y++)
            {
                for (var place = 1; place < 5; place++)
                {
                    Assert.AreEqual(Pixel(x, y), Pixel(x + (20 * place), y));
                }
            }

            Assert.AreEqual((255, 255, 255), Pixel(x, 16));
        }

        (int, int, int) Pixel(int x, int y) => image.Pixels.Slice(4 * ((y * image.Width) + x), 3) is var p ? (p[0], p[1], p[2]) : default;
    }

    [TestMethod]
    public void Run_MaskedModelBeside_IsShownWithFiveMasksAndWithOne()
    {
        using var folder = new TemporaryFolder();
        var config = TinyImageGpt.Config with { Objective = PretrainingObjective.Masked };
        using var masked = new ImageGptModel(TinyImageGpt.CreateNetwork(config), TinyImageGpt.Palette);
        using (var transformer = new ImageGptTransformer(_context, masked, "Tokens"))
        {
            _context.Model.Save(transformer, null, folder.Combine("masked.zip"));
        }

        var probe = Probe with { CacheFolder = folder.Combine("cache"), MaskProbability = 0.7 };
        var results = Run(new() { Probe = probe, Others = [new ComparedModel("Masked", folder.Combine("masked.zip"))] });
        CollectionAssert.AreEqual((string[])["Image GPT", "Masked, 5 masks", "Masked, one mask"], results.Models.Select(model => model.Name).ToArray());
        Assert.IsTrue(results.Models.All(model => model.Probe.Layers.Count == 3));

        using var loaded = ImageGptModel.Load(folder.Combine("masked.zip"));
        var (training, test) = (ColoredImages.Create(30, 1, classes: 3), ColoredImages.Create(30, 2, classes: 3));
        var single = new LinearProbeExperiment(_context, loaded, probe with { Votes = 1, CacheFolder = null }).Run(training, test);
        double[] five = [.. results.Models[1].Probe.Layers.Select(layer => layer.Accuracy)];
        double[] one = [.. results.Models[2].Probe.Layers.Select(layer => layer.Accuracy)];
        CollectionAssert.AreEqual(single.Layers.Select(layer => layer.Accuracy).ToArray(), one);
        CollectionAssert.AreNotEqual(five, one);
    }

    [TestMethod]
    public void Run_CheckpointsOfItsRun_AreShownInOrderAndTheLastOnlyOnce()
    {
        using var folder = new TemporaryFolder();
        var (early, last) = (Save(folder, "early.zip", seed: 2, TinyImageGpt.Palette), Save(folder, "last.zip", seed: 1, TinyImageGpt.Palette));
        ComparedModel[] others = [new("10 steps", early) { Step = 10 }, new("20 steps", last) { Step = 20 }];
        var results = Run(new() { Probe = Probe, Others = others });
        CollectionAssert.AreEqual((string[])["Image GPT", "10 steps"], results.Models.Select(model => model.Name).ToArray());
        CollectionAssert.AreEqual((long?[])[null, 10], results.Models.Select(model => model.Step).ToArray());
        Assert.AreEqual(results.Models[0].PaletteChecksum, results.Models[1].PaletteChecksum);
        Assert.IsTrue(results.Models[1].IsComparableTo(results.Models[0]));
    }

    [TestMethod]
    public void Run_OtherModelWithoutColors_GetsThoseOfTheFirst()
    {
        using var folder = new TemporaryFolder();
        ComparedModel[] others =
        [
            new("with", Save(folder, "with.zip", 3, TinyImageGpt.Palette)),
            new("without", Save(folder, "without.zip", 3, palette: null)),
        ];
        var results = Run(new() { Probe = Probe, Others = others });
        Assert.AreEqual(results.Models[1].NatsPerToken, results.Models[2].NatsPerToken);
        CollectionAssert.AreEqual(AccuraciesOf(results.Models[1]), AccuraciesOf(results.Models[2]));

        static double[] AccuraciesOf(ReportedModel model) => [.. model.Probe.Layers.Select(layer => layer.Accuracy)];
    }

    [TestMethod]
    public void Run_OtherModelOfAnotherPalette_IsProbedOnItsOwnTokensAndNotCompared()
    {
        using var folder = new TemporaryFolder();
        var gray = Palette.FromColors([.. Enumerable.Range(0, 8).SelectMany(i => Enumerable.Repeat((byte)(36 * i), 3))]);
        var results = Run(new() { Probe = Probe, Others = [new ComparedModel("gray", Save(folder, "gray.zip", 1, gray))] });
        Assert.IsFalse(results.Models[1].IsComparableTo(results.Models[0]));
        Assert.AreNotEqual(results.Models[0].NatsPerToken, results.Models[1].NatsPerToken);
    }

    [TestMethod]
    public void Run_OtherModelMissing_IsToldBeforeTheWork()
    {
        var works = 0;
        var study = new EvaluationStudy(_context, _model, new() { Probe = Probe, Others = [new ComparedModel("none", "none.zip")] });
        var (training, test) = (ColoredImages.Create(30, 1), ColoredImages.Create(30, 2));
        var error = Assert.ThrowsExactly<FileNotFoundException>(() => study.Run(training, test, new Counter(() => works++)));
        StringAssert.Contains(error.Message, "none.zip");
        Assert.AreEqual(0, works);
    }

    [TestMethod]
    public void Options_EverythingWrong_IsReportedTogether()
    {
        EvaluationStudy.Options options = new() { Title = "", ModelName = " ", LikelihoodImages = 0, Pictures = -1, Completions = -1 };
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EvaluationStudy(_context, _model, options));
        Assert.AreEqual(
            "Title is empty; expected a title. ModelName is empty; expected a name. LikelihoodImages is 0; expected at least 1. "
                + "Pictures is -1; expected at least 0. Completions is -1; expected at least 0. (Parameter 'options')",
            error.Message);
    }

    public void Dispose() => _model.Dispose();

    private string Save(TemporaryFolder folder, string name, int seed, Palette? palette)
    {
        using var transformer = new ImageGptTransformer(_context, TinyImageGpt.CreateModel(seed, palette), "Tokens");
        _context.Model.Save(transformer, null, folder.Combine(name));
        return folder.Combine(name);
    }

    private static ImageGptModel Tiny() => TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    private Report Run(EvaluationStudy.Options options)
        => new EvaluationStudy(_context, _model, options).Run(ColoredImages.Create(30, 1, classes: 3), ColoredImages.Create(30, 2, classes: 3)).Report;

    private sealed class Counter(Action count) : IProgress<StudyProgress>
    {
        public void Report(StudyProgress value) => count();
    }
}
