using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Tests.Pretraining;

/// <summary>Pretraining of a network with the features of the training loop.</summary>
[TestClass]
public sealed class PretrainingTaskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static ImageGptTrainer.Options Options => new() { Model = TinyImageGpt.Config, Steps = 8, BatchSize = 8, LearningRate = 0.01, Seed = 4 };

    [TestMethod]
    public void Fit_ConstantSchedule_IsTheRateOfEveryStep()
    {
        var rates = new List<double>();
        var options = Options with { WarmUpSteps = 0, LearningRateSchedule = LearningRateSchedule.Constant,
            Progress = new Reporter(p => rates.Add(p.LearningRate)) };
        Fit(options).Dispose();
        Assert.IsTrue(rates.All(rate => rate == 0.01));
    }

    [TestMethod]
    public void Fit_ValidationDataWithoutTokens_AreToldAndTheLastWeightsTaken()
    {
        var context = new MLContext(seed: 1);
        var messages = new List<string>();
        context.Log += (_, log) => messages.Add(log.RawMessage);
        using var transformer = context.ImageGeneration.Trainers.ImageGpt(Options).Fit(TokenRows.Create(), TokenRows.Create(3, missing: _ => true));
        Assert.Contains("There are no validation rows: all steps are run, and the last weights are returned.", messages);
        CollectionAssert.AreEqual(Weights(Options), WeightsOf(transformer.Model));
    }

    [TestMethod]
    public void Fit_AccumulatedInFour_EqualsOneBatch()
    {
        var expected = Weights(Options with { BatchSize = 16 });
        Assert.IsLessThan(1e-5, Distance(expected, Weights(Options with { BatchSize = 16, AccumulationSteps = 4 })));
    }

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive, 4)]
    [DataRow(PretrainingObjective.Autoregressive, 16)]
    [DataRow(PretrainingObjective.Autoregressive, 32)]
    [DataRow(PretrainingObjective.Autoregressive, 64)]
    [DataRow(PretrainingObjective.Masked, 4)]
    [DataRow(PretrainingObjective.Masked, 32)]
    public void Fit_Recomputed_GivesTheSameWeightsBitForBit(PretrainingObjective objective, int headSize)
    {
        var options = Options with { Model = TinyImageGpt.ConfigOf(headSize) with { Objective = objective }, AccumulationSteps = 2 };
        CollectionAssert.AreEqual(Weights(options), Weights(options with { RecomputeActivations = true }));
    }

    [TestMethod]
    public void Fit_Muon_LearnsMoreThanAdamInTheSameSteps()
    {
        List<double> adam = [], muon = [];
        var options = Options with { Seed = 5, Steps = 60, Model = TinyImageGpt.ConfigOf(32) };
        Fit(options with { Progress = new Reporter(p => adam.Add(p.Loss)) }).Dispose();
        Fit(options with { Optimizer = ImageGptOptimizer.Muon, Progress = new Reporter(p => muon.Add(p.Loss)) }).Dispose();
        Assert.AreEqual(adam[0], muon[0], "The weights are the same at the beginning.");
        Assert.IsLessThan(adam.TakeLast(10).Average(), muon.TakeLast(10).Average());
    }

    [TestMethod]
    public void Fit_CheckpointOfTheOtherOptimizer_IsRefused()
    {
        Fit(Options with { CheckpointFolder = _folder.Path }).Dispose();
        var error = Assert.ThrowsExactly<InvalidOperationException>(()
            => Fit(Options with { CheckpointFolder = _folder.Path, Optimizer = ImageGptOptimizer.Muon }));
        StringAssert.Contains(error.Message, "Optimizer");
    }

    [TestMethod]
    [DataRow(ImageGptOptimizer.Adam)]
    [DataRow(ImageGptOptimizer.Muon)]
    public void Fit_BFloat16_StaysWithinAHundredthOfFloat32(ImageGptOptimizer optimizer)
    {
        List<double> single = [], half = [];
        var options = Options with { Seed = 5, Steps = 40, Optimizer = optimizer };
        Fit(options with { Progress = new Reporter(p => single.Add(p.Loss)) }).Dispose();
        using var transformer = Fit(options with { Precision = TrainingPrecision.BFloat16, Progress = new Reporter(p => half.Add(p.Loss)) });
        var distance = single.Zip(half, (a, b) => Math.Abs(a - b) / a).Max();
        Assert.IsLessThan(0.01, distance, "of the loss of any step");
        Assert.AreNotEqual(0, distance);
        Assert.IsLessThan(0.95 * half[0], half[^1], "It learns.");
        Assert.IsTrue(transformer.Model.On(torch.CPU).parameters().All(p => p.dtype == torch.ScalarType.Float32));
    }

    [TestMethod]
    public void Fit_TensorFloat32_IsFloat32OnTheCpu()
        => CollectionAssert.AreEqual(Weights(Options), Weights(Options with { Precision = TrainingPrecision.TensorFloat32 }));

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive, 4, ImageGptOptimizer.Adam)]
    [DataRow(PretrainingObjective.Autoregressive, 16, ImageGptOptimizer.Adam)]
    [DataRow(PretrainingObjective.Autoregressive, 32, ImageGptOptimizer.Adam)]
    [DataRow(PretrainingObjective.Autoregressive, 32, ImageGptOptimizer.Muon)]
    [DataRow(PretrainingObjective.Autoregressive, 64, ImageGptOptimizer.Adam)]
    [DataRow(PretrainingObjective.Masked, 4, ImageGptOptimizer.Adam)]
    [DataRow(PretrainingObjective.Masked, 32, ImageGptOptimizer.Muon)]
    public void Fit_CanceledAnywhere_LeavesACheckpointAndGoesOnToTheSameWeights(PretrainingObjective objective, int headSize, ImageGptOptimizer optimizer)
    {
        var options = Options with
        {
            Optimizer = optimizer,
            WeightDecay = optimizer == ImageGptOptimizer.Muon ? 0.1 : 0,
            Model = TinyImageGpt.ConfigOf(headSize) with { Objective = objective },
            Augmentation = new() { Padding = 1 },
            AccumulationSteps = 2,
            CheckpointFolder = _folder.Path,
        };
        var expected = Weights(options with { CheckpointFolder = null });
        foreach (var stop in new[] { 1, 4, 7 })
        {
            using var cancellation = new CancellationTokenSource();
            using (var soFar = Fit(options with { CancellationToken = cancellation.Token, Progress = new Reporter(p => Stop(p, stop, cancellation)) }))
            {
                using var checkpoint = ImageGptModel.Load(_folder.Combine($"checkpoint-{stop:D9}.safetensors"));
                CollectionAssert.AreEqual(WeightsOf(checkpoint), WeightsOf(soFar.Model));
            }
        }

        CollectionAssert.AreEqual(expected, Weights(options));

        static void Stop(TrainingProgress progress, int step, CancellationTokenSource cancellation)
        {
            if (progress.Step == step)
            {
                cancellation.Cancel();
            }
        }
    }

    [TestMethod]
    public void Fit_CheckpointOfTheFirstVersion_IsTakenUp()
    {
        // Written by the version before options had these names, after 6 of 12 steps over all rows, so that neither their order nor random numbers matter.
        foreach (var path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Data", "former-run")))
        {
            File.Copy(path, _folder.Combine(Path.GetFileName(path)));
        }

        var steps = new List<long>();
        var options = Options with { Steps = 12, BatchSize = 21, ValidationInterval = 2, Patience = 7, CheckpointFolder = _folder.Path,
            Progress = new Reporter(p => steps.Add(p.Step)) };
        using var resumed = new MLContext(seed: 1).ImageGeneration.Trainers.ImageGpt(options).Fit(TokenRows.Create(), TokenRows.Create(30));
        CollectionAssert.AreEqual(new long[] { 7, 8, 9, 10, 11, 12 }, steps);
        Assert.AreEqual(38.979291, WeightsOf(resumed.Model).Sum(weight => (double)weight), 1e-3);

        var error = Assert.ThrowsExactly<InvalidOperationException>(()
            => new MLContext().ImageGeneration.Trainers.ImageGpt(options with { Patience = 6 }).Fit(TokenRows.Create(), TokenRows.Create(30)));
        Assert.Contains("belong to another run. Patience was 7 and is 6. Use", error.Message);
    }

    [TestMethod]
    [DataRow(4, 4000)]
    [DataRow(16, 800)]
    [DataRow(32, 400)]
    [DataRow(64, 200)]
    public void Fit_TwiceAsManySteps_TakesNoMoreMemory(int headSize, int steps)
    {
        var (tensors, bytes) = (new Dictionary<long, long>(), new Dictionary<long, long>());
        Fit(Options with { Model = TinyImageGpt.ConfigOf(headSize), Steps = steps, Progress = new Reporter(Measure) }).Dispose();
        Assert.AreEqual(tensors[steps / 40], tensors[steps / 2]);
        Assert.AreEqual(tensors[steps / 40], tensors[steps]);
        Assert.IsLessThan(32 << 20, bytes[steps] - bytes[steps / 2]); // by then the heaps have grown to the size that a step needs

        void Measure(TrainingProgress progress)
        {
            if (progress.Step == steps / 40 || progress.Step == steps / 2 || progress.Step == steps)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                tensors.Add(progress.Step, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
                bytes.Add(progress.Step, Environment.WorkingSet);
            }
        }
    }

    [TestMethod]
    public void FindLearningRate_SameSeed_IsTheSameAndWhatFitTakes()
    {
        var trainer = new MLContext().ImageGeneration.Trainers.ImageGpt(Options);
        var found = trainer.FindLearningRate(TokenRows.Create());
        Assert.AreEqual(found.Rate, trainer.FindLearningRate(TokenRows.Create()).Rate);
        double peak = 0;
        var options = Options with { FindLearningRate = true, LearningRate = 1, CheckpointFolder = _folder.Path,
            Progress = new Reporter(p => peak = p.PeakLearningRate) };
        CollectionAssert.AreEqual(Weights(Options with { LearningRate = found.Rate }), Weights(options));
        Assert.AreEqual(found.Rate, peak);
        Assert.IsTrue(found.Rate is > 1e-4 and < 0.1, $"{found.Rate}");

        // A resumed run keeps its rate.
        peak = 0;
        Fit(options).Dispose();
        Assert.AreEqual(found.Rate, peak);
    }

    [TestMethod]
    [DataRow(TrainingPrecision.Float32)]
    [DataRow(TrainingPrecision.BFloat16)]
    public void Fit_SampleInterval_WritesSheetsOfPaletteColors(TrainingPrecision precision)
    {
        var context = new MLContext(seed: 1);
        var options = Options with { Precision = precision, SampleInterval = 3, CheckpointFolder = _folder.Path };
        ImageGptTransformer Train(ImageGptTrainer.Options options) => context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4)
            .Append(context.ImageGeneration.Trainers.ImageGpt(options)).Fit(ImageRows.Create()).LastTransformer;
        using var transformer = Train(options);
        CollectionAssert.AreEquivalent(new[] { 3, 6, 8 }.Select(step => $"samples-{step:D9}.png").ToArray(),
            Directory.GetFiles(_folder.Path, "*.png").Select(Path.GetFileName).ToArray());
        using var sheet = MLImage.CreateFromFile(_folder.Combine("samples-000000008.png"));
        Assert.AreEqual((4 * 64) + (3 * 2), sheet.Width);
        var colors = sheet.Pixels.ToArray().Chunk(4).Select(p => (p[0], p[1], p[2])).Distinct().Count();
        Assert.IsTrue(colors is > 2 and <= 8, $"{colors} colors: those of the palette, and white between the pictures.");

        // Sampling images does not affect the weights.
        using var without = Train(options with { SampleInterval = null, CheckpointFolder = null });
        CollectionAssert.AreEqual(WeightsOf(without.Model), WeightsOf(transformer.Model));
    }

    [TestMethod]
    public void Options_Presets_AreThePapersRecipe()
    {
        var (small, xl) = (ImageGptTrainer.Options.Small, ImageGptTrainer.Options.ExtraLarge);
        Assert.AreEqual(new ImageGptTrainer.Options { CheckpointSteps = small.CheckpointSteps }, small);
        Assert.AreEqual((1_000_000L, 128, 0.003, 0.0, null), (small.Steps, small.BatchSize, small.LearningRate, small.WeightDecay, small.MaxGradientNorm));
        Assert.AreEqual((1_000_000L, 128, ImageGptConfig.Medium),
            (ImageGptTrainer.Options.Medium.Steps, ImageGptTrainer.Options.Medium.BatchSize, ImageGptTrainer.Options.Medium.Model));
        Assert.AreEqual((1_000_000L, 128, ImageGptConfig.Large),
            (ImageGptTrainer.Options.Large.Steps, ImageGptTrainer.Options.Large.BatchSize, ImageGptTrainer.Options.Large.Model));
        Assert.AreEqual((2_000_000L, 64, ImageGptConfig.ExtraLarge), (xl.Steps, xl.BatchSize, xl.Model));
    }

    [TestMethod]
    public void Options_SamplesOfAMaskedModelOrWithoutFolder_AreRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(()
            => new MLContext().ImageGeneration.Trainers.ImageGpt(Options with
            { SampleInterval = 3, Model = TinyImageGpt.Config with { Objective = PretrainingObjective.Masked } }));
        StringAssert.Contains(error.Message,
            "SampleInterval is 3; expected null without a CheckpointFolder. SampleInterval is 3; expected null for a masked model");
    }

    public void Dispose() => _folder.Dispose();

    private static ImageGptTransformer Fit(ImageGptTrainer.Options options)
        => new MLContext(seed: 1).ImageGeneration.Trainers.ImageGpt(options).Fit(TokenRows.Create());

    private static float[] Weights(ImageGptTrainer.Options options)
    {
        using var transformer = Fit(options);
        return WeightsOf(transformer.Model);
    }

    private static float[] WeightsOf(ImageGptModel model)
        => [.. model.On(torch.CPU).state_dict().OrderBy(w => w.Key, StringComparer.Ordinal).SelectMany(w => w.Value.data<float>().ToArray())];

    private static double Distance(float[] a, float[] b) => a.Zip(b, (x, y) => (double)MathF.Abs(x - y)).Max();

    private sealed class Reporter(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
