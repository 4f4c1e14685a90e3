using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Cli.Commands;

/// <summary>The options of igpt finetune for checkpoints, metrics and the course of a run.</summary>
[TestClass]
public sealed class FineTuneCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Checkpoints => _folder.Combine("run");

    [TestMethod]
    public void FineTune_EveryOption_ReachesTheTraining()
    {
        var run = FineTune(
            "--steps", "8", "--batch-size", "4", "--schedule", "cosine", "--warm-up", "2", "--checkpoints", Checkpoints, "--checkpoint-minutes", "0",
                "--checkpoint-interval", "2",
            "--checkpoints-kept", "1", "--checkpoint-at", "3,5", "--accumulate", "2", "--clip", "0.5", "--weight-decay", "0.01", "--augment", "1",
                "--precision", "bf16",
            "--validation", "shapes:12", "--validation-limit", "6", "--validation-interval", "4", "--patience", "7", "--last-weights", "--tensorboard",
                _folder.Combine("events"),
            "--metrics-interval", "2", "--recompute", "--generative-weight", "0.5", "--seed", "3");
        Assert.AreEqual(0, run.Code, run.Error);
        CollectionAssert.AreEquivalent(
            new[] { "best.safetensors", "checkpoint-000000003.safetensors", "checkpoint-000000005.safetensors", "checkpoint-000000008.safetensors",
                "metrics.jsonl", ".lock" },
            Directory.GetFiles(Checkpoints).Select(Path.GetFileName).ToArray());
        Assert.HasCount(1, Directory.GetFiles(_folder.Combine("events")));
        Assert.HasCount(4, File.ReadAllLines(Path.Combine(Checkpoints, "metrics.jsonl")));
        StringAssert.Contains(run.Error, ", validation ");

        // A run with other settings lists those that determine the weights.
        var other = FineTune("--steps", "9", "--batch-size", "4", "--checkpoints", Checkpoints);
        Assert.AreEqual(1, other.Code);
        string[] expected =
        [
            "Steps was 8 and is 9.", "AccumulationSteps was 2 and is 1.", "WarmUpSteps was 2 and is 0.", "LearningRateSchedule was not given and is Constant.",
            "MaxGradientNorm was 0.5 and is none.", "WeightDecay was 0.01 and is 0.", "Padding = 1", "Precision was BFloat16 and is Float32.",
                "ValidationInterval was 4 and is none.",
            "Patience was 7 and is none.", "Validation images was 6 of", "GenerativeWeight was 0.5 and is 1.", "Seed was 3 and is 1.",
        ];
        foreach (var part in expected)
        {
            StringAssert.Contains(other.Error, part);
        }

        Assert.AreEqual(0, FineTune("--steps", "9", "--batch-size", "4", "--checkpoints", Checkpoints, "--start-over").Code);
    }

    [TestMethod]
    public void FineTune_LearningRateAuto_FindsOneAndSaysWhich()
    {
        var found = FineTune("--steps", "2", "--learning-rate", "auto", "--json").Json().GetProperty("learning_rate").GetDouble();
        Assert.IsTrue(found is > 1e-5 and <= 0.1, $"{found}");
        var expected = Scores();
        var text = found.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.AreEqual(0, FineTune("--steps", "2", "--learning-rate", text).Code);
        CollectionAssert.AreEqual(expected, Scores());
    }

    [TestMethod]
    public void FineTune_CanceledAndRunAgain_GoesOnToTheSameClassifier()
    {
        Assert.AreEqual(0, FineTune("--steps", "400").Code);
        var expected = Scores();
        string[] line = ["--steps", "400", "--checkpoints", Checkpoints];
        using (var cancellation = new CancellationTokenSource())
        {
            using var watcher = new Timer(_ => CancelOnceTraining(cancellation), null, 0, 5);
            var first = FineTune(cancellation.Token, [.. line, "--checkpoint-interval", "20"]);
            Assert.AreEqual(130, first.Code, first.Error);
            StringAssert.Contains(first.Error, "the classifier so far is saved. The same command resumes from there.");
        }

        var second = FineTune(line);
        Assert.AreEqual(0, second.Code, second.Error);
        StringAssert.Contains(second.Error, "Resuming after step ");
        CollectionAssert.AreEqual(expected, Scores());

        void CancelOnceTraining(CancellationTokenSource source)
        {
            if (Directory.Exists(Checkpoints) && Directory.GetFiles(Checkpoints, "checkpoint-*").Length > 0)
            {
                source.Cancel();
            }
        }
    }

    [TestMethod]
    public void FineTune_CheckpointAsModel_IsTheTunedNetwork()
    {
        Assert.AreEqual(0, FineTune("--steps", "4", "--learning-rate", "0.05", "--validation-fraction", "0", "--checkpoints", Checkpoints).Code);
        double Nats(string model) => CommandLine.Run(
            "evaluate", "--model", model, "--data", "shapes:9", "--json").Json().GetProperty("mean_nats_per_token").GetDouble();
        Assert.AreEqual(Nats(_folder.Combine("classifier.zip")), Nats(Path.Combine(Checkpoints, "checkpoint-000000004.safetensors")));
        Assert.AreNotEqual(Nats(TinyModel.ZipPath), Nats(Path.Combine(Checkpoints, "checkpoint-000000004.safetensors")));
    }

    [TestMethod]
    public void FineTune_EarlyStop_IsACompletedRun()
    {
        // At a rate this high, the validation accuracy soon stops improving.
        var run = FineTune("--steps", "400", "--learning-rate", "0.5", "--validation-fraction", "0.5", "--validation-interval", "1", "--patience", "2",
            "--json");
        Assert.IsTrue(run.Json().GetProperty("completed").GetBoolean());
        Assert.IsLessThan(400, run.Json().GetProperty("steps").GetInt32());
        StringAssert.Contains(run.Error, "2 validations after the best one; the classifier is saved.");
    }

    [TestMethod]
    [DataRow("--start-over is for --checkpoints", "--start-over")]
    [DataRow("--checkpoint-at is '3,x'; expected steps", "--checkpoints", "x", "--checkpoint-at", "3,x")]
    [DataRow("--accumulate is 3; expected a divisor of the batch size, which is 128.", "--accumulate", "3")]
    [DataRow("--warm-up is 9; expected no more than --steps, which is 8.", "--steps", "8", "--warm-up", "9")]
    [DataRow("--augment is 4; expected less than the side of the model's images, which is 4.", "--augment", "4")]
    [DataRow("--patience is for --validation or --validation-fraction", "--validation-fraction", "0", "--patience", "3")]
    [DataRow("--validation and --validation-fraction exclude each other", "--validation", "shapes:9", "--validation-fraction", "0.1")]
    [DataRow("--validation-limit is for --validation", "--validation-limit", "3")]
    [DataRow("--epochs and --steps exclude each other", "--epochs", "3", "--steps", "3")]
    [DataRow("'fp8'", "--precision", "fp8")]
    [DataRow("'linear'", "--schedule", "linear")]
    [DataRow("--learning-rate is 'fast'; expected a number", "--learning-rate", "fast")]
    public void FineTune_OptionsThatContradict_AreWrongUsage(string problem, params string[] options) => FineTune(options).AssertFails(2, problem);

    public void Dispose() => _folder.Dispose();

    /// <summary>The probabilities of some images.</summary>
    private float[] Scores()
    {
        var context = new MLContext();
        using var chain = (TransformerChain<ITransformer>)context.Model.Load(_folder.Combine("classifier.zip"), out _);
        return [.. chain.Transform(context.Data.LoadShapes(6, 3)).GetColumn<float[]>("Score").SelectMany(scores => scores)];
    }

    private CommandLine FineTune(params string[] options) => FineTune(default, options);

    private CommandLine FineTune(CancellationToken cancellation, string[] options)
        => CommandLine.Run(
            cancellation, ["finetune", "--model", TinyModel.ZipPath, "--data", "shapes:36", "--out", _folder.Combine("classifier.zip"), .. options]);
}
