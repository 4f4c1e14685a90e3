using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace IGptMl.Tests.FineTuning;

[TestClass]
public sealed class MaskVoteTrainerTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);

    [TestMethod]
    public void Fit_FiveMasks_PredictsTheClassOfTheMostOfThem()
    {
        var data = Data(60);
        using var ensemble = Trainer(new() { Layers = [1, 2], Seed = 10 }).Fit(data);
        var predicted = ensemble.Transform(data).GetColumn<uint>("PredictedLabel").ToArray();

        // The same from public components: five feature transformers, and a classifier fitted to the features of the first.
        ITransformer? classifier = null;
        var votes = new List<uint[]>();
        for (var seed = 10; seed < 15; seed++)
        {
            using var extractor = _context.Transforms.ExtractImageGptFeatures(_model, new()
                { Columns = [new("Features", 1, 2)], Masking = new TokenMasking { Seed = seed } }).Fit(data);
            var features = extractor.Transform(data);
            classifier ??= Classifier().Fit(features);
            votes.Add([.. classifier.Transform(features).GetColumn<uint>("PredictedLabel")]);
        }

        var split = 0;
        for (var row = 0; row < predicted.Length; row++)
        {
            var counts = votes.Select(vote => vote[row]).CountBy(vote => vote).ToDictionary();
            Assert.AreEqual(counts.Values.Max(), counts.GetValueOrDefault(predicted[row]), $"Row {row}.");
            split += counts.Count > 1 ? 1 : 0;
        }

        Assert.IsGreaterThan(5, split, "The masks must disagree on some rows, or the test shows nothing.");
    }

    [TestMethod]
    public void Transform_ThenEvaluate_SeesThePredictedClasses()
    {
        var data = Data(60);
        using var ensemble = Trainer(new()).Fit(data);
        var scored = ensemble.Transform(data);
        var labels = scored.GetColumn<uint>("Label").ToArray();
        var right = scored.GetColumn<uint>("PredictedLabel").Where((predicted, row) => predicted == labels[row]).Count();
        Assert.AreEqual(right / 60.0, _context.MulticlassClassification.Evaluate(scored).MicroAccuracy, 1e-9);
        Assert.AreEqual(1, scored.GetColumn<float[]>("Score").First().Sum(), 1e-5f);
    }

    [TestMethod]
    public void Fit_ClassifierWithoutScoresOfTheClasses_IsRefused()
    {
        var data = Data(20);
        LiveTensors.AssertNoneLeft(() =>
        {
            var none = _context.MulticlassClassification.Trainers.ImageGptMaskVote(_model, _context.Transforms.NormalizeMinMax("Features"), new());
            Assert.StartsWith("Could not find score column 'Score'", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => none.Fit(data)).Message);
            var another = _context.MulticlassClassification.Trainers.ImageGptMaskVote(_model, _context.Transforms.CopyColumns("Score", "Features"), new());
            Assert.StartsWith("Schema mismatch for score column 'Score': expected Vector<Single, 3>, got Vector<Single, 8>",
                Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => another.Fit(data)).Message);
        });
    }

    [TestMethod]
    [DataRow("votes.json", "\"votes\": 5", "\"votes\": 0", "'votes.json'")]
    [DataRow("votes.json", "\"classes\": 3", "\"classes\": 4", "expected Vector<Single, 4>, got Vector<Single, 3>")]
    [DataRow("votes.json", "\"seed\": 0", "\"weed\": 0", "votes.json'")]
    public void Load_DamagedSettings_NamesThem(string entry, string original, string damaged, string named)
    {
        var data = Data(20);
        using var ensemble = Trainer(new()).Fit(data);
        SavedZip.AssertRefusesEdited(_context, ensemble, entry, original, damaged, named);
    }

    [TestMethod]
    public void Label_OfAnotherType_IsRefused()
    {
        var data = TokenRows.Create(5);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Trainer(new() { LabelColumnName = "Name" }).Fit(data));
        Assert.StartsWith("Schema mismatch for label column 'Name': expected Key<UInt32>, got String", error.Message);
    }

    [TestMethod]
    public void Options_EverythingWrong_IsReportedTogether()
    {
        using var autoregressive = TinyImageGpt.CreateModel();
        var options = new MaskVoteTrainer.Options
            { InputColumnName = "", LabelColumnName = " ", FeatureColumnName = "", Layers = [3], Votes = 0, MaskProbability = 0, BatchSize = 0 };
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(()
            => _context.MulticlassClassification.Trainers.ImageGptMaskVote(autoregressive, Classifier(), options));
        Assert.AreEqual(
            "The model is an autoregressive one; expected a masked (BERT) model. InputColumnName is ''; expected a column name. LabelColumnName is ' '; "
                + "expected a column name. "
            + "FeatureColumnName is ''; expected a column name. Votes is 0; expected 1 to 1000. MaskProbability is 0; expected more than 0 and less than "
                + "1. BatchSize is 0; expected 1 to 4096. "
            + "Layers is 3; expected 0 to 2. (Parameter 'options')",
            error.Message);
    }

    public void Dispose() => _model.Dispose();

    /// <summary>Rows of three classes, which determine how often a color occurs.</summary>
    private static TableView Data(int rows) => new TableView(rows)
        .Add("Label", new KeyDataViewType(typeof(uint), 3), row => (uint)(1 + (row % 3)))
        .AddVector("Tokens", TokenRows.Type, row =>
        {
            var random = new Random(row);
            return (ushort[])[.. Enumerable.Range(0, TokenRows.Context).Select(_
                => (ushort)(random.Next(3) == 0 ? 1 + (row % 3) : 1 + random.Next(TokenRows.Colors)))];
        });

    private MaskVoteTrainer Trainer(MaskVoteTrainer.Options options)
        => _context.MulticlassClassification.Trainers.ImageGptMaskVote(_model, Classifier(), options);

    private IEstimator<ITransformer> Classifier()
        => _context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 });
}
