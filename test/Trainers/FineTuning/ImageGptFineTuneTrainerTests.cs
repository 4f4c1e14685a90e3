using IGptMl.Network;
using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Tests.FineTuning;

[TestClass]
public sealed class ImageGptFineTuneTrainerTests : IDisposable
{
    private static readonly ImageGptFineTuneTrainer.Options Options = new()
        { Epochs = 3, BatchSize = 8, LearningRate = 0.01, ValidationFraction = 0, Seed = 3 };

    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
    private readonly MLContext _context = new(seed: 1);
    private readonly List<string> _messages = [];

    public ImageGptFineTuneTrainerTests() => _context.Log += (_, log) => _messages.Add(log.RawMessage);

    [TestMethod]
    public void Fit_SameSeed_GivesTheSameWeightsBitForBit()
    {
        var expected = Weights(Options);
        CollectionAssert.AreEqual(expected, Weights(Options, new MLContext(seed: 9)));
        CollectionAssert.AreNotEqual(expected, Weights(Options with { Seed = 4 }));
    }

    [TestMethod]
    public void Fit_NoSeed_TakesTheContexts()
    {
        var options = Options with { Seed = null };
        var expected = Weights(options, new MLContext(seed: 1));
        CollectionAssert.AreEqual(expected, Weights(options, new MLContext(seed: 1)));
        CollectionAssert.AreNotEqual(expected, Weights(options, new MLContext(seed: 2)));
    }

    [TestMethod]
    public void Fit_GivenModel_StaysAsItWas()
    {
        var before = WeightsOf(_model);
        using var transformer = Fit(Options);
        CollectionAssert.AreEqual(before, WeightsOf(_model));
        CollectionAssert.AreNotEqual(before, WeightsOf(transformer.Model));
        Assert.AreEqual(TinyImageGpt.Palette, transformer.Model.Palette);
        Assert.AreEqual(2, transformer.ClassCount);
    }

    [TestMethod]
    [DataRow(1.0)]
    [DataRow(0.5)]
    public void Fit_FirstStep_KnowsNoClassAndWeighsBothLosses(double weight)
    {
        var reports = new List<FineTuningProgress>();
        Fit(Options with { GenerativeWeight = weight, BatchSize = 21, Progress = new Reporter(reports.Add) }).Dispose();
        Assert.AreEqual(Math.Log(2), reports[0].ClassificationLoss, 1e-6, "A head of zeros gives every class the same probability.");
        var tokens = Enumerable.Range(0, 21).SelectMany(row => TokenRows.Keys(row).Select(key => (ushort)(key - 1))).ToArray();
        using var input = TokenTensor.Create(tokens, 21, torch.CPU);
        using var generative = _model.On(torch.CPU).Loss(input);
        Assert.AreEqual(generative.item<float>(), reports[0].GenerativeLoss!.Value, 1e-5, "All rows in one batch: the loss of the pretrained model.");
        Assert.AreEqual(reports[0].ClassificationLoss + (weight * reports[0].GenerativeLoss!.Value), reports[0].Loss, 1e-5);
        Assert.IsTrue(reports.All(report => report.LearningRate == 0.01), "There is no cosine.");
    }

    [TestMethod]
    public void Fit_GenerativeWeight_IsUsed()
    {
        var reports = new List<FineTuningProgress>();
        var options = Options with { GenerativeWeight = 0, Progress = new Reporter(reports.Add) };
        using var alone = Fit(options);
        using var joint = Fit(options with { GenerativeWeight = 1 });
        Assert.IsNull(reports[0].GenerativeLoss);
        CollectionAssert.AreEqual(HeadOf(_model), HeadOf(alone.Model), "Nothing asks for the logits of colors.");
        CollectionAssert.AreNotEqual(HeadOf(_model), HeadOf(joint.Model));
        CollectionAssert.AreNotEqual(alone.Head.Weights.ToArray(), joint.Head.Weights.ToArray());
        Assert.IsLessThan(Nats(alone), Nats(joint), "The generative part keeps the model good at images.");

        double Nats(ImageGptClassificationTransformer transformer)
        {
            var tokens = Enumerable.Range(0, 21).SelectMany(row => TokenRows.Keys(row).Select(key => (ushort)(key - 1))).ToArray();
            using var input = TokenTensor.Create(tokens, 21, torch.CPU);
            using var loss = transformer.Model.On(torch.CPU).Loss(input);
            return loss.item<float>();
        }

        static float[] HeadOf(ImageGptModel model) => model.On(torch.CPU).state_dict()["lm_head.weight"].data<float>().ToArray();
    }

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive, 4)]
    [DataRow(PretrainingObjective.Autoregressive, 16)]
    [DataRow(PretrainingObjective.Autoregressive, 32)]
    [DataRow(PretrainingObjective.Autoregressive, 64)]
    [DataRow(PretrainingObjective.Masked, 4)]
    [DataRow(PretrainingObjective.Masked, 32)]
    public void Fit_EveryStep_IsReportedAndLeavesNoMoreTensors(PretrainingObjective objective, int headSize)
    {
        using var model = TinyImageGpt.CreateModel(objective: objective, headSize: headSize);
        var reports = new List<FineTuningProgress>();
        var live = new List<long>();
        LiveTensors.AssertNoneLeft(() => Fit(Options with { ValidationFraction = 0.2, Patience = 100, Epochs = 10, Progress = new Reporter(Take) },
            model: model).Dispose());
        CollectionAssert.AreEqual(Enumerable.Range(1, 30).Select(step => (long)step).ToArray(), reports.Select(r => r.Step).ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(1, 30).Select(step => (step + 2) / 3).ToArray(), reports.Select(r => r.Epoch).ToArray(),
            "17 rows in batches of 8 are 3 steps.");
        Assert.IsNull(reports[1].ValidationAccuracy);
        Assert.IsTrue(reports.All(r => r.ValidationAccuracy is not null == (r.Step % 3 == 0) && r.ValidationLoss is not null == (r.Step % 3 == 0)));
        Assert.IsTrue(reports.Skip(2).All(r => r.BestValidationAccuracy >= (r.ValidationAccuracy ?? 0) && r.Steps == 30 && r.Accuracy is >= 0 and <= 1));
        Assert.HasCount(1, live.Skip(3).Distinct().ToList(), "The first validation leaves the best weights.");

        void Take(FineTuningProgress progress)
        {
            reports.Add(progress);
            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
    }

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive)]
    [DataRow(PretrainingObjective.Masked)]
    public void Fit_ValidationData_ReturnsTheWeightsOfTheBestMoment(PretrainingObjective objective)
    {
        using var model = new ImageGptModel(TinyImageGpt.CreateNetwork(TinyImageGpt.Config with { Objective = objective }), null);
        var validation = Rows(41, Parity, first: 5000);
        var reports = new List<FineTuningProgress>();
        var options = Options with { Seed = 1, Epochs = 12, Patience = 100, LearningRate = 0.03, Progress = new Reporter(reports.Add) };
        using var transformer = Fit(options, Rows(30, Parity), model, validation: validation);
        var accuracies = reports.Where(r => r.Step % 4 == 0).Select(r => r.ValidationAccuracy!.Value).ToList();
        Assert.IsGreaterThan(accuracies[^1], accuracies.Max(), "The last weights must not be the best ones, or the test shows nothing.");
        var metrics = _context.MulticlassClassification.Evaluate(transformer.Transform(validation));
        Assert.AreEqual(accuracies.Max(), metrics.MicroAccuracy, 1e-9);
        Assert.AreEqual(accuracies.Max(), reports[^1].BestValidationAccuracy!.Value, 1e-9);
    }

    [TestMethod]
    public void Fit_NoBetterValidation_StopsEarly()
    {
        // The validation set contradicts the training set, so that every epoch is worse than the first.
        var validation = Rows(21, row => 3 - Half(row));
        var reports = new List<FineTuningProgress>();
        Fit(Options with { Seed = 5, Epochs = 50, Patience = 3, Progress = new Reporter(reports.Add) }, Rows(21, Half), validation: validation).Dispose();
        Assert.AreEqual(4 * 3, reports[^1].Step);
        Assert.AreEqual(150, reports[^1].Steps);
        Assert.Contains("Stopped after 12 of 150 steps: validation has not improved since step 3.", _messages);
        Assert.Contains(message => message.StartsWith("The model has the weights of the best validation, after step 3: accuracy ", StringComparison.Ordinal),
            _messages);
    }

    [TestMethod]
    public void Fit_Canceled_GivesTheModelSoFar()
    {
        using var cancellation = new CancellationTokenSource();
        using var transformer = Fit(Options with { Epochs = 1000, CancellationToken = cancellation.Token, Progress = new Reporter(CancelAt(4, cancellation)) });
        Assert.Contains("Canceled after 4 of 3,000 steps; the model so far is returned.", _messages);
        CollectionAssert.AreNotEqual(WeightsOf(_model), WeightsOf(transformer.Model));
    }

    [TestMethod]
    public void Fit_CanceledAfterAValidation_GivesTheBestSoFar()
    {
        using var cancellation = new CancellationTokenSource();
        var (options, validation) = (Options with { Seed = 5, Epochs = 1000 }, Rows(21, row => 3 - Half(row)));
        using var canceled = Fit(options with { CancellationToken = cancellation.Token, Progress = new Reporter(CancelAt(8, cancellation)) }, Rows(21, Half),
            validation: validation);
        using var first = Fit(options with { Epochs = 1 }, Rows(21, Half), validation: validation);
        CollectionAssert.AreEqual(WeightsOf(first.Model), WeightsOf(canceled.Model));
        CollectionAssert.AreEqual(first.Head.Weights.ToArray(), canceled.Head.Weights.ToArray());
    }

    [TestMethod]
    public void Fit_CanceledBeforeTheFirstStep_Throws()
        => LiveTensors.AssertNoneLeft(() => Assert.ThrowsExactly<OperationCanceledException>(()
            => Fit(Options with { CancellationToken = new CancellationToken(canceled: true) })));

    [TestMethod]
    public void Fit_ProgressThrows_LeavesNoTensors()
        => LiveTensors.AssertNoneLeft(() => Assert.ThrowsExactly<NotSupportedException>(()
            => Fit(Options with { ValidationFraction = 0.2, Progress = new Reporter(_ => throw new NotSupportedException()) })));

    [TestMethod]
    public void Fit_Augmentation_ShowsOtherImages()
    {
        var expected = Weights(Options);
        var moved = Options with { Augmentation = new() { Padding = 1 } };
        CollectionAssert.AreNotEqual(expected, Weights(moved));
        CollectionAssert.AreEqual(Weights(moved), Weights(moved));
        CollectionAssert.AreEqual(expected, Weights(Options with { Augmentation = new() { Padding = 0, Flip = false } }));
    }

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive)]
    [DataRow(PretrainingObjective.Masked)]
    public void Fit_WhatAveragesHide_IsLearned(PretrainingObjective objective)
    {
        // The class is whether a particular token is in the first or second half of the colors, which is hard to read from averages over the positions.
        var (training, test) = (Rows(400, Half), Rows(200, Half, first: 1000));
        using var model = new ImageGptModel(TinyImageGpt.CreateNetwork(TinyImageGpt.Config with { Objective = objective }), null);
        using var transformer = Fit(Options with { Epochs = 8, BatchSize = 16, MaskProbability = 0.02, ValidationFraction = 0.1 }, training, model);
        var tuned = _context.MulticlassClassification.Evaluate(transformer.Transform(test)).MicroAccuracy;
        var probes = Enumerable.Range(0, 3).Select(layer => _context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, layer)
            .Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Fit(training)).ToList();
        var probed = probes.Max(probe => _context.MulticlassClassification.Evaluate(probe.Transform(test)).MicroAccuracy);
        probes.ForEach(probe => probe.Dispose());
        Assert.IsGreaterThan(0.85, tuned);
        Assert.IsGreaterThan(probed + 0.1, tuned);
    }

    [TestMethod]
    public void Fit_LossNoNumber_SaysWhen()
    {
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.Config);
        using (torch.no_grad())
        {
            network.state_dict()["transformer.ln_f.weight"].fill_(float.NaN);
        }

        using var model = new ImageGptModel(network, null);
        LiveTensors.AssertNoneLeft(() => Assert.StartsWith("The loss is NaN at step 1",
            Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Options, model: model)).Message));
    }

    [TestMethod]
    public void Fit_RowsWithoutTokensOrLabel_AreLeftOutWithWarnings()
    {
        using var transformer = Fit(Options, TokenRows.Create(21, missing: row => row is 3 or 4, labeled: row => row != 20));
        Assert.Contains("2 rows with missing tokens were skipped.", _messages);
        Assert.Contains("1 rows with missing labels were skipped.", _messages);
        using var expected = Fit(Options, Rows(18, row => (uint)(1 + (row % 2)), 0, 3, 4));
        CollectionAssert.AreEqual(WeightsOf(expected.Model), WeightsOf(transformer.Model));
    }

    [TestMethod]
    public void Fit_NoRows_SaysSo()
    {
        const string expected = "Training has no rows: none has both tokens in column 'Tokens' and a label in column 'Label'.";
        Assert.AreEqual(expected, Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Options, TokenRows.Create(0))).Message);
        Assert.AreEqual(expected, Assert.ThrowsExactly<InvalidOperationException>(()
            => Fit(Options, TokenRows.Create(4, missing: row => row < 2, labeled: row => row < 2))).Message);
    }

    [TestMethod]
    public void Fit_TokensOfAnotherPalette_AreToldAndKept()
    {
        var other = Palette.FromColors([.. Enumerable.Range(0, 24).Select(i => (byte)(10 * i))]);
        var images = ImageRows.Create();
        using var same = _context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4).Append(Trainer(Options)).Fit(images);
        Assert.DoesNotContain(message => message.Contains("palette", StringComparison.Ordinal), _messages);
        using var chain = _context.Transforms.QuantizeToPalette("Tokens", "Image", other, 4).Append(Trainer(Options)).Fit(images);
        Assert.Contains("The tokens in column 'Tokens' have another palette than the model: what it has learned in pretraining is lost.", _messages);
        Assert.AreEqual(other, chain.LastTransformer.Model.Palette);
    }

    [TestMethod]
    public void Fit_RowsOfOneClass_SaysWhich()
    {
        Assert.AreEqual(
            "Training has rows of one class only, key 2, in column 'Label'; a classifier needs two.",
            Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Options, Rows(5, _ => 2))).Message);
        var named = ClassRows.Keyed(_context, row => row < 20 ? "cat" : "dog");
        Assert.AreEqual(
            "Training has rows of one class only, 'cat', in column 'Label'; a classifier needs two.",
            Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Options, _context.Data.TakeRows(named, 20))).Message);
    }

    [TestMethod]
    public void Fit_ClassWithoutRows_IsToldAndScored()
    {
        var data = _context.Data.TakeRows(ClassRows.Keyed(_context, row => row == 20 ? "owl" : row % 2 == 0 ? "cat" : "dog"), 20);
        using var transformer = Fit(Options, data);
        Assert.Contains("There are no training rows of 1 of 3 classes: 'owl'.", _messages);
        Assert.AreEqual(3, ((VectorDataViewType)transformer.GetOutputSchema(data.Schema)["Score"].Type).Size);
    }

    [TestMethod]
    public void Fit_NothingToValidateOn_IsTold()
    {
        Fit(Options with { ValidationFraction = 0.01 }).Dispose();
        Assert.Contains("There are no validation rows: all steps are run, and the last weights are returned.", _messages);
        _messages.Clear();
        Fit(Options, validation: TokenRows.Create(0)).Dispose();
        Assert.Contains("There are no validation rows: all steps are run, and the last weights are returned.", _messages);
    }

    [TestMethod]
    public void Fit_LabelOfAnotherType_IsRefusedInMLNetsWords()
    {
        DataViewType[] wrong =
        [
            TextDataViewType.Instance, NumberDataViewType.Single, NumberDataViewType.UInt32, BooleanDataViewType.Instance,
            new KeyDataViewType(typeof(byte), 3), new VectorDataViewType(new KeyDataViewType(typeof(uint), 3), 2),
        ];
        foreach (var type in wrong)
        {
            var view = new TableView(1).AddUnread("Tokens", TokenRows.Type).AddUnread("Features",
                new VectorDataViewType(NumberDataViewType.Single, 2)).AddUnread("Label", type);
            var theirs = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(view));
            var promised = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Trainer(Options).GetOutputSchema(SchemaFacts.ShapeOf(view.Schema)));
            Assert.AreEqual(WithoutParameter(theirs), WithoutParameter(promised));
            Assert.StartsWith("Schema mismatch for label column 'Label': expected Key<UInt32>, got ",
                Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Fit(Options, view)).Message);
        }

        static string WithoutParameter(ArgumentException e) => e.Message[..e.Message.IndexOf(" (Parameter", StringComparison.Ordinal)];
    }

    [TestMethod]
    public void Fit_LabelMissingOrOfOneClass_IsRefused()
    {
        var view = new TableView(1).AddUnread("Tokens", TokenRows.Type);
        Assert.StartsWith("Could not find label column 'Label'", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Fit(Options, view)).Message);
        Assert.StartsWith("Could not find label column 'Label'",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Trainer(Options).GetOutputSchema(SchemaFacts.ShapeOf(view.Schema))).Message);
        var one = new TableView(1).AddUnread("Tokens", TokenRows.Type).AddUnread("Label", new KeyDataViewType(typeof(uint), 1));
        Assert.StartsWith("Schema mismatch for label column 'Label': expected Key<UInt32> of two classes or more, got Key<UInt32, 0-0>",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Fit(Options, one)).Message);
    }

    [TestMethod]
    public void Fit_ValidationDataThatDoNotFit_AreRefused()
    {
        AssertRefused("Could not find token column 'Tokens'", new TableView(1).AddUnread("Label", new KeyDataViewType(typeof(uint), 2)), TokenRows.Create());
        AssertRefused(
            "Schema mismatch for validation label column 'Label': expected Key<UInt32, 0-1>, got Key<UInt32, 0-2>",
            new TableView(1).AddUnread("Tokens", TokenRows.Type).AddUnread("Label", new KeyDataViewType(typeof(uint), 3)),
            TokenRows.Create());
        AssertRefused(
            "Schema mismatch for validation label column 'Label': expected the classes cat, dog, got dog, owl",
            ClassRows.Keyed(_context, row => row % 2 == 0 ? "dog" : "owl"),
            ClassRows.Keyed(_context, row => row % 2 == 0 ? "cat" : "dog"));

        void AssertRefused(string expected, IDataView validation, IDataView training)
            => Assert.StartsWith(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Fit(Options, training, validation: validation)).Message);
    }

    [TestMethod]
    public void Fit_ModelDisposed_IsRefused()
    {
        _model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => Fit(Options));
    }

    [TestMethod]
    public void Options_EverythingWrong_IsReportedTogether()
    {
        var options = new ImageGptFineTuneTrainer.Options
        {
            LabelColumnName = "",
            InputColumnName = " ",
            Epochs = 0,
            Steps = 0,
            BatchSize = 65537,
            AccumulationSteps = 2,
            LearningRateSchedule = (LearningRateSchedule)7,
            WarmUpSteps = 1,
            MaxGradientNorm = 0,
            WeightDecay = -1,
            Precision = (TrainingPrecision)9,
            ValidationInterval = 0,
            CheckpointFolder = " ",
            CheckpointInterval = TimeSpan.Zero,
            CheckpointIntervalSteps = 0,
            CheckpointsKept = 0,
            CheckpointSteps = [3, 0],
            TensorBoardFolder = "",
            MetricsInterval = 0,
            LearningRate = double.NaN,
            GenerativeWeight = -1,
            ValidationFraction = 1,
            Patience = 0,
            MaskProbability = 0,
            Votes = 0,
            Augmentation = new() { Padding = 4 },
        };
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Trainer(options));
        Assert.AreEqual(
            "LabelColumnName is ''; expected a column name. Epochs is 0; expected 1 to 1000000. Steps is 0; expected at least 1. GenerativeWeight is -1; "
                + "expected at least 0. Votes is 0; expected 1 to 1000. "
            + "InputColumnName is ' '; expected a column name. BatchSize is 65537; expected 1 to 65536. AccumulationSteps is 2; expected a divisor of "
                + "BatchSize (65537). "
            + "LearningRate is NaN; expected more than 0 and at most 1. LearningRateSchedule is 7; expected Constant or Cosine. WarmUpSteps is 1; expected "
                + "0 to 0. MaxGradientNorm is 0; expected more than 0. "
            + "WeightDecay is -1; expected 0 to 1. Precision is 9; expected Float32, TensorFloat32 or BFloat16. ValidationFraction is 1; expected 0 or "
                + "more and less than 1. "
            + "ValidationInterval is 0; expected at least 1. Patience is 0; expected at least 1. CheckpointFolder is ' '; expected a folder. "
                + "CheckpointInterval is 00:00:00; expected more than 0. "
            + "CheckpointIntervalSteps is 0; expected at least 1. CheckpointsKept is 0; expected at least 1. CheckpointSteps is 3, 0; expected steps of at "
                + "least 1. TensorBoardFolder is ''; expected a folder. "
            + "MetricsInterval is 0; expected at least 1. MaskProbability is 0; expected more than 0 and less than 1. Augmentation.Padding is 4; expected "
                + "0 to 3. (Parameter 'options')",
            error.Message);
    }

    [TestMethod]
    public void SimpleOverload_Arguments_AreTheOptions()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(()
            => _context.MulticlassClassification.Trainers.ImageGptFineTune(_model, "", "", -1, -2, -3));
        Assert.AreEqual(
            "LabelColumnName is ''; expected a column name. Epochs is -1; expected 1 to 1000000. InputColumnName is ''; expected a column name. BatchSize "
                + "is -2; expected 1 to 65536. LearningRate is -3; expected more than 0 and at most 1. (Parameter 'options')",
            error.Message);
        Assert.ThrowsExactly<ArgumentNullException>(() => _context.MulticlassClassification.Trainers.ImageGptFineTune(null!, "Label"));
    }

    public void Dispose() => _model.Dispose();

    private static uint Half(int row) => TokenRows.Keys(row)[8] > 4 ? 2u : 1u;

    private static uint Parity(int row) => (uint)(1 + ((TokenRows.Keys(row)[8] + TokenRows.Keys(row)[3]) % 2));

    /// <summary>Rows of tokens with classes, numbered from <paramref name="first"/>, without those that are <paramref name="skipped"/>.</summary>
    private static TableView Rows(int count, Func<int, uint> label, int first = 0, params int[] skipped)
    {
        var rows = Enumerable.Range(first, count + skipped.Length).Except(skipped).ToArray();
        return new TableView(count).Add("Label", new KeyDataViewType(typeof(uint), 2), i => label(rows[i])).AddVector("Tokens", TokenRows.Type, i
            => TokenRows.Keys(rows[i]));
    }

    private static Action<FineTuningProgress> CancelAt(long step, CancellationTokenSource cancellation) => progress =>
    {
        if (progress.Step == step)
        {
            cancellation.Cancel();
        }
    };

    private static float[] WeightsOf(ImageGptModel model) => [.. model.On(torch.CPU).state_dict().SelectMany(w => w.Value.data<float>().ToArray())];

    private ImageGptFineTuneTrainer Trainer(ImageGptFineTuneTrainer.Options options, ImageGptModel? model = null, MLContext? context = null)
        => (context ?? _context).MulticlassClassification.Trainers.ImageGptFineTune(model ?? _model, options);

    private ImageGptClassificationTransformer Fit(ImageGptFineTuneTrainer.Options options, IDataView? data = null, ImageGptModel? model = null,
        MLContext? context = null, IDataView? validation = null)
        => Trainer(options, model, context).Fit(data ?? TokenRows.Create(), validation);

    private float[] Weights(ImageGptFineTuneTrainer.Options options, MLContext? context = null)
    {
        using var transformer = Fit(options, context: context);
        return [.. WeightsOf(transformer.Model), .. transformer.Head.Weights];
    }

    private sealed class Reporter(Action<FineTuningProgress> report) : IProgress<FineTuningProgress>
    {
        public void Report(FineTuningProgress value) => report(value);
    }
}
