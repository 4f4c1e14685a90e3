using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using IGptMl.Tests.Network;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Tests.FineTuning;

/// <summary>The scorer with ML.NET's evaluation, prediction engines and model files.</summary>
[TestClass]
public sealed class ImageGptClassificationTransformerTests : IDisposable
{
    private static readonly ImageGptFineTuneTrainer.Options Options = new()
        { Epochs = 4, BatchSize = 8, LearningRate = 0.01, ValidationFraction = 0, Seed = 3 };

    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Annotations_ForEveryTypeOfClass_AreThoseOfMLNetsOwnScorer()
    {
        AssertSameAsMLNets(ClassRows.Keyed(_context, row => "abc"[row % 3].ToString()));
        AssertSameAsMLNets(ClassRows.Keyed(_context, NumberDataViewType.Int32, row => (row % 3) - 1));
        AssertSameAsMLNets(ClassRows.Keyed(_context, NumberDataViewType.Single, row => 0.1f * (row % 3)));
        AssertSameAsMLNets(ClassRows.Keyed(_context, BooleanDataViewType.Instance, row => row % 3 == 0));
        AssertSameAsMLNets(ClassRows.Keyed(_context, NumberDataViewType.UInt64, row => ulong.MaxValue - (ulong)(row % 3)));
        var without = new TableView(21).Add("Label", new KeyDataViewType(typeof(uint), 3), row => (uint)(1 + (row % 3))).AddVector("Tokens", TokenRows.Type,
            TokenRows.Keys)
            .AddVector("Features", new VectorDataViewType(NumberDataViewType.Single, 2), row => (float[])[row % 3, row % 5]);
        AssertSameAsMLNets(without);
    }

    [TestMethod]
    public void Score_OfARow_IsTheFormulas()
    {
        var data = TokenRows.Create(3);
        using var transformer = Fit(data);
        var plain = new PlainImageGpt(transformer.Model.On(torch.CPU));
        var rows = RowValues.Read(transformer.Transform(data), ["PredictedLabel", "Score"]);
        for (var row = 0; row < 3; row++)
        {
            var last = plain.Representations([.. TokenRows.Keys(row).Select(key => key - 1)])[^1];
            var logits = Enumerable.Range(0, 2).Select(c
                => Enumerable.Range(0, 8).Sum(j => last.Average(p => p[j]) * transformer.Head.Weights[(c * 8) + j])).ToArray();
            var expected = Math.Exp(logits[0]) / (Math.Exp(logits[0]) + Math.Exp(logits[1]));
            Assert.AreEqual(expected, rows[row].Values[1], 1e-5);
            Assert.AreEqual(1 - expected, rows[row].Values[2], 1e-5);
            Assert.AreEqual(expected >= 0.5 ? 1 : 2, rows[row].Values[0]);
        }
    }

    [TestMethod]
    public void Score_TokensMissing_IsNotANumberAndTheClassMissing()
    {
        var data = TokenRows.Create(4, missing: row => row == 2);
        using var transformer = Fit(TokenRows.Create());
        var view = transformer.Transform(data);
        var rows = RowValues.Read(view, ["PredictedLabel", "Score"]);
        CollectionAssert.AreEqual((double[])[0, double.NaN, double.NaN], rows[2].Values);
        Assert.IsTrue(rows.Where((_, i) => i != 2).All(row => row.Values[0] > 0));
        Assert.IsTrue(double.IsFinite(_context.MulticlassClassification.Evaluate(view).LogLoss), "ML.NET leaves the row out.");
    }

    [TestMethod]
    public void Evaluate_Scores_CountsWhatIsRight()
    {
        var data = ClassRows.Keyed(_context, row => "abc"[row % 3].ToString());
        using var transformer = Fit(data);
        var view = transformer.Transform(data);
        var metrics = _context.MulticlassClassification.Evaluate(view, topKPredictionCount: 3);
        var labels = view.GetColumn<uint>("Label").Zip(view.GetColumn<uint>("PredictedLabel"), view.GetColumn<float[]>("Score")).ToList();
        Assert.AreEqual(labels.Average(row => row.First == row.Second ? 1.0 : 0), metrics.MicroAccuracy, 1e-9);
        Assert.AreEqual(labels.Average(row => -Math.Log(row.Third[row.First - 1])), metrics.LogLoss, 1e-5);
        Assert.AreEqual(1, metrics.TopKAccuracy);
        Assert.AreEqual(3, metrics.ConfusionMatrix.NumberOfClasses);
    }

    [TestMethod]
    public void CrossValidate_TheTrainer_FitsEveryFold()
    {
        var data = ClassRows.Keyed(_context, row => "abc"[row % 3].ToString(), rows: 30);
        var results = _context.MulticlassClassification.CrossValidate(data, Trainer(Options), numberOfFolds: 3);
        Assert.HasCount(3, results);
        foreach (var fold in results)
        {
            Assert.IsTrue(fold.Metrics.MicroAccuracy is >= 0 and <= 1 && fold.Metrics.LogLoss > 0);
            (fold.Model as IDisposable)?.Dispose();
        }
    }

    [TestMethod]
    public void PredictionEngine_OverTheChain_NamesTheClass()
    {
        var data = ClassRows.Keyed(_context, row => "abc"[row % 3].ToString());
        using var folder = new TemporaryFolder();
        var chain = Trainer(Options).Append(_context.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel")).Fit(data);
        _context.Model.Save(chain, data.Schema, folder.Combine("classifier.zip"));
        var expected = chain.Transform(data).GetColumn<string>("PredictedClass").ToArray();
        var scores = chain.Transform(data).GetColumn<float[]>("Score").ToArray();
        chain.Dispose();

        var context = new MLContext();
        using var engine = context.Model.CreatePredictionEngine<TokensRow, Prediction>(context.Model.Load(folder.Combine("classifier.zip"), out _));
        for (var row = 0; row < 21; row++)
        {
            var prediction = engine.Predict(new TokensRow { Tokens = TokenRows.Keys(row) });
            Assert.AreEqual(expected[row], prediction.PredictedClass);
            Assert.AreEqual(scores[row][0], prediction.Score[0], 1e-6);
        }
    }

    [TestMethod]
    public void Saved_Zip_IsOpenAndHoldsAModelForOtherUses()
    {
        using var folder = new TemporaryFolder();
        var data = TokenRows.Create();
        var path = folder.Combine("classifier.zip");
        using var transformer = Fit(data);
        _context.Model.Save(transformer, data.Schema, path);
        var entries = ZipContent.Read(File.ReadAllBytes(path));
        Assert.IsTrue(entries.Keys.Any(name => name.EndsWith("head.safetensors", StringComparison.Ordinal)));
        using var model = ImageGptModel.Load(path);
        Assert.AreEqual(TinyImageGpt.Palette, model.Palette);
        var weights = transformer.Model.On(torch.CPU).state_dict();
        Assert.IsTrue(model.On(torch.CPU).state_dict().All(w => w.Value.data<float>().SequenceEqual(weights[w.Key].data<float>())));
    }

    [TestMethod]
    [DataRow("head.safetensors", "score.weight", "scope.weight", "head.safetensors")]
    [DataRow("SHA256SUMS", "head", "tail", "head.safetensors")]
    [DataRow("classification.json", "\"classes\": 3", "\"classes\": 4", "classification.json")]
    [DataRow("classification.json", "\"classes\": 3", "\"classes\": 1", "classification.json")]
    [DataRow("classification.json", "\"valueType\": \"String\"", "\"valueType\": \"Strong\"", "classification.json")]
    [DataRow("classification.json", "\"votes\": 5", "\"votes\": 0", "classification.json")]
    public void Load_DamagedEntry_IsNamed(string entry, string original, string damaged, string named)
    {
        var data = ClassRows.Keyed(_context, row => "abc"[row % 3].ToString());
        using var transformer = Fit(data);
        var entries = ZipContent.Of(stream => _context.Model.Save(transformer, data.Schema, stream));
        var name = entries.Keys.Single(key => key.EndsWith(entry, StringComparison.Ordinal) && !key.StartsWith("ImageGptModel", StringComparison.Ordinal));
        var text = System.Text.Encoding.Latin1.GetString(entries[name]);
        StringAssert.Contains(text, original);
        entries[name] = System.Text.Encoding.Latin1.GetBytes(text.Replace(original, damaged, StringComparison.Ordinal));
        LiveTensors.AssertNoneLeft(() =>
        {
            var error = Assert.Throws<Exception>(() => new MLContext().Model.Load(new MemoryStream(ZipContent.Write(entries)), out _));
            while (error.InnerException is not null && error is not InvalidDataException)
            {
                error = error.InnerException;
            }

            Assert.IsInstanceOfType<InvalidDataException>(error);
            StringAssert.Contains(error.Message, named);
        });
    }

    public void Dispose() => _model.Dispose();

    private void AssertSameAsMLNets(IDataView data)
    {
        using var transformer = Fit(data);
        var theirs = _context.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(data).Transform(data).Schema;
        AssertSame(theirs, transformer.GetOutputSchema(data.Schema));
        using var stream = new MemoryStream();
        _context.Model.Save(transformer, data.Schema, stream);
        using var loaded = (IDisposable)new MLContext().Model.Load(stream, out _);
        AssertSame(theirs, ((ITransformer)loaded).GetOutputSchema(data.Schema));
        SchemaFacts.AssertSame(Trainer(Options).GetOutputSchema(SchemaFacts.ShapeOf(data.Schema)),
            SchemaFacts.ShapeOf(transformer.GetOutputSchema(data.Schema)));
        CollectionAssert.AreEqual((string[])["PredictedLabel", "Score"],
            transformer.GetOutputSchema(data.Schema).Skip(data.Schema.Count).Select(c => c.Name).ToArray());
    }

    private static void AssertSame(DataViewSchema theirs, DataViewSchema ours)
    {
        foreach (var name in (string[])["PredictedLabel", "Score"])
        {
            Assert.AreEqual(theirs[name].Type, ours[name].Type, name);
            CollectionAssert.AreEquivalent(Describe(theirs[name]), Describe(ours[name]), name);
        }
    }

    private static string[] Describe(DataViewSchema.Column column)
        => [.. column.Annotations.Schema.Select(a => $"{a.Name}: {a.Type} = {Value(column, a)}")];

    private static string Value(DataViewSchema.Column column, DataViewSchema.Column annotation)
    {
        return annotation.Type switch
        {
            TextDataViewType => Get<ReadOnlyMemory<char>>().ToString(),
            KeyDataViewType => $"{Get<uint>()}",
            VectorDataViewType { ItemType: TextDataViewType } => string.Join('|', Get<VBuffer<ReadOnlyMemory<char>>>().DenseValues()),
            VectorDataViewType { ItemType: BooleanDataViewType } => string.Join('|', Get<VBuffer<bool>>().DenseValues()),
            VectorDataViewType { ItemType.RawType: var type } when type == typeof(int) => string.Join('|', Get<VBuffer<int>>().DenseValues()),
            VectorDataViewType { ItemType.RawType: var type } when type == typeof(float) => string.Join('|', Get<VBuffer<float>>().DenseValues()),
            VectorDataViewType { ItemType.RawType: var type } when type == typeof(ulong) => string.Join('|', Get<VBuffer<ulong>>().DenseValues()),
            _ => throw new NotSupportedException(annotation.Type.ToString()),
        };

        T Get<T>()
        {
            T value = default!;
            column.Annotations.GetValue(annotation.Name, ref value);
            return value;
        }
    }

    private ImageGptFineTuneTrainer Trainer(ImageGptFineTuneTrainer.Options options)
        => _context.MulticlassClassification.Trainers.ImageGptFineTune(_model, options);

    private ImageGptClassificationTransformer Fit(IDataView data) => Trainer(Options).Fit(data);

    private sealed class TokensRow
    {
        [KeyType(8)]
        [VectorType(16)]
        public ushort[] Tokens { get; set; } = [];
    }

    private sealed class Prediction
    {
        public string PredictedClass { get; set; } = string.Empty;

        public float[] Score { get; set; } = [];
    }
}
