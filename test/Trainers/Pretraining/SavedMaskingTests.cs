using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Pretraining;

/// <summary>The masking of masked models in the zips of their transformers.</summary>
[TestClass]
public sealed class SavedMaskingTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _masked = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);
    private readonly ImageGptModel _autoregressive = TinyImageGpt.CreateModel();

    [TestMethod]
    [DataRow("\"probability\": 0.3", "\"probability\": 1", "Masking.Probability is 1")]
    [DataRow("\"probability\": 0.3", "\"likelihood\": 0.3", "features.json'")]
    public void LoadFeatures_DamagedMasking_IsNamed(string original, string damaged, string named)
    {
        using var extractor = Extractor(_masked, new TokenMasking { Probability = 0.3 });
        SavedZip.AssertRefusesEdited(_context, extractor, "features.json", original, damaged, named);
    }

    [TestMethod]
    public void LoadFeatures_MasksForAnAutoregressiveModel_AreRefused()
    {
        using var extractor = Extractor(_autoregressive, null);
        SavedZip.AssertRefusesEdited(_context, extractor, "features.json", "\"masking\": null", "\"masking\": { \"probability\": 0.3, \"seed\": 0 }",
            "null for an autoregressive model");
    }

    [TestMethod]
    public void LoadFeatures_WrittenBeforeThereWereMasks_IsRead()
    {
        using var extractor = Extractor(_autoregressive, null);
        using var loaded = (ImageGptFeatureExtractingTransformer)SavedZip.LoadEdited(_context, extractor, "features.json", ",\n  \"masking\": null",
            string.Empty);
        Assert.IsNull(loaded.Masking);
        RowValues.AssertSame(RowValues.Read(extractor.Transform(TokenRows.Create()), ["Features"]),
            RowValues.Read(loaded.Transform(TokenRows.Create()), ["Features"]));
    }

    [TestMethod]
    [DataRow("\"probability\": 0.3", "\"probability\": -1", "Masking.Probability is -1")]
    [DataRow("\"probability\": 0.3", "\"probability\": 0", "expected tokens to predict")]
    public void LoadLikelihoods_DamagedMasking_IsNamed(string original, string damaged, string named)
    {
        using var transformer = new ImageGptTransformer(_context, _masked.Share(), "Tokens", new TokenMasking { Probability = 0.3 });
        SavedZip.AssertRefusesEdited(_context, transformer, "likelihood.json", original, damaged, named);
    }

    public void Dispose()
    {
        _masked.Dispose();
        _autoregressive.Dispose();
    }

    private ImageGptFeatureExtractingTransformer Extractor(ImageGptModel model, TokenMasking? masking)
        => _context.Transforms.ExtractImageGptFeatures(model, new()
            { Columns = [new ImageGptFeatureColumn("Features", 1)], Masking = masking }).Fit(TokenRows.Create());
}
