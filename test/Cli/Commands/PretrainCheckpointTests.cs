using IGptMl.Tests.Data;

namespace IGptMl.Tests.Cli.Commands;

/// <summary>The options of igpt pretrain that save, report and modify a run.</summary>
[TestClass]
public sealed class PretrainCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Checkpoints => _folder.Combine("run");

    [TestMethod]
    public void Pretrain_EveryOption_ReachesTheTraining()
    {
        var run = Pretrain("--steps", "8", "--checkpoints", Checkpoints, "--checkpoint-minutes", "0", "--checkpoint-interval", "2", "--checkpoints-kept", "1",
            "--checkpoint-at", "3,5", "--accumulate", "2", "--clip", "0.5", "--weight-decay", "0.01", "--augment", "1", "--precision", "bf16",
            "--validation-fraction", "0.25", "--validation-interval", "4", "--patience", "7", "--last-weights", "--tensorboard", _folder.Combine("events"),
            "--metrics-interval", "2", "--samples", "5", "--recompute");
        Assert.AreEqual(0, run.Code, run.Error);
        CollectionAssert.AreEquivalent(
            new[]
            {
                "best.safetensors", "checkpoint-000000003.safetensors", "checkpoint-000000005.safetensors", "checkpoint-000000008.safetensors",
                "metrics.jsonl", "samples-000000005.png", "samples-000000008.png", ".lock",
            },
            Directory.GetFiles(Checkpoints).Select(Path.GetFileName).ToArray());
        Assert.HasCount(1, Directory.GetFiles(_folder.Combine("events")));
        Assert.HasCount(4, File.ReadAllLines(Path.Combine(Checkpoints, "metrics.jsonl")));
        StringAssert.Contains(run.Error, ", validation ");

        // A run with other settings names those that affect the weights.
        var other = Pretrain("--steps", "9", "--checkpoints", Checkpoints);
        Assert.AreEqual(1, other.Code);
        foreach (var part in new[] { "Steps was 8 and is 9.", "AccumulationSteps was 2 and is 1.", "MaxGradientNorm was 0.5 and is none.",
            "WeightDecay was 0.01 and is 0.", "Padding = 1", "Precision was BFloat16 and is Float32.", "ValidationInterval was 4", "Patience was 7",
            "Validation images was 6 of" })
        {
            StringAssert.Contains(other.Error, part);
        }

        Assert.AreEqual(0, Pretrain("--steps", "9", "--checkpoints", Checkpoints, "--start-over").Code);
    }

    [TestMethod]
    public void Pretrain_LearningRateAuto_FindsOneAndSaysWhich()
    {
        var result = Pretrain("--steps", "2", "--learning-rate", "auto", "--json").Json();
        var (found, muon) = (result.GetProperty("learning_rate").GetDouble(), result.GetProperty("muon_learning_rate").GetDouble());
        Assert.IsTrue(found is > 1e-4 and < 0.1, $"{found}");
        Assert.AreEqual(found * 0.02 / 0.004, muon, 0.01 * muon);
        var expected = Weights(_folder.Combine("model.zip"));
        Assert.AreEqual(0, Pretrain("--steps", "2", "--learning-rate", Text(found), "--muon-rate", Text(muon)).Code);
        CollectionAssert.AreEqual(expected, Weights(_folder.Combine("model.zip")));
    }

    [TestMethod]
    public void Pretrain_FinishedRun_GivesTheSameModelAgain()
    {
        string[] line = ["--steps", "6", "--checkpoints", Checkpoints, "--json"];
        var first = Pretrain(line).Json();
        var expected = Weights(_folder.Combine("model.zip"));
        File.Delete(_folder.Combine("model.zip"));
        var second = Pretrain(line).Json();
        CollectionAssert.AreEqual(expected, Weights(_folder.Combine("model.zip")));
        Assert.AreEqual(first.GetRawText(), second.GetRawText());
    }

    [TestMethod]
    public void Pretrain_CanceledAndRunAgain_GoesOnToTheSameModel()
    {
        Assert.AreEqual(0, Pretrain("--steps", "400").Code);
        var expected = Weights(_folder.Combine("model.zip"));
        string[] line = ["--steps", "400", "--checkpoints", Checkpoints];
        using (var cancellation = new CancellationTokenSource())
        {
            using var watcher = new Timer(_ => CancelOnceTraining(cancellation), null, 0, 5);
            var first = Pretrain(cancellation.Token, [.. line, "--checkpoint-interval", "20"]);
            Assert.AreEqual(130, first.Code, first.Error);
            StringAssert.Contains(first.Error, "The same command resumes from there.");
        }

        var newest = Directory.GetFiles(Checkpoints, "checkpoint-*").Select(path => Path.GetFileNameWithoutExtension(path)[11..]).Max()!;
        var step = long.Parse(newest, System.Globalization.CultureInfo.InvariantCulture);
        var second = Pretrain(line);
        Assert.AreEqual(0, second.Code, second.Error);
        StringAssert.Contains(second.Error, $"Resuming after step {step:N0}.");
        CollectionAssert.AreEqual(expected, Weights(_folder.Combine("model.zip")));

        void CancelOnceTraining(CancellationTokenSource source)
        {
            if (Directory.Exists(Checkpoints) && Directory.GetFiles(Checkpoints, "checkpoint-*").Length > 0)
            {
                source.Cancel();
            }
        }
    }

    [TestMethod]
    public void Pretrain_DamagedCheckpoint_IsToldAndTheOneBeforeTaken()
    {
        string[] line = ["--steps", "6", "--checkpoints", Checkpoints, "--checkpoint-interval", "2"];
        Pretrain(line);
        var expected = Weights(_folder.Combine("model.zip"));
        var newest = Path.Combine(Checkpoints, "checkpoint-000000006.safetensors");
        File.WriteAllBytes(newest, File.ReadAllBytes(newest)[..500]);
        var run = Pretrain(line);
        StringAssert.Contains(run.Error, $"'{newest}' is damaged");
        StringAssert.Contains(run.Error, "Resuming after step 4.");
        CollectionAssert.AreEqual(expected, Weights(_folder.Combine("model.zip")));
    }

    [TestMethod]
    public void Pretrain_CheckpointAsModel_IsEvaluated()
    {
        Pretrain("--steps", "4", "--checkpoints", Checkpoints, "--checkpoint-at", "2");
        double Nats(string model) => CommandLine.Run(
            "evaluate", "--model", model, "--data", "shapes:9", "--json").Json().GetProperty("mean_nats_per_token").GetDouble();
        Assert.AreEqual(Nats(_folder.Combine("model.zip")), Nats(Path.Combine(Checkpoints, "checkpoint-000000004.safetensors")));
        Assert.AreNotEqual(Nats(_folder.Combine("model.zip")), Nats(Path.Combine(Checkpoints, "checkpoint-000000002.safetensors")));
    }

    [TestMethod]
    public void Pretrain_EarlyStop_IsACompletedRun()
    {
        // At a rate this high, the validation loss soon exceeds its first value.
        var run = Pretrain("--steps", "400", "--learning-rate", "0.05", "--warm-up", "0", "--validation-fraction", "0.5", "--validation-interval", "1",
            "--patience", "2", "--json");
        var json = run.Json();
        Assert.IsTrue(json.GetProperty("completed").GetBoolean());
        Assert.IsLessThan(400, json.GetProperty("steps").GetInt32());
        StringAssert.Contains(run.Error, "2 validations after the best one; the model is saved.");
    }

    [TestMethod]
    [DataRow("--start-over is for --checkpoints", "--start-over")]
    [DataRow("--checkpoint-at is for --checkpoints", "--checkpoint-at", "3")]
    [DataRow("--checkpoint-at is '3,x'; expected steps", "--checkpoints", "x", "--checkpoint-at", "3,x")]
    [DataRow("--accumulate is 3; expected a divisor of the batch size, which is 4.", "--accumulate", "3")]
    [DataRow("--augment is 4; expected less than the side of the model's images, which is 4.", "--augment", "4")]
    [DataRow("--patience is for --validation or --validation-fraction", "--patience", "3")]
    [DataRow("--last-weights is for --validation or --validation-fraction", "--last-weights")]
    [DataRow("--warm-up is 9; expected no more than --steps, which is 8.", "--steps", "8", "--warm-up", "9")]
    [DataRow("--validation and --validation-fraction exclude each other", "--validation", "shapes:9", "--validation-fraction", "0.1")]
    [DataRow("--samples is for --checkpoints", "--samples", "3")]
    [DataRow("--samples is for autoregressive models", "--checkpoints", "x", "--samples", "3", "--objective", "masked")]
    [DataRow("'fp8'", "--precision", "fp8")]
    public void Pretrain_OptionsThatContradict_AreWrongUsage(string problem, params string[] options) => Pretrain(options).AssertFails(2, problem);

    public void Dispose() => _folder.Dispose();

    private static string Text(double number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static float[] Weights(string path)
    {
        using var model = ImageGptModel.Load(path);
        return [.. model.On(TorchSharp.torch.CPU).state_dict().Values.SelectMany(weight => weight.data<float>().ToArray())];
    }

    private CommandLine Pretrain(params string[] options) => Pretrain(default, options);

    private CommandLine Pretrain(CancellationToken cancellation, string[] options)
        => CommandLine.Run(cancellation, ["pretrain", "--data", "shapes:24", "--out", _folder.Combine("model.zip"), .. TinyModel.Sizes, .. options]);
}
