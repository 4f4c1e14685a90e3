using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Models;

/// <summary>Several transformers that share one model in one zip.</summary>
[TestClass]
public sealed class SharedModelFileTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Save_SeveralTransformersOfAModel_StoresItsWeightsOnce()
    {
        using var model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
        var zip = Save(CreateChain(model, model));
        CollectionAssert.AreEquivalent(
            (string[])
            [
                "ImageGptModel1/config.json", "ImageGptModel1/palette.npy", "ImageGptModel1/preprocessing.json", "ImageGptModel1/model.safetensors",
                "ImageGptModel1/SHA256SUMS",
            ],
            zip.Keys.Where(name => name.StartsWith("ImageGptModel", StringComparison.Ordinal)).ToArray());
        Assert.AreEqual(1, zip.Count(entry => entry.Value.Length > 4 * TinyImageGpt.Config.ParameterCount));
    }

    [TestMethod]
    public void Save_TwoModels_StoresBoth()
    {
        using var first = TinyImageGpt.CreateModel(1);
        using var second = TinyImageGpt.CreateModel(2);
        var zip = Save(CreateChain(first, second));
        CollectionAssert.AreEquivalent(
            (string[])["ImageGptModel1/model.safetensors", "ImageGptModel2/model.safetensors"],
            zip.Keys.Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal)).ToArray());
        CollectionAssert.AreNotEqual(zip["ImageGptModel1/model.safetensors"], zip["ImageGptModel2/model.safetensors"]);
    }

    [TestMethod]
    public void Load_SeveralTransformersOfAModel_ShareItAndLiveAlone()
    {
        var data = TokenRows.Create();
        using var model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
        var chain = CreateChain(model, model);
        var expected = RowValues.Read(chain.Transform(data), ["B"]);
        var zip = ZipContent.Write(Save(chain));
        LiveTensors.AssertNoneLeft(() =>
        {
            var parts = Parts(new MLContext().Model.Load(new MemoryStream(zip), out _));
            var (first, second) = ((ImageGptFeatureExtractingTransformer)parts[0], (ImageGptFeatureExtractingTransformer)parts[1]);
            Assert.AreSame(first.Model.Identity, second.Model.Identity);
            Assert.AreEqual(TinyImageGpt.Palette, second.Model.Palette);
            Assert.AreEqual(0, LiveTensors.CountLeft(first.Dispose), "The second still holds the weights.");
            RowValues.AssertSame(expected, RowValues.Read(second.Transform(data), ["B"]));
            second.Dispose();
            Assert.ThrowsExactly<ObjectDisposedException>(() => RowValues.Read(second.Transform(data), ["B"]));
        });
    }

    [TestMethod]
    public void Load_TransformersOfTwoAssemblies_ShareTheModel()
    {
        var data = TokenRows.Create();
        using var trained = _context.ImageGeneration.Trainers.ImageGpt("Tokens", new() { Model = TinyImageGpt.Config, Steps = 1, BatchSize = 4 }).Fit(data);
        using var features = _context.Transforms.ExtractImageGptFeatures("A", "Tokens", trained.Model).Fit(data);
        var zip = Save(new TransformerChain<ITransformer>(trained, features));
        Assert.AreEqual(1, zip.Keys.Count(name => name.EndsWith(".safetensors", StringComparison.Ordinal)));
        var parts = Parts(new MLContext().Model.Load(new MemoryStream(ZipContent.Write(zip)), out _));
        Assert.AreSame(((ImageGptTransformer)parts[0]).Model.Identity, ((ImageGptFeatureExtractingTransformer)parts[1]).Model.Identity);
        parts.ForEach(part => ((IDisposable)part).Dispose());
    }

    [TestMethod]
    public void Load_TheSameZipTwice_GivesTwoModels()
    {
        using var model = TinyImageGpt.CreateModel();
        var zip = ZipContent.Write(Save(CreateChain(model, model)));
        var first = Parts(new MLContext().Model.Load(new MemoryStream(zip), out _));
        var second = Parts(new MLContext().Model.Load(new MemoryStream(zip), out _));
        Assert.AreNotSame(((ImageGptFeatureExtractingTransformer)first[0]).Model.Identity, ((ImageGptFeatureExtractingTransformer)second[0]).Model.Identity);
        first.Concat(second).ToList().ForEach(part => ((IDisposable)part).Dispose());
    }

    private static List<ITransformer> Parts(ITransformer chain) => [.. (IEnumerable<ITransformer>)chain];

    private TransformerChain<ImageGptFeatureExtractingTransformer> CreateChain(ImageGptModel first, ImageGptModel second)
        => _context.Transforms.ExtractImageGptFeatures("A", "Tokens", first, 0)
            .Append(_context.Transforms.ExtractImageGptFeatures("B", "Tokens", second, 1))
            .Fit(TokenRows.Create());

    /// <summary>Saves a chain, disposes it, and returns the zip.</summary>
    private SortedDictionary<string, byte[]> Save<T>(TransformerChain<T> chain)
        where T : class, ITransformer
    {
        using (chain)
        {
            return ZipContent.Of(stream => _context.Model.Save(chain, TokenRows.Create().Schema, stream));
        }
    }
}
