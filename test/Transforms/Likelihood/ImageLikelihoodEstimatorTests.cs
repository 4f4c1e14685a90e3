using IGptMl.Likelihood;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Network;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Tests.Likelihood;

[TestClass]
public sealed class ImageLikelihoodEstimatorTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel();

    public void Dispose() => _model.Dispose();

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void TokenNats_OfTheReferencesImages_AreItsLogProbabilities(string name)
    {
        using var reference = new ReferenceModel(name);
        var context = reference.Config.ContextLength;
        var keys = Array.ConvertAll(reference.Tokens.data<long>().ToArray(), token => (ushort)(token + 1));
        var data = new TableView(3).Add("Name", Microsoft.ML.Data.TextDataViewType.Instance, row => $"{row}".AsMemory())
            .AddVector("Tokens", TokenRows.TypeOf(reference.Config.Colors, context), row => keys[(row * context)..((row + 1) * context)]);
        using var transformer = _context.Transforms.CalculateImageLikelihood(reference.Model, new() { TokenNatsColumnName = "Nats" }).Fit(data);
        var rows = RowValues.Read(transformer.Transform(data), ["NatsPerToken", "Nats"]);
        var logs = reference.Values("logprob");
        for (var row = 0; row < 3; row++)
        {
            var expected = logs[(row * context)..((row + 1) * context)].Select(value => -(double)value).ToArray();
            Assert.AreEqual(expected.Average(), rows[row].Values[0], 1e-5);
            for (var i = 0; i < context; i++)
            {
                Assert.AreEqual(expected[i], rows[row].Values[1 + i], 1e-4);
            }
        }
    }

    [TestMethod]
    public void SurpriseMap_OfAnImage_ShowsTheNatsOfEachToken()
    {
        var data = TokenRows.Create(3, missing: row => row == 1);
        using var transformer = _context.Transforms.CalculateImageLikelihood(_model, new()
            { TokenNatsColumnName = "Nats", SurpriseMapColumnName = "Map", SurpriseRange = 4 }).Fit(data);
        var (nats, maps) = (RowValues.Read(transformer.Transform(data), ["Nats"]), RowValues.Read(transformer.Transform(data), ["Map"]));
        for (var i = 0; i < 16; i++)
        {
            var (red, green, blue) = SurpriseColors.Of(nats[2].Values[i] / 4);
            CollectionAssert.AreEqual((double[])[red, green, blue, 255], maps[2].Values[(2 + (4 * i))..(6 + (4 * i))]);
        }

        Assert.IsTrue(nats[1].Values.All(double.IsNaN));
        CollectionAssert.AreEqual((double[])[double.NaN], maps[1].Values, "no picture");
    }

    [TestMethod]
    public void TokenNats_OfAMaskedModel_AreThoseOfHiddenTokens()
    {
        using var model = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);
        var masking = new TokenMasking { Probability = 0.4, Seed = 5 };
        var data = TokenRows.Create(9);
        using var transformer = _context.Transforms.CalculateImageLikelihood(model, new()
            { TokenNatsColumnName = "Nats", SurpriseMapColumnName = "Map", Masking = masking }).Fit(data);
        var rows = RowValues.Read(transformer.Transform(data), ["NatsPerToken", "Nats", "Map"]);
        var plain = new PlainImageGpt(model.On(torch.CPU));
        for (var row = 0; row < 9; row++)
        {
            ushort[] tokens = [.. TokenRows.Keys(row).Select(key => (ushort)(key - 1))];
            var hidden = masking.Draw(tokens, 1)![0].ToArray();
            var numbers = rows[row].Values[1..17];
            CollectionAssert.AreEqual(hidden, numbers.Select(double.IsFinite).ToArray());
            Assert.AreEqual(numbers.Where(double.IsFinite).Average(), rows[row].Values[0], 1e-5);
            var gray = Enumerable.Range(0, 16).Select(i => rows[row].Values[(19 + (4 * i))..(22 + (4 * i))].All(value => value == 128)).ToArray();
            CollectionAssert.AreEqual(hidden.Select(h => !h).ToArray(), gray);
        }
    }

    [TestMethod]
    public void Colors_FromNothingToAll_GrowLighter()
    {
        var lightness = Enumerable.Range(0, 101).Select(i => SurpriseColors.Of(i / 100.0)).Select(c => (0.2126 * c.R) + (0.7152 * c.G)
            + (0.0722 * c.B)).ToList();
        CollectionAssert.AreEqual(lightness.Order().ToList(), lightness);
        Assert.AreEqual(SurpriseColors.Of(1), SurpriseColors.Of(7));
        Assert.AreEqual(((byte)128, (byte)128, (byte)128), SurpriseColors.Of(double.NaN));
    }

    [TestMethod]
    public void Options_OutOfRange_AreReportedTogether()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(()
            => _context.Transforms.CalculateImageLikelihood(_model, new()
            { InputColumnName = string.Empty, BitsPerDimensionColumnName = "NatsPerToken", TokenNatsColumnName = " ", SurpriseRange = 0, BatchSize = 5000 }));
        Assert.AreEqual(
            "InputColumnName is ''; expected a column name. TokenNatsColumnName is ' '; expected a column name, or null. the output columns is "
                + "NatsPerToken, NatsPerToken,  ; expected names that differ. "
            + "SurpriseRange is 0; expected more than 0. BatchSize is 5000; expected 1 to 4096. (Parameter 'options')",
            error.Message);
    }
}
