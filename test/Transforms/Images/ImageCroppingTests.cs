using IGptMl.Images;
using IGptMl.Palettes;
using IGptMl.Quantization;
using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Images;

/// <summary>How images are cropped to squares, observed through their tokens.</summary>
[TestClass]
public sealed class ImageCroppingTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    [DataRow(ImageCropping.Squash)]
    [DataRow(ImageCropping.CenterCrop)]
    [DataRow(ImageCropping.RandomCrop)]
    public void ModelsOwnSize_IsNotResampled(ImageCropping cropping)
    {
        using var image = ImageRows.Random(4, 4, seed: 1);
        var colors = new byte[48];
        ImagePixels.CopyRgb(image, colors);
        var tokens = new ushort[16];
        new PaletteQuantizer(TinyImageGpt.Palette).Assign(colors, tokens);
        CollectionAssert.AreEqual(tokens.Select(token => token + 1.0).ToArray(), Tokens(cropping, 1, image)[0]);
    }

    [TestMethod]
    public void CenterCrop_WideImage_LeavesItsSidesOut()
    {
        // The image has three vertical stripes: red, blue, red. The square in the middle is the blue stripe.
        using var image = Stripes(90, 30);
        CollectionAssert.AreEqual(Enumerable.Repeat(2.0, 16).ToArray(), Tokens(ImageCropping.CenterCrop, 1, image)[0]);
        CollectionAssert.AreEqual(new[] { 5.0, 2.0 }, Tokens(ImageCropping.Squash, 1, image)[0].Distinct().ToArray());
    }

    [TestMethod]
    public void CenterCrop_IsTwoResizesOfPillow()
    {
        // 40 x 30 is resized to 298 x 224; the columns 37 to 260 are taken and resized to 4 x 4.
        using var image = ImageRows.Random(40, 30, seed: 3);
        var rgb = new byte[3 * 40 * 30];
        ImagePixels.CopyRgb(image, rgb);
        var large = new byte[3 * 298 * 224];
        ImageResampler.Resize(rgb, 40, 30, 298, 224, large);
        var middle = Enumerable.Range(0, 224).SelectMany(y => large.AsSpan(3 * ((298 * y) + 37), 3 * 224).ToArray()).ToArray();
        var small = new byte[48];
        ImageResampler.Resize(middle, 224, 224, 4, 4, small);
        var tokens = new ushort[16];
        new PaletteQuantizer(TinyImageGpt.Palette).Assign(small, tokens);
        CollectionAssert.AreEqual(tokens.Select(token => token + 1.0).ToArray(), Tokens(ImageCropping.CenterCrop, 1, image)[0]);
    }

    [TestMethod]
    public void RandomCrop_DependsOnSeedAndRow()
    {
        using var image = ImageRows.Random(60, 40, seed: 5);
        var images = Enumerable.Repeat(image, 20).ToArray();
        var rows = Tokens(ImageCropping.RandomCrop, 1, images);
        Assert.IsGreaterThan(10, rows.Select(row => string.Join(',', row)).Distinct().Count(), "The same picture in twenty rows has many crops.");
        CollectionAssert.AreEqual(rows.SelectMany(row => row).ToArray(), Tokens(ImageCropping.RandomCrop, 1, images).SelectMany(row => row).ToArray());
        CollectionAssert.AreNotEqual(rows.SelectMany(row => row).ToArray(), Tokens(ImageCropping.RandomCrop, 2, images).SelectMany(row => row).ToArray());
    }

    [TestMethod]
    public void RandomCrop_SavedAndLoaded_IsTheSame()
    {
        using var image = ImageRows.Random(60, 40, seed: 5);
        var data = ImageRows.Of(image, image, image);
        var transformer = _context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 16, ImageCropping.RandomCrop).Fit(data);
        using var file = new MemoryStream();
        _context.Model.Save(transformer, null, file);
        var loaded = (PaletteQuantizingTransformer)new MLContext(seed: 99).Model.Load(file, out _);
        Assert.AreEqual(ImageCropping.RandomCrop, loaded.Cropping);
        CollectionAssert.AreEqual(Values(transformer.Transform(data)), Values(loaded.Transform(data)));

        static double[] Values(IDataView view) => [.. RowValues.Read(view, ["Tokens"]).SelectMany(row => row.Values)];
    }

    [TestMethod]
    [DataRow(ImageCropping.CenterCrop)]
    [DataRow(ImageCropping.RandomCrop)]
    public void Crops_OfAnyShape_AreThere(ImageCropping cropping)
    {
        using var dot = ImageRows.Plain(1, 1, 255, 0, 0);
        using var line = ImageRows.Plain(1, 20_000, 255, 0, 0);
        using var large = ImageRows.Plain(3000, 2000, 255, 0, 0);
        foreach (var row in Tokens(cropping, 1, dot, line, large))
        {
            CollectionAssert.AreEqual(Enumerable.Repeat(5.0, 16).ToArray(), row);
        }
    }

    [TestMethod]
    [DataRow(ImageCropping.Squash, ImageCropping.Squash)]
    [DataRow(ImageCropping.CenterCrop, ImageCropping.CenterCrop)]
    [DataRow(ImageCropping.RandomCrop, ImageCropping.CenterCrop)]
    public void PretrainedModel_ExpectsWhatItWasTrainedWith(ImageCropping training, ImageCropping expected)
    {
        var data = ImageRows.Create(4);
        var pipeline = _context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4, training)
            .Append(_context.ImageGeneration.Trainers.ImageGpt("Tokens", new() { Model = TinyImageGpt.Config, Steps = 1 }));
        using var chain = pipeline.Fit(data);
        var model = chain.LastTransformer.Model;
        Assert.AreEqual(expected, model.Cropping);
        var transformer = _context.Transforms.QuantizeToPalette("Tokens", "Image", model).Fit(data);
        Assert.AreEqual((expected, 4, TinyImageGpt.Palette), (transformer.Cropping, transformer.ImageSize, transformer.Palette));
        Assert.AreEqual(ImageCropping.RandomCrop, _context.Transforms.QuantizeToPalette("Tokens", "Image", model, ImageCropping.RandomCrop).Fit(data).Cropping);
    }

    [TestMethod]
    public void ModelWithoutPalette_IsRefused()
    {
        using var model = TinyImageGpt.CreateModel();
        var error = Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.QuantizeToPalette("Tokens", "Image", model));
        Assert.StartsWith("The model has no palette, so images cannot be quantized for it.", error.Message);
    }

    [TestMethod]
    public void Column_OfWordsThatAreNoCropping_MeansSquash()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add("Cropping", TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = "7".AsMemory());
        var type = new VectorDataViewType(new KeyDataViewType(typeof(ushort), 8), 16);
        var data = new TableView(1).AddVector<ushort>("Tokens", type, _ => new ushort[16], annotations.ToAnnotations());
        Assert.AreEqual(ImageCropping.Squash, QuantizedColumn.FindCropping(data.Schema["Tokens"]));
    }

    private List<double[]> Tokens(ImageCropping cropping, int seed, params MLImage[] images)
    {
        var data = ImageRows.Of(images);
        var transformer = new MLContext(seed).Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4, cropping).Fit(data);
        return [.. RowValues.Read(transformer.Transform(data), ["Tokens"]).Select(row => row.Values)];
    }

    private static MLImage Stripes(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        for (var i = 0; i < width * height; i++)
        {
            rgb[(3 * i) + (i % width / (width / 3) == 1 ? 2 : 0)] = 255;
        }

        return ImagePixels.FromRgb(rgb, width, height);
    }
}
