using IGptMl.Optimization;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using TorchSharp;

namespace IGptMl.Tests.Optimization;

/// <summary>Training runs with checkpoints, validation and so on, on a module without a network.</summary>
[TestClass]
public sealed class TrainingRunTests : IDisposable
{
    private const int Steps = 12;

    private static readonly Dictionary<string, string> Run = new() { ["Seed"] = "1" };

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    private CheckpointSettings Checkpoints => new(_folder.Path, 1, null, 2, [], StartOver: false);

    [TestMethod]
    public void Resume_AfterEveryStep_GivesTheSameWeightsBitForBit()
    {
        var expected = Train(null, Steps);
        for (var stop = 1; stop < Steps; stop++)
        {
            using var folder = new TemporaryFolder();
            var settings = Checkpoints with { Folder = folder.Path };
            Train(settings, stop);
            CollectionAssert.AreEqual(expected, Train(settings, Steps), $"stopped after {stop}");
        }
    }

    [TestMethod]
    public void Resume_FinishedRun_DoesNothingAndSaysSoOnce()
    {
        var last = new TrainingProgress();
        var expected = Train(Checkpoints, Steps, progress => last = progress);
        var reports = new List<TrainingProgress>();
        CollectionAssert.AreEqual(expected, Train(Checkpoints, Steps, reports.Add));
        Assert.AreEqual(new TrainingProgress { Step = Steps, Steps = Steps, Loss = last.Loss, MeanLoss = last.Loss, Elapsed = last.Elapsed,
            PeakLearningRate = 0.05 },
            reports.Single());
    }

    [TestMethod]
    public void Resume_NewestDamaged_TakesTheOneBefore()
    {
        var expected = Train(null, Steps);
        Train(Checkpoints, 7);
        var newest = _folder.Combine("checkpoint-000000007.safetensors");
        var bytes = File.ReadAllBytes(newest);
        foreach (var place in new[] { 3, 40, bytes.Length / 2, bytes.Length - 1 })
        {
            var damaged = (byte[])bytes.Clone();
            damaged[place] ^= 1;
            File.WriteAllBytes(newest, damaged);
            using var folder = Open(Checkpoints);
            Assert.AreEqual(6, folder.Newest!.Step, $"byte {place}");
            StringAssert.Contains(_warnings[^1], newest);
        }

        File.WriteAllBytes(newest, bytes[..100]);
        var steps = new List<long>();
        CollectionAssert.AreEqual(expected, Train(Checkpoints, Steps, progress => steps.Add(progress.Step)));
        Assert.AreEqual(7, steps[0]);
    }

    [TestMethod]
    public void Open_AllDamaged_IsRefusedUntilStartedOver()
    {
        Train(Checkpoints, 3);
        foreach (var path in Directory.GetFiles(_folder.Path, "checkpoint-*"))
        {
            File.WriteAllBytes(path, [1, 2, 3]);
        }

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Open(Checkpoints));
        StringAssert.Contains(error.Message, "All checkpoints in");
        using var folder = Open(Checkpoints with { StartOver = true });
        Assert.IsNull(folder.Newest);
        Assert.IsEmpty(Directory.GetFiles(_folder.Path, "checkpoint-*"));
    }

    [TestMethod]
    public void Open_InUse_IsRefused()
    {
        using var first = Open(Checkpoints);
        var error = Assert.ThrowsExactly<IOException>(() => Open(Checkpoints));
        StringAssert.Contains(error.Message, "in use by another training run");
    }

    [TestMethod]
    public void Begin_AnotherRun_TellsAllDifferences()
    {
        Train(Checkpoints, 3);
        using var folder = Open(Checkpoints);
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => folder.Begin(new Dictionary<string, string> { ["Seed"] = "2", ["Steps"] = "5" }));
        Assert.AreEqual(
            $"The checkpoints in '{_folder.Path}' belong to another run. Seed was 1 and is 2. Steps was not given and is 5. Use another folder, or start over, "
            + $"which deletes them.", error.Message);
    }

    [TestMethod]
    public void Begin_OtherParts_GoesOnWithAWarning()
    {
        using (var first = Open(Checkpoints))
        {
            first.Begin(new Dictionary<string, string> { ["Seed"] = "1", ["AccumulationSteps"] = "1" });
            using var module = new TwoLayers();
            var settings = new TrainingSettings { Checkpoints = first };
            new TrainingLoop(new LossTask(module, module.Loss), new CosineSchedule(0.05, 3, 2), settings).Run(_ => { }, default);
        }

        using var folder = Open(Checkpoints);
        folder.Begin(new Dictionary<string, string> { ["Seed"] = "1", ["AccumulationSteps"] = "8" });

        Assert.AreEqual("AccumulationSteps was 1 and is 8. The steps are the same up to rounding.", _warnings.Single());
        Assert.AreEqual(2, folder.Newest!.Step);
    }

    [TestMethod]
    public void Save_ManyCheckpoints_KeepsTheNewestAndThoseAskedFor()
    {
        Train(Checkpoints with { Steps = [3, 5] }, Steps);
        CollectionAssert.AreEquivalent(
            new[] { 3, 5, 11, 12 },
            Directory.GetFiles(_folder.Path, "checkpoint-*").Select(path
                => int.Parse(Path.GetFileNameWithoutExtension(path)[11..], System.Globalization.CultureInfo.InvariantCulture)).ToArray());
    }

    [TestMethod]
    public void IsDue_ByTheClock_CountsFromTheLastCheckpoint()
    {
        var clock = new ManualClock();
        using var folder = new CheckpointFolder(Checkpoints with { IntervalSteps = null, IntervalTime = TimeSpan.FromMinutes(1) }, _warnings.Add, clock: clock);
        Assert.IsFalse(folder.IsDue(5));
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.IsTrue(folder.IsDue(6));
    }

    [TestMethod]
    public void Save_FullDisk_WarnsAndGoesOnAndKeepsTheOldOnes()
    {
        var expected = Train(null, Steps);
        var files = 0;
        CollectionAssert.AreEqual(expected, Train(Checkpoints, Steps, create: path => ++files <= 3 ? File.Create(path) : new FullDisk(File.Create(path), 500)));
        Assert.HasCount(9, _warnings);
        StringAssert.Contains(_warnings[0], "training continues without it: No space left");
        Assert.AreEqual(2, Directory.GetFiles(_folder.Path, "*.safetensors*").Length, "No partial files.");
        using (var folder = Open(Checkpoints))
        {
            Assert.AreEqual(3, folder.Newest!.Step);
        }

        CollectionAssert.AreEqual(expected, Train(Checkpoints, Steps));
    }

    [TestMethod]
    public void Open_PartialFile_IsRemoved()
    {
        _folder.Write("checkpoint-000000009.safetensors.partial", [1, 2, 3]);
        using var folder = Open(Checkpoints);
        Assert.IsNull(folder.Newest);
        Assert.IsEmpty(Directory.GetFiles(_folder.Path, "*.partial"));
    }

    [TestMethod]
    public void Diverged_NotANumber_NamesTheLastGoodCheckpoint()
    {
        using var module = new TwoLayers();
        using var folder = Open(Checkpoints);
        folder.Begin(Run);
        var task = new LossTask(module, part => part.Step == 4 ? module.Loss(part) * float.NaN : module.Loss(part));
        var loop = new TrainingLoop(task, new ConstantSchedule(0.01, 0, Steps), new TrainingSettings { Checkpoints = folder });
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => loop.Run(_ => { }, default));
        Assert.AreEqual(
            $"The loss is NaN at step 5 of 12, at a learning rate of 0.01. A lower rate or a longer warm-up is needed. The last intact checkpoint is "
            + $"'{_folder.Combine("checkpoint-000000004.safetensors")}'.", error.Message);
        Assert.IsTrue(module.Values.All(float.IsFinite));
    }

    [TestMethod]
    public void Diverged_GradientNotANumber_StopsBeforeTheStep()
    {
        using var module = new TwoLayers();
        var task = new LossTask(module, part => module.Loss(part) + (part.Step == 2 ? (module.parameters().First().sum() * 0).sqrt() : 0));
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => new TrainingLoop(task, new ConstantSchedule(0.01, 0, Steps)).Run(_ => { }, default));
        StringAssert.Contains(error.Message, "The norm of the gradients is NaN at step 3 of 12");
        Assert.IsTrue(module.Values.All(float.IsFinite));
    }

    [TestMethod]
    public void Diverged_LossExplodes_StopsAndOverwritesNoCheckpoint()
    {
        using var module = new TwoLayers();
        using var folder = Open(Checkpoints);
        folder.Begin(Run);
        var task = new LossTask(module, part => module.Loss(part) + (part.Step < 20 ? 0 : 1000));
        var loop = new TrainingLoop(task, new ConstantSchedule(0.001, 0, 100), new TrainingSettings { Checkpoints = folder });
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => loop.Run(_ => { }, default));
        StringAssert.Contains(error.Message, "The loss has exploded");
        StringAssert.Contains(error.Message, "at step 30 of 100");
        Assert.AreEqual(20, folder.Newest!.Step);
    }

    [TestMethod]
    public void Parts_FourOfEight_EqualOneOf32()
    {
        using var inputs = torch.randn(32, 5);
        float[] Train(int parts)
        {
            using var module = new TwoLayers();
            new TrainingLoop(new LossTask(module, Loss) { Parts = parts }, new ConstantSchedule(0.01, 0, Steps)).Run(_ => { }, default);
            return module.Values;

            torch.Tensor Loss(BatchPart part)
            {
                using var rows = inputs.narrow(0, part.Index * 32 / parts, 32 / parts);
                return module.Loss(rows);
            }
        }

        Assert.IsLessThan(1e-5, Train(1).Zip(Train(4), (one, four) => (double)MathF.Abs(one - four)).Max());
    }

    [TestMethod]
    public void MaxGradientNorm_SmallNorm_ScalesGradientsDown()
    {
        using var module = new TwoLayers();
        using var folder = Open(Checkpoints);
        folder.Begin(Run);
        double norm = 0;
        var settings = new TrainingSettings { Checkpoints = folder, MaxGradientNorm = 0.01 };
        new TrainingLoop(new LossTask(module, module.Loss), new ConstantSchedule(0.01, 0, 1), settings).Run(step => norm = step.Progress.GradientNorm, default);
        Assert.IsGreaterThan(0.1, norm);

        // After one step the first moments are a tenth of the gradients.
        using var other = new TwoLayers();
        using var parameters = new FlatParameters(other);
        using var adam = new Adam(parameters);
        CheckpointFile.Read(folder.NewestPath!, parameters, adam.Buffers);
        Assert.AreEqual(0.001, adam.FirstMoments.norm().item<float>(), 1e-6);
    }

    [TestMethod]
    public void Validation_Losses_AreReportedAndStopTheRunAndGiveTheBestWeights()
    {
        double[] losses = [5, 4, 3, 3.5, 3.2, 3.1, 2];
        var (index, reported) = (0, new List<double?>());
        using var module = new TwoLayers();
        var atBest = Array.Empty<float>();
        var task = new LossTask(module, module.Loss) { Validation = () => new ValidationScore(Measure()) };
        var loop = new TrainingLoop(task, new ConstantSchedule(0.01, 0, 100), new TrainingSettings
            { Validation = new ValidationSettings(2, 3, TakesBest: true) });
        Assert.AreEqual(12, loop.Run(step => reported.Add(step.Progress.ValidationLoss), default));
        Assert.IsTrue(loop.StoppedEarly);
        Assert.AreEqual(new BestValidation(6, 3, 3), loop.Best);
        CollectionAssert.AreEqual(new double?[] { null, 5, null, 4, null, 3, null, 3.5, null, 3.2, null, 3.1 }, reported);
        CollectionAssert.AreEqual(atBest, module.Values);

        double Measure()
        {
            if (losses[index] == 3)
            {
                atBest = module.Values;
            }

            return losses[index++];
        }
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(5)]
    [DataRow(8)]
    public void Validation_Resumed_StopsAtTheSameStepWithTheSameWeights(int interruption)
    {
        // Checkpoints only every third step: the best weights may be newer than the checkpoint.
        double[] losses = [9, 8, 7, 6, 5, 4.5, 4, 3.9, 4.2, 4.1, 4.3];
        (float[] Values, long Steps) Train(CheckpointFolder? folder, long stop)
        {
            using var module = new TwoLayers();
            long last = folder?.Newest?.Step ?? 0;
            var task = new LossTask(module, module.Loss) { Validation = () => new ValidationScore(losses[last]) };
            var settings = new TrainingSettings { Checkpoints = folder, Validation = new ValidationSettings(1, 3, TakesBest: true) };
            var loop = new TrainingLoop(task, new ConstantSchedule(0.01, 0, 100), settings);
            long done = 0;
            try
            {
                done = loop.Run(step => last = step.Progress.Step < stop ? step.Progress.Step : throw new NotSupportedException(), default);
            }
            catch (NotSupportedException)
            {
                // As if the process had been killed.
            }

            return (module.Values, done);
        }

        var (expected, steps) = Train(null, 1000);
        Assert.AreEqual(11, steps);
        using (var folder = Open(Checkpoints with { IntervalSteps = 3 }))
        {
            folder.Begin(Run);
            Train(folder, interruption);
        }

        using var again = Open(Checkpoints with { IntervalSteps = 3 });
        again.Begin(Run);
        var (values, done) = Train(again, 1000);
        Assert.AreEqual(11, done);
        CollectionAssert.AreEqual(expected, values);
    }

    [TestMethod]
    public void Metrics_InterruptedRun_HaveEveryStepOnce()
    {
        float[] TrainTo(int steps)
        {
            using var folder = Open(Checkpoints with { IntervalSteps = 4 });
            folder.Begin(Run);
            using var module = new TwoLayers();
            using var metrics = new MetricsFile(folder.MetricsPath, 1, _warnings.Add);
            var task = new LossTask(module, module.Loss) { Metrics = part => [new("accuracy", 0.5 * part.Step)] };
            new TrainingLoop(task, new ConstantSchedule(0.01, 0, Steps), new TrainingSettings { Checkpoints = folder, Metrics = [metrics] })
                .Run(step => _ = step.Progress.Step < steps || steps == Steps ? step : throw new NotSupportedException(), default);
            return module.Values;
        }

        Assert.ThrowsExactly<NotSupportedException>(() => TrainTo(7));
        File.AppendAllText(_folder.Combine("metrics.jsonl"), "{\"step\":8,\"lo"); // killed within a line
        TrainTo(Steps);
        var lines = File.ReadAllLines(_folder.Combine("metrics.jsonl")).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToList();
        CollectionAssert.AreEqual(Enumerable.Range(1, Steps).ToArray(), lines.Select(line => line.GetProperty("step").GetInt32()).ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, Steps).Select(step => 0.5 * step).ToArray(),
            lines.Select(line => line.GetProperty("accuracy").GetDouble()).ToArray());
        Assert.IsTrue(lines.All(line => line.GetProperty("loss").GetDouble() > 0 && line.GetProperty("gradient_norm").GetDouble() > 0
            && line.GetProperty("learning_rate").GetDouble() == 0.01));
    }

    [TestMethod]
    public void TensorBoard_Run_WritesAnEventFile()
    {
        using var module = new TwoLayers();
        using var writer = new TensorBoardWriter(_folder.Combine("events"), 1);
        var task = new LossTask(module, module.Loss) { Metrics = _ => [new("accuracy", 1)], Validation = () => new ValidationScore(1, 0.5) };
        var settings = new TrainingSettings { Metrics = [writer], Validation = new ValidationSettings(2, null, TakesBest: false) };
        new TrainingLoop(task, new ConstantSchedule(0.01, 0, 3), settings).Run(_ => { }, default);
        var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Directory.GetFiles(_folder.Combine("events")).Single()));
        foreach (var (tag, count) in new[] { ("loss/training", 3), ("accuracy/training", 3), ("loss/validation", 2), ("accuracy/validation", 2) })
        {
            Assert.HasCount(count + 1, text.Split(tag), tag);
        }
    }

    [TestMethod]
    public void Run_WithEverything_LeavesNoTensors() => LiveTensors.AssertNoneLeft(() =>
    {
        Train(Checkpoints, 5);
        Train(Checkpoints, Steps);
    });

    public void Dispose() => _folder.Dispose();

    private CheckpointFolder Open(CheckpointSettings settings, Func<string, Stream>? create = null) => new(settings, _warnings.Add, create);

    /// <summary>Trains to a step of the same schedule, as if the run were canceled there, and returns the weights.</summary>
    [TestMethod]
    public void Train_DeviceOutOfMemory_SavesTheLastStepAndSaysWhatNeedsLess()
    {
        var expected = Train(null, Steps);
        using (var module = new TwoLayers())
        {
            using var folder = Open(Checkpoints with { IntervalSteps = null });
            folder.Begin(Run);
            torch.Tensor Loss(BatchPart part) => part.Step < 4 ? module.Loss(part)
                : throw new System.Runtime.InteropServices.ExternalException("CUDA out of memory. Tried to allocate 2.00 GiB.\nException raised from malloc");
            var loop = new TrainingLoop(new LossTask(module, Loss), new CosineSchedule(0.05, 3, Steps), new TrainingSettings { Checkpoints = folder });

            var error = Assert.ThrowsExactly<InvalidOperationException>(() => loop.Run(_ => { }, default));

            StringAssert.StartsWith(error.Message, "The device ran out of memory in step 5 of 4 images in one part. More AccumulationSteps (--accumulate)");
            StringAssert.Contains(error.Message, $"The last checkpoint is '{_folder.Combine("checkpoint-000000004.safetensors")}'.");
            StringAssert.EndsWith(error.Message, "libtorch says: CUDA out of memory. Tried to allocate 2.00 GiB.");
        }

        CollectionAssert.AreEqual(expected, Train(Checkpoints, Steps), "The run goes on as if nothing had happened.");
    }

    private float[] Train(CheckpointSettings? settings, int stop, Action<TrainingProgress>? report = null, Func<string, Stream>? create = null)
    {
        using var cancellation = new CancellationTokenSource();
        using var module = new TwoLayers();
        using var folder = settings is null ? null : Open(settings, create);
        folder?.Begin(Run);
        var loop = new TrainingLoop(new LossTask(module, module.Loss), new CosineSchedule(0.05, 3, Steps), new TrainingSettings { Checkpoints = folder });
        loop.Run(step => Report(step.Progress), cancellation.Token);
        return module.Values;

        void Report(TrainingProgress progress)
        {
            report?.Invoke(progress);
            if (progress.Step == stop)
            {
                cancellation.Cancel();
            }
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        internal void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
