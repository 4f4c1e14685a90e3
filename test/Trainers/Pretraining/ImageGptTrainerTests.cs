using IGptMl.Tests.Contracts;
using IGptMl.Tests.Network;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Tests.Pretraining;

[TestClass]
public sealed class ImageGptTrainerTests
{
    private static readonly ImageGptTrainer.Options Options = new() { Model = TinyImageGpt.Config, Steps = 6, BatchSize = 5, LearningRate = 0.02 };

    private static readonly ImageGptTrainer.Options Masked = Options with { Model = TinyImageGpt.Config with { Objective = PretrainingObjective.Masked } };

    [TestMethod]
    public void Fit_SameSeed_GivesTheSameWeightsBitForBit()
    {
        var expected = Weights(new MLContext(), Options with { Seed = 3 });
        CollectionAssert.AreEqual(expected, Weights(new MLContext(seed: 9), Options with { Seed = 3 }));
        CollectionAssert.AreNotEqual(expected, Weights(new MLContext(), Options with { Seed = 4 }));
    }

    [TestMethod]
    public void Fit_NoSeed_TakesTheContexts()
    {
        var expected = Weights(new MLContext(seed: 1), Options);
        CollectionAssert.AreEqual(expected, Weights(new MLContext(seed: 1), Options));
        CollectionAssert.AreNotEqual(expected, Weights(new MLContext(seed: 2), Options));
    }

    [TestMethod]
    public void Fit_CacheFile_GivesTheSameWeightsAndIsReadTheNextTime()
    {
        using var folder = new Data.TemporaryFolder();
        var expected = Weights(new MLContext(), Options with { Seed = 3 });
        var cached = Options with { Seed = 3, CacheFile = folder.Combine("train.tokens") };
        CollectionAssert.AreEqual(expected, Weights(new MLContext(), cached));
        var written = File.GetLastWriteTimeUtc(cached.CacheFile);
        CollectionAssert.AreEqual(expected, Weights(new MLContext(), cached));
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(cached.CacheFile));
        CollectionAssert.AreEqual(new[] { cached.CacheFile }, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void Fit_EveryStep_IsReportedAndLeavesNoMoreTensors(int headSize)
    {
        var reports = new List<TrainingProgress>();
        var live = new List<long>();
        LiveTensors.AssertNoneLeft(() => Fit(Options with { Model = TinyImageGpt.ConfigOf(headSize), Steps = 30, Progress = new Reporter(Take) }).Dispose());
        CollectionAssert.AreEqual(Enumerable.Range(1, 30).Select(step => (long)step).ToArray(), reports.Select(r => r.Step).ToArray());
        Assert.AreEqual(Math.Log(8), reports[0].Loss, 1e-5, "An untrained model knows nothing.");
        Assert.HasCount(1, live.Skip(1).Distinct().ToList());

        void Take(TrainingProgress progress)
        {
            reports.Add(progress);
            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
    }

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive)]
    [DataRow(PretrainingObjective.Masked)]
    public void Fit_Augmentation_IsOfTheSeed(PretrainingObjective objective)
    {
        var options = Options with { Model = TinyImageGpt.Config with { Objective = objective }, Seed = 3, Augmentation = new() { Padding = 2 } };
        var expected = Weights(new MLContext(), options);
        CollectionAssert.AreEqual(expected, Weights(new MLContext(seed: 9), options));
        CollectionAssert.AreNotEqual(expected, Weights(new MLContext(), options with { Augmentation = null }));
        CollectionAssert.AreEqual(Weights(new MLContext(), options with { Augmentation = null }),
            Weights(new MLContext(), options with { Augmentation = new() { Padding = 0, Flip = false } }));
    }

    [TestMethod]
    public void Options_AugmentationLargerThanTheImage_IsRefused()
        => Assert.AreEqual(
            "Augmentation.Padding is 4; expected 0 to 3. (Parameter 'options')",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(()
                => new MLContext().ImageGeneration.Trainers.ImageGpt(Options with { Augmentation = new() })).Message);

    [TestMethod]
    public void Fit_WarmUpNotGiven_IsAnEpochButAtMostATenth()
    {
        var rates = new List<double>();
        Fit(Options with { Steps = 40, Progress = new Reporter(p => rates.Add(p.LearningRate)) }).Dispose();
        Assert.AreEqual(0.02 / 4, rates[0], 1e-9, "A tenth of the steps is 4, and an epoch of 21 rows in batches of 5 is 5.");
        Assert.AreEqual(0.02, rates[4], 1e-9);
        rates.Clear();
        Fit(Options with { Steps = 40, WarmUpSteps = 0, Progress = new Reporter(p => rates.Add(p.LearningRate)) }).Dispose();
        Assert.AreEqual(0.02, rates[0], 1e-9);
    }

    [TestMethod]
    public void Fit_LearnableTokens_LearnsThem()
    {
        using var transformer = Fit(Options with { Steps = 150, Seed = 1, BatchSize = 16 }, TokenRows.Create(64));
        var metrics = new MLContext().ImageGeneration.Evaluate(transformer.Transform(TokenRows.Create(21)));
        Assert.IsLessThan(1.4, metrics.NatsPerToken, "Knowing the rule gives 0.9; knowing nothing, ln 8 = 2.08.");
    }

    [TestMethod]
    public void Fit_LearnableTokensMasked_LearnsThem()
    {
        using var transformer = Fit(Masked with { Steps = 150, Seed = 1, BatchSize = 16 }, MostlyOneColor(64, firstSeed: 0));
        var metrics = new MLContext().ImageGeneration.Evaluate(transformer.Transform(MostlyOneColor(40, firstSeed: 1000)));
        Assert.IsLessThan(1.4, metrics.NatsPerToken, "Knowing the rule gives 0.95; knowing nothing, ln 8 = 2.08.");

        static TableView MostlyOneColor(int rows, int firstSeed) => new TableView(rows).AddVector("Tokens", TokenRows.Type, row =>
        {
            var random = new Random(firstSeed + row);
            return (ushort[])[.. Enumerable.Range(0, TokenRows.Context).Select(_
                => (ushort)(1 + (random.Next(4) == 0 ? random.Next(TokenRows.Colors) : row % TokenRows.Colors)))];
        });
    }

    [TestMethod]
    public void Fit_MaskedSameSeed_GivesTheSameWeightsBitForBit()
    {
        var expected = Weights(new MLContext(), Masked with { Seed = 3 });
        CollectionAssert.AreEqual(expected, Weights(new MLContext(seed: 9), Masked with { Seed = 3 }));
        CollectionAssert.AreNotEqual(expected, Weights(new MLContext(), Masked with { Seed = 3, MaskProbability = 0.3 }));
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void Fit_EveryMaskedStep_LeavesNoMoreTensors(int headSize)
    {
        var live = new List<long>();
        var options = Masked with
        {
            Model = TinyImageGpt.ConfigOf(headSize) with { Objective = PretrainingObjective.Masked },
            Steps = 30,
            Progress = new Reporter(_ => live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount)),
        };
        LiveTensors.AssertNoneLeft(() => Fit(options).Dispose());
        Assert.HasCount(1, live.Skip(1).Distinct().ToList());
    }

    [TestMethod]
    public void Transform_MaskedModel_GivesTheMeanOfTheHiddenTokensByTheFormulas()
    {
        using var transformer = Fit(Masked with { MaskProbability = 0.3 });
        Assert.AreEqual(new TokenMasking { Probability = 0.3 }, transformer.Masking);
        var found = RowValues.Read(transformer.Transform(TokenRows.Create()), ["NatsPerToken", "BitsPerDimension"]);
        var plain = new PlainImageGpt(transformer.Model.On(torch.CPU));
        RowValues.AssertAligned(
            Enumerable.Range(0, 21).Select(row =>
            {
                ushort[] tokens = [.. TokenRows.Keys(row).Select(key => (ushort)(key - 1))];
                var hidden = transformer.Masking!.Draw(tokens, 1)![0].ToArray();
                var nats = plain.NegativeLogLikelihood([.. tokens.Select(token => (int)token)], hidden).Where((_, i) => hidden[i]).Average();
                return new RowValues($"row {row}", [nats, nats / (3 * Math.Log(2))]);
            }),
            found,
            1e-5);
    }

    [TestMethod]
    public void Fit_Canceled_GivesTheModelSoFar()
    {
        using var cancellation = new CancellationTokenSource();
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, log) => warnings.Add(log.RawMessage);
        long last = 0;
        using var transformer = context.ImageGeneration.Trainers.ImageGpt("Tokens", Options with
            { Steps = 1000, CancellationToken = cancellation.Token, Progress = new Reporter(CancelAtThree) }).Fit(TokenRows.Create());
        Assert.AreEqual(3, last);
        Assert.Contains("Canceled after 3 of 1,000 steps; the model so far is returned.", warnings);
        Assert.AreNotEqual(Math.Log(8), context.ImageGeneration.Evaluate(transformer.Transform(TokenRows.Create())).NatsPerToken, 1e-4);

        void CancelAtThree(TrainingProgress progress)
        {
            last = progress.Step;
            if (last == 3)
            {
                cancellation.Cancel();
            }
        }
    }

    [TestMethod]
    public void Fit_CanceledBeforeTheFirstStep_Throws()
        => LiveTensors.AssertNoneLeft(() => Assert.ThrowsExactly<OperationCanceledException>(()
            => Fit(Options with { CancellationToken = new CancellationToken(canceled: true) })));

    [TestMethod]
    public void Fit_ProgressThrows_LeavesNoTensors()
        => LiveTensors.AssertNoneLeft(() => Assert.ThrowsExactly<NotSupportedException>(()
            => Fit(Options with { Progress = new Reporter(p => throw new NotSupportedException()) })));

    [TestMethod]
    public void Fit_RowsWithoutTokens_AreLeftOutWithAWarning()
    {
        var context = new MLContext(seed: 1);
        var messages = new List<string>();
        context.Log += (_, log) => messages.Add(log.RawMessage);
        using var transformer = context.ImageGeneration.Trainers.ImageGpt("Tokens", Options with
            { Seed = 3 }).Fit(TokenRows.Create(30, missing: row => row >= 21));
        Assert.Contains("9 rows with missing tokens were skipped.", messages);
        CollectionAssert.AreEqual(Weights(new MLContext(), Options with { Seed = 3 }), WeightsOf(transformer));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    public void Fit_NoTokens_SaysSo(int rowsWithoutTokens)
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Options, TokenRows.Create(rowsWithoutTokens, missing: _ => true)));
        Assert.AreEqual("Training has no rows: column 'Tokens' holds no complete row of tokens.", error.Message);
    }

    [TestMethod]
    public void Fit_FewerRowsThanTheBatch_TakesThemAll()
    {
        using var transformer = Fit(Options with { BatchSize = 1000 }, TokenRows.Create(3));
        Assert.AreEqual(TinyImageGpt.Config, transformer.Model.Config);
    }

    [TestMethod]
    public void Fit_TokensOfAPalette_KeepsThePalette()
    {
        var context = new MLContext(seed: 1);
        using var chain = context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4)
            .Append(context.ImageGeneration.Trainers.ImageGpt("Tokens", Options))
            .Fit(ImageRows.Create());
        Assert.AreEqual(TinyImageGpt.Palette, chain.LastTransformer.Model.Palette);
    }

    [TestMethod]
    public void Options_EverythingWrong_IsReportedTogether()
    {
        var options = new ImageGptTrainer.Options
        {
            InputColumnName = " ",
            Model = TinyImageGpt.Config with { Heads = 3 },
            Steps = 0,
            BatchSize = 65537,
            LearningRate = double.NaN,
            WarmUpSteps = -1,
            MaskProbability = 1,
        };
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MLContext().ImageGeneration.Trainers.ImageGpt(options));
        Assert.AreEqual(
            "Steps is 0; expected at least 1. InputColumnName is ' '; expected a column name. BatchSize is 65537; expected 1 to 65536. "
            + "LearningRate is NaN; expected more than 0 and at most 1. WarmUpSteps is -1; expected 0 to 0. MaskProbability is 1; expected more than 0 and "
                + "less than 1. EmbeddingSize is 8; expected a multiple of Heads (3). (Parameter 'options')",
            error.Message);
    }

    [TestMethod]
    public void Options_NoModel_IsReported()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(()
            => new MLContext().ImageGeneration.Trainers.ImageGpt("Tokens", new ImageGptTrainer.Options { Model = null! }));
        Assert.AreEqual("Model is null; expected an architecture. (Parameter 'options')", error.Message);
    }

    private static ImageGptTransformer Fit(ImageGptTrainer.Options options, IDataView? data = null)
        => new MLContext(seed: 1).ImageGeneration.Trainers.ImageGpt(options).Fit(data ?? TokenRows.Create());

    private static float[] Weights(MLContext context, ImageGptTrainer.Options options)
    {
        using var transformer = context.ImageGeneration.Trainers.ImageGpt(options).Fit(TokenRows.Create());
        return WeightsOf(transformer);
    }

    private static float[] WeightsOf(ImageGptTransformer transformer)
        => [.. transformer.Model.On(torch.CPU).state_dict().SelectMany(w => w.Value.data<float>().ToArray())];

    private sealed class Reporter(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
