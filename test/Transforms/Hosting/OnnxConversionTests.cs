using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Hosting;

/// <summary>ML.NET's conversion to ONNX must not leave a transformer of this library out.</summary>
[TestClass]
public sealed class OnnxConversionTests
{
    [TestMethod]
    public void Convert_ChainWithFeatures_IsRefused_AndItsEndCanBeConverted()
    {
        var context = new MLContext(seed: 1);
        using var model = TinyImageGpt.CreateModel();
        using var features = context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1).Fit(TokenRows.Create());
        var data = TokenRows.Create();
        var cached = context.Data.Cache(features.Transform(data));
        var normalizer = context.Transforms.NormalizeMinMax("Scaled", "Features").Fit(cached);
        var chain = new TransformerChain<ITransformer>(features, normalizer);
        using var stream = new MemoryStream();

        var error = Assert.ThrowsExactly<NotSupportedException>(() => context.Model.ConvertToOnnx(chain, data, stream));

        StringAssert.StartsWith(error.Message, "The transformer of the column 'Features' cannot be converted to ONNX.");
        Assert.AreEqual(0, stream.Length);
        context.Model.ConvertToOnnx(normalizer, cached, stream);
        Assert.IsGreaterThan(0, stream.Length);
    }

    [TestMethod]
    public void Convert_ChainWithTokens_IsRefused()
    {
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadShapes(4);
        using var model = TinyImageGpt.CreateModel();
        var quantizer = context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, imageSize: 4).Fit(data);

        var error = Assert.ThrowsExactly<NotSupportedException>(() => context.Model.ConvertToOnnx(quantizer, data, Stream.Null));

        StringAssert.StartsWith(error.Message, "The transformer of the column 'Tokens' cannot be converted to ONNX.");
    }
}
