using IGptMl.Samples.OnnxSampling;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Samples;

[TestClass]
public sealed class OnnxSamplingTests
{
    [TestMethod]
    public void Draw_IsAnImageOfThePalette_AndDependsOnTheSeed()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyImageGpt.CreateModel(palette: TinyImageGpt.Palette);
        model.SaveAsOnnx(folder.Combine("step.onnx"), new OnnxExportOptions { Content = OnnxContent.Step });
        using var artist = new StepGraph(folder.Combine("step.onnx"));
        var tokens = artist.Draw(new Random(1));
        CollectionAssert.AreEqual(tokens, artist.Draw(new Random(1)));
        CollectionAssert.AreNotEqual(tokens, artist.Draw(new Random(2)));
        CollectionAssert.AreEqual(new byte[] { 0, 255, 255 }, artist.Palette[3]);

        Bitmap.Write(folder.Combine("picture.bmp"), artist.Side, [.. tokens.Select(token => artist.Palette[token])]);
        using var picture = MLImage.CreateFromFile(folder.Combine("picture.bmp"));
        Assert.AreEqual((4, 4), (picture.Width, picture.Height));
        for (var i = 0; i < tokens.Length; i++)
        {
            var pixel = picture.Pixels.Slice(4 * i, 3).ToArray();
            var color = picture.PixelFormat == MLPixelFormat.Bgra32 ? pixel.Reverse() : pixel;
            CollectionAssert.AreEqual(artist.Palette[tokens[i]], color.ToArray());
        }
    }

    [TestMethod]
    public void Open_AnotherGraph_SaysHowToWriteOne()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyImageGpt.CreateModel();
        model.SaveAsOnnx(folder.Combine("features.onnx"));
        var error = Assert.ThrowsExactly<InvalidDataException>(() => new StepGraph(folder.Combine("features.onnx")));
        StringAssert.Contains(error.Message, "igpt export --format onnx --what step");
    }
}
