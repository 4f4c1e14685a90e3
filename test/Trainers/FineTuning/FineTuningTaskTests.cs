using System.Text.Json;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Tests.FineTuning;

/// <summary>Fine-tuning with the features of the training loop.</summary>
[TestClass]
public sealed class FineTuningTaskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
    private readonly ImageGptModel _masked = TinyImageGpt.CreateModel(1, objective: PretrainingObjective.Masked, headSize: 32); // a head size with a kernel

    private static ImageGptFineTuneTrainer.Options Options => new() { Steps = 8, BatchSize = 8, LearningRate = 0.01, ValidationFraction = 0, Seed = 4 };

    [TestMethod]
    public void Fit_WholeBatches_HasTheLossAndTheWeightsOfTheFirstVersion()
    {
        // Every step uses all rows, so that neither their order nor random numbers matter.
        double loss = 0;
        using var transformer = Fit(Options with { Steps = null, Epochs = 6, BatchSize = 100, Progress = new Reporter(p => loss = p.Loss) });
        Assert.AreEqual(2.4856615, loss, 1e-5);
        Assert.AreEqual(33.778605, WeightsOf(transformer).Sum(weight => (double)weight), 1e-3);
    }

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive)]
    [DataRow(PretrainingObjective.Masked)]
    public void Fit_AccumulatedInFour_EqualsOneBatch(PretrainingObjective objective)
    {
        // Rounding errors grow with the steps, as Adam divides by the roots of small values.
        var options = Options with { BatchSize = 16, Steps = 4, LearningRate = 0.001 };
        List<FineTuningProgress> whole = [], parts = [];
        var expected = Weights(options with { Progress = new Reporter(whole.Add) }, objective);
        var found = Weights(options with { AccumulationSteps = 4, Progress = new Reporter(parts.Add) }, objective);
        Assert.IsLessThan(1e-4, expected.Zip(found, (a, b) => (double)MathF.Abs(a - b)).Max(), "A weight moves by up to 0.04.");
        for (var step = 0; step < 4; step++)
        {
            Assert.AreEqual(whole[step].Accuracy, parts[step].Accuracy, 1e-6);
            Assert.AreEqual(whole[step].ClassificationLoss, parts[step].ClassificationLoss, 1e-5);
            Assert.AreEqual(whole[step].GenerativeLoss!.Value, parts[step].GenerativeLoss!.Value, 1e-5);
            Assert.AreEqual(whole[step].GradientNorm, parts[step].GradientNorm, 1e-4);
        }
    }

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive)]
    [DataRow(PretrainingObjective.Masked)]
    public void Fit_Recomputed_GivesTheSameWeightsBitForBit(PretrainingObjective objective)
    {
        var options = Options with { AccumulationSteps = 2 };
        CollectionAssert.AreEqual(Weights(options, objective), Weights(options with { RecomputeActivations = true }, objective));
    }

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive)]
    [DataRow(PretrainingObjective.Masked)]
    public void Fit_BFloat16_StaysNearFloat32(PretrainingObjective objective)
    {
        List<FineTuningProgress> single = [], half = [];
        var options = Options with { Steps = 40, ValidationFraction = 0.2, ValidationInterval = 10, Votes = 2 };
        Fit(options with { Progress = new Reporter(single.Add) }, objective).Dispose();
        using var transformer = Fit(options with { Precision = TrainingPrecision.BFloat16, Progress = new Reporter(half.Add) }, objective);
        var distance = single.Zip(half, (a, b) => Math.Abs(a.Loss - b.Loss) / a.Loss).Max();
        Assert.IsLessThan(0.1, distance, "of the loss of any step");
        Assert.AreNotEqual(0, distance);
        Assert.AreEqual(Math.Log(2), half[0].ClassificationLoss, 1e-6, "The cross-entropy is float32.");
        Assert.IsNotNull(half[^1].ValidationAccuracy);
        Assert.IsTrue(transformer.Model.On(torch.CPU).parameters().All(p => p.dtype == torch.ScalarType.Float32));
    }

    [TestMethod]
    public void Fit_TensorFloat32_IsFloat32OnTheCpu()
        => CollectionAssert.AreEqual(Weights(Options), Weights(Options with { Precision = TrainingPrecision.TensorFloat32 }));

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive, ImageGptOptimizer.Adam)]
    [DataRow(PretrainingObjective.Autoregressive, ImageGptOptimizer.Muon)]
    [DataRow(PretrainingObjective.Masked, ImageGptOptimizer.Adam)]
    public void Fit_CanceledAnywhere_LeavesACheckpointAndGoesOnToTheSameWeights(PretrainingObjective objective, ImageGptOptimizer optimizer)
    {
        var options = Options with
        {
            Optimizer = optimizer,
            Augmentation = new() { Padding = 1 },
            AccumulationSteps = 2,
            WarmUpSteps = 3,
            MaxGradientNorm = 1,
            WeightDecay = 0.1,
            CheckpointFolder = _folder.Path,
        };
        var expected = Weights(options with { CheckpointFolder = null }, objective);
        foreach (var stop in new[] { 1, 4, 7 })
        {
            using var soFar = FitUntil(options, stop, objective);
            using var checkpoint = ImageGptModel.Load(_folder.Combine($"checkpoint-{stop:D9}.safetensors"));
            CollectionAssert.AreEqual(WeightsOf(soFar.Model), WeightsOf(checkpoint), "A checkpoint is the tuned network.");
            Assert.AreEqual(soFar.Model.Config, checkpoint.Config);
            Assert.AreEqual(soFar.Model.Palette, checkpoint.Palette);
        }

        CollectionAssert.AreEqual(expected, Weights(options, objective));
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(5)]
    [DataRow(6)]
    [DataRow(9)]
    public void Fit_KilledAnywhereInARunThatStopsEarly_StopsAtTheSameStepWithTheSameWeights(int kill)
    {
        // The validation rows contradict the training rows, so that the first validations are the best. Checkpoints are only written every fourth step.
        var validation = Rows(row => 3 - Half(row));
        var options = Options with { Steps = 100, ValidationInterval = 2, Patience = 4, CheckpointIntervalSteps = 4, CheckpointInterval = null,
            CheckpointFolder = _folder.Path };
        FineTuningProgress? last = null;
        using var undisturbed = Fit(options with { CheckpointFolder = null, Progress = new Reporter(p => last = p) }, validation: validation);
        var steps = last!.Step;
        Assert.IsTrue(steps is > 8 and < 100, $"{steps} steps");
        Assert.ThrowsExactly<NotSupportedException>(() => Fit(options with { Progress = new Reporter(p => KillAt(p, kill)) }, validation: validation));
        using var resumed = Fit(options with { Progress = new Reporter(p => last = p) }, validation: validation);
        Assert.AreEqual(steps, last.Step);
        CollectionAssert.AreEqual(WeightsOf(undisturbed), WeightsOf(resumed));

        static void KillAt(FineTuningProgress progress, int step) => _ = progress.Step < step ? step : throw new NotSupportedException();
    }

    [TestMethod]
    public void Fit_FinishedRun_GivesTheSameClassifierAgain()
    {
        var options = Options with { ValidationFraction = 0.3, CheckpointFolder = _folder.Path };
        var expected = Weights(options);
        var reports = new List<FineTuningProgress>();
        CollectionAssert.AreEqual(expected, Weights(options with { Progress = new Reporter(reports.Add) }));
        Assert.AreEqual((8L, 8L, 0.0), (reports.Single().Step, reports[0].Steps, reports[0].ImagesPerSecond));
        Assert.IsNotNull(reports[0].BestValidationAccuracy);
    }

    [TestMethod]
    public void Fit_AnotherRunsCheckpoints_TellsAllDifferences()
    {
        Fit(Options with { CheckpointFolder = _folder.Path }).Dispose();
        using var other = TinyImageGpt.CreateModel(2, TinyImageGpt.Palette);
        var options = Options with { CheckpointFolder = _folder.Path, Seed = 5, GenerativeWeight = 0.5, LearningRateSchedule = LearningRateSchedule.Cosine };
        var error = Assert.ThrowsExactly<InvalidOperationException>(()
            => new MLContext().MulticlassClassification.Trainers.ImageGptFineTune(other, options).Fit(Rows(Half)));
        foreach (var part in new[] { "belong to another run. Weights was of checksum ", "GenerativeWeight was 1 and is 0.5.", "Seed was 4 and is 5.",
            "LearningRateSchedule was Constant and is not given." })
        {
            Assert.Contains(part, error.Message);
        }

        var pretraining = new ImageGptTrainer.Options { Model = TinyImageGpt.Config, Steps = 8, BatchSize = 8, CheckpointFolder = _folder.Path };
        error = Assert.ThrowsExactly<InvalidOperationException>(() => new MLContext().ImageGeneration.Trainers.ImageGpt(pretraining).Fit(Rows(Half)));
        Assert.Contains("Task was fine-tuning and is not given.", error.Message);
    }

    [TestMethod]
    public void Fit_Steps_TakeThePlaceOfEpochs()
    {
        var reports = new List<FineTuningProgress>();
        Fit(Options with { Steps = 13, Epochs = 1, ValidationFraction = 0.1, Progress = new Reporter(reports.Add) }).Dispose();
        Assert.AreEqual((13L, 13L), (reports[^1].Step, reports[^1].Steps));
        Assert.AreEqual(3, reports[^1].Epoch, "36 rows in batches of 8 are 5 steps.");
        CollectionAssert.AreEqual(new[] { 5L, 10, 13 }, reports.Where(r => r.ValidationAccuracy is not null).Select(r => r.Step).ToArray());
    }

    [TestMethod]
    public void Fit_WarmUpAndCosine_AreTheRatesOfTheSteps()
    {
        var rates = new List<double>();
        Fit(Options with { WarmUpSteps = 2, Progress = new Reporter(p => rates.Add(p.LearningRate)) }).Dispose();
        CollectionAssert.AreEqual(new[] { 0.005, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01 }, rates);
        rates.Clear();
        Fit(Options with { LearningRateSchedule = LearningRateSchedule.Cosine, Progress = new Reporter(p => rates.Add(p.LearningRate)) }).Dispose();
        Assert.AreEqual(0.01, rates[0], 1e-12);
        Assert.AreEqual(0.005, rates[4], 1e-12);
    }

    [TestMethod]
    public void Fit_MaxGradientNorm_ShortensTheStepThatLeavesTheSameReport()
    {
        // The length of Adam's first step does not depend on the gradient, so clipping has an effect from the second step on.
        List<FineTuningProgress> free = [], clipped = [];
        var expected = Weights(Options with { Progress = new Reporter(free.Add) });
        CollectionAssert.AreNotEqual(expected, Weights(Options with { MaxGradientNorm = 0.5, Progress = new Reporter(clipped.Add) }));
        Assert.AreEqual(free[0].GradientNorm, clipped[0].GradientNorm, "It is told as it was before it is clipped.");
        Assert.IsGreaterThan(0.5, free[0].GradientNorm);
        CollectionAssert.AreEqual(expected, Weights(Options with { MaxGradientNorm = 1e6 }));
    }

    [TestMethod]
    public void Fit_WeightDecay_TakesItsShareOfTheMatrices()
    {
        // Without the generative loss, the output head gets no gradient, so that only weight decay changes it.
        var before = HeadOf(_model);
        using var transformer = Fit(Options with { GenerativeWeight = 0, WeightDecay = 0.5, Steps = 2, LearningRate = 0.1 });
        var after = HeadOf(transformer.Model);
        for (var i = 0; i < before.Length; i++)
        {
            Assert.AreEqual(before[i] * 0.95 * 0.95, after[i], 1e-6);
        }

        static float[] HeadOf(ImageGptModel model) => model.On(torch.CPU).state_dict()["lm_head.weight"].data<float>().ToArray();
    }

    [TestMethod]
    public void Fit_LastWeightsWanted_AreTaken()
    {
        var options = Options with { Steps = 20, LearningRate = 0.05, ValidationInterval = 1, Patience = null };
        var (training, validation) = (Rows(Half), Rows(row => 3 - Half(row)));
        using var last = Fit(options with { TakeBestWeights = false }, data: training, validation: validation);
        using var best = Fit(options, data: training, validation: validation);
        using var unwatched = Fit(options, data: training);
        CollectionAssert.AreEqual(WeightsOf(unwatched), WeightsOf(last));
        CollectionAssert.AreNotEqual(WeightsOf(unwatched), WeightsOf(best));
    }

    [TestMethod]
    public void Fit_Metrics_AreWrittenToTheFolderAndForTensorBoard()
    {
        var options = Options with { ValidationFraction = 0.2, ValidationInterval = 4, MetricsInterval = 2, CheckpointFolder = _folder.Path,
            TensorBoardFolder = _folder.Combine("events") };
        var reports = new List<FineTuningProgress>();
        Fit(options with { Progress = new Reporter(reports.Add) }).Dispose();
        var lines = File.ReadAllLines(_folder.Combine("metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        CollectionAssert.AreEqual(new[] { 2, 4, 6, 8 }, lines.Select(line => line.GetProperty("step").GetInt32()).ToArray());
        foreach (var line in lines)
        {
            var report = reports[line.GetProperty("step").GetInt32() - 1];
            Assert.AreEqual(report.Loss, line.GetProperty("loss").GetDouble());
            Assert.AreEqual(report.ClassificationLoss, line.GetProperty("classification_loss").GetDouble());
            Assert.AreEqual(report.GenerativeLoss, line.GetProperty("generative_loss").GetDouble());
            Assert.AreEqual(report.Accuracy, line.GetProperty("accuracy").GetDouble());
            Assert.AreEqual(report.ValidationAccuracy is not null, line.TryGetProperty("validation_accuracy", out var accuracy));
            Assert.AreEqual(report.ValidationAccuracy ?? 0, report.ValidationAccuracy is null ? 0 : accuracy.GetDouble());
        }

        var events = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Directory.GetFiles(_folder.Combine("events")).Single()));
        foreach (var tag in new[] { "classification_loss/training", "generative_loss/training", "accuracy/training", "accuracy/validation" })
        {
            Assert.Contains(tag, events);
        }
    }

    [TestMethod]
    public void FindLearningRate_SameSeed_IsTheSameAndWhatFitTakes()
    {
        var trainer = new MLContext().MulticlassClassification.Trainers.ImageGptFineTune(_model, Options);
        var found = trainer.FindLearningRate(Rows(Half));
        Assert.AreEqual(found.Rate, trainer.FindLearningRate(Rows(Half)).Rate);
        Assert.IsTrue(found.Rate is > 1e-5 and < 0.1, $"{found.Rate}");
        double peak = 0;
        var options = Options with { FindLearningRate = true, LearningRate = 1, CheckpointFolder = _folder.Path,
            Progress = new Reporter(p => peak = p.PeakLearningRate) };
        CollectionAssert.AreEqual(Weights(Options with { LearningRate = found.Rate }), Weights(options));
        Assert.AreEqual(found.Rate, peak);
        peak = 0;
        Fit(options).Dispose();
        Assert.AreEqual(found.Rate, peak, "A run that goes on keeps its rate.");
    }

    [TestMethod]
    public void Fit_WithEverything_LeavesNoTensors() => LiveTensors.AssertNoneLeft(() =>
    {
        var options = Options with { ValidationFraction = 0.2, FindLearningRate = true, AccumulationSteps = 2, Precision = TrainingPrecision.BFloat16,
            CheckpointFolder = _folder.Path };
        FitUntil(options, 5).Dispose();
        Fit(options).Dispose();
    });

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive, 4000)]
    [DataRow(PretrainingObjective.Masked, 400)]
    public void Fit_TwiceAsManySteps_TakesNoMoreMemory(PretrainingObjective objective, int steps)
    {
        var (tensors, bytes) = (new Dictionary<long, long>(), new Dictionary<long, long>());
        Fit(Options with { Steps = steps, Progress = new Reporter(Measure) }, objective).Dispose();
        Assert.AreEqual(tensors[steps / 40], tensors[steps / 2]);
        Assert.AreEqual(tensors[steps / 40], tensors[steps]);
        Assert.IsLessThan(32 << 20, bytes[steps] - bytes[steps / 2]); // by then the heaps have grown to the size that a step needs

        void Measure(FineTuningProgress progress)
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

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
        _masked.Dispose();
    }

    private static uint Half(int row) => TokenRows.Keys(row)[8] > 4 ? 2u : 1u;

    private static TableView Rows(Func<int, uint> label)
        => new TableView(40).Add("Label", new KeyDataViewType(typeof(uint), 2), label).AddVector("Tokens", TokenRows.Type, TokenRows.Keys);

    private static float[] WeightsOf(ImageGptModel model)
        => [.. model.On(torch.CPU).state_dict().OrderBy(w => w.Key, StringComparer.Ordinal).SelectMany(w => w.Value.data<float>().ToArray())];

    private static float[] WeightsOf(ImageGptClassificationTransformer transformer) => [.. WeightsOf(transformer.Model), .. transformer.Head.Weights];

    private ImageGptClassificationTransformer Fit(
        ImageGptFineTuneTrainer.Options options,
        PretrainingObjective objective = PretrainingObjective.Autoregressive,
        IDataView? data = null,
        IDataView? validation = null)
        => new MLContext(seed: 1).MulticlassClassification.Trainers.ImageGptFineTune(objective == PretrainingObjective.Masked ? _masked : _model,
            options).Fit(data ?? Rows(Half), validation);

    /// <summary>Cancels after a number of steps.</summary>
    private ImageGptClassificationTransformer FitUntil(ImageGptFineTuneTrainer.Options options, long stop,
        PretrainingObjective objective = PretrainingObjective.Autoregressive)
    {
        using var cancellation = new CancellationTokenSource();
        return Fit(options with { CancellationToken = cancellation.Token, Progress = new Reporter(p => Stop(p)) }, objective);

        void Stop(FineTuningProgress progress)
        {
            if (progress.Step == stop)
            {
                cancellation.Cancel();
            }
        }
    }

    private float[] Weights(ImageGptFineTuneTrainer.Options options, PretrainingObjective objective = PretrainingObjective.Autoregressive)
    {
        using var transformer = Fit(options, objective);
        return WeightsOf(transformer);
    }

    private sealed class Reporter(Action<FineTuningProgress> report) : IProgress<FineTuningProgress>
    {
        public void Report(FineTuningProgress value) => report(value);
    }
}
