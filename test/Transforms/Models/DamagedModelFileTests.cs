using System.Security.Cryptography;
using System.Text;
using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Models;

/// <summary>
/// Zips with damaged entries. ML.NET calls loaders by reflection and wraps their errors in TargetInvocationException (once per level of nesting), so users
/// find the original error as the inner exception.
/// </summary>
[TestClass]
public sealed class DamagedModelFileTests
{
    private const string Features = "TransformerChain/Transform_001/features.json";
    private const string Config = "ImageGptModel1/config.json";

    private static SortedDictionary<string, byte[]> _zip = [];

    [ClassInitialize]
    public static void SaveAChain(TestContext test)
    {
        var context = new MLContext(seed: 1);
        using var model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
        var data = ImageRows.Create();
        using var chain = context.Transforms.QuantizeToPalette("Tokens", "Image", model.Palette!, 4)
            .Append(context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1))
            .Append(context.ImageGeneration.Trainers.ImageGpt("Tokens", new() { Model = TinyImageGpt.Config, Steps = 1 }))
            .Fit(data);
        _zip = ZipContent.Of(stream => context.Model.Save(chain, data.Schema, stream));
    }

    public static IEnumerable<string> OurEntries =>
    [
        "ImageGptModel1/config.json",
        "ImageGptModel1/palette.npy",
        "ImageGptModel1/preprocessing.json",
        "ImageGptModel1/model.safetensors",
        "TransformerChain/Transform_000/component.json",
        "TransformerChain/Transform_000/quantization.json",
        "TransformerChain/Transform_000/palette.npy",
        "TransformerChain/Transform_001/component.json",
        "TransformerChain/Transform_001/features.json",
        "TransformerChain/Transform_002/likelihood.json",
        "ImageGptModel2/model.safetensors",
    ];

    [TestMethod]
    public void Nothing_Damaged_Loads() => ((IDisposable)Load(_zip)).Dispose();

    [TestMethod]
    [DynamicData(nameof(OurEntries))]
    public void Entry_CutOff_IsNamed(string entry) => AssertNamed(entry, "cannot be read", With(entry, _zip[entry][..(_zip[entry].Length / 2)]));

    [TestMethod]
    [DynamicData(nameof(OurEntries))]
    public void Entry_Empty_IsNamed(string entry) => AssertNamed(entry, "cannot be read", With(entry, []));

    [TestMethod]
    [DynamicData(nameof(OurEntries))]
    public void Entry_OtherBytes_IsNamed(string entry) => AssertNamed(entry, "cannot be read", With(entry, [.. Enumerable.Repeat((byte)0xff, 100)]));

    [TestMethod]
    [DataRow("ImageGptModel1/config.json")]
    [DataRow("ImageGptModel1/model.safetensors")]
    [DataRow("ImageGptModel1/SHA256SUMS")]
    [DataRow("TransformerChain/Transform_000/component.json")]
    [DataRow("TransformerChain/Transform_000/palette.npy")]
    [DataRow("TransformerChain/Transform_001/features.json")]
    public void Entry_Missing_IsNamed(string entry) => AssertNamed(entry, "is missing", With(entry, null));

    [TestMethod]
    [DataRow(0)]
    [DataRow(9)]
    [DataRow(600)]
    [DataRow(4000)]
    [DataRow(-1)]
    public void Weights_OneBitFlipped_AreNamed(int position)
    {
        const string entry = "ImageGptModel1/model.safetensors";
        var bytes = (byte[])_zip[entry].Clone();
        bytes[position < 0 ? bytes.Length + position : position] ^= 1;
        AssertNamed(entry, "cannot be read", With(entry, bytes));
    }

    [TestMethod]
    public void Weights_OneBitFlipped_SayWhichChecksum()
    {
        var bytes = (byte[])_zip["ImageGptModel1/model.safetensors"].Clone();
        bytes[^1] ^= 1;
        Assert.Contains("Its SHA-256 is ", FindCause(With("ImageGptModel1/model.safetensors", bytes)).Message);
    }

    [TestMethod]
    public void Zip_BytesOfTheArchiveFlipped_NeverGivesAnUnexplainedError()
    {
        var zip = ZipContent.Write(_zip);
        var random = new Random(1);
        for (var i = 0; i < 40; i++)
        {
            var damaged = (byte[])zip.Clone();
            damaged[random.Next(zip.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                ((IDisposable)new MLContext().Model.Load(new MemoryStream(damaged), out _)).Dispose();
            }
            catch (Exception e)
            {
                var cause = Causes(e).Last();
                var isExpected = Causes(e).Any(c => c is InvalidDataException or FormatException or System.Text.Json.JsonException);
                Assert.IsTrue(isExpected || cause is InvalidOperationException, e.ToString());
            }
        }
    }

    [TestMethod]
    [DataRow(10)]
    [DataRow(2000)]
    [DataRow(-1)]
    public void Zip_CutOff_IsMLNetsOwnError(int length)
    {
        var zip = ZipContent.Write(_zip);
        var cut = zip[..(length < 0 ? zip.Length + length : length)];
        var error = Assert.ThrowsExactly<FormatException>(() => new MLContext().Model.Load(new MemoryStream(cut), out _));
        Assert.AreEqual("Failed to open a zip archive", error.Message);
        Assert.IsInstanceOfType<InvalidDataException>(error.InnerException);
    }

    [TestMethod]
    public void Config_NameMisspelled_DoesNotBecomeADefault() => AssertNamed(Config, "cannot be read", Replaced(Config, "\"heads\"", "\"beads\""));

    [TestMethod]
    public void Config_ImpossibleSizes_AreNamed() => AssertNamed(Config, "expected a multiple of Heads (3)", Replaced(Config, "\"heads\": 2", "\"heads\": 3"));

    [TestMethod]
    public void Config_FewerLayersThanTheWeights_NamesWhatIsTooMuch()
    {
        var zip = Replaced(Config, "\"layers\": 2", "\"layers\": 1");
        const string sums = "ImageGptModel1/SHA256SUMS";
        var (old, changed) = (Convert.ToHexStringLower(SHA256.HashData(_zip[Config])), Convert.ToHexStringLower(SHA256.HashData(zip[Config])));
        zip[sums] = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(zip[sums]).Replace(old, changed)); // the list matches; the weights do not
        var cause = FindCause(zip);
        Assert.Contains("entry 'ImageGptModel1/model.safetensors'", cause.Message);
        Assert.Contains("'transformer.h.1.ln_1.weight' Float32[8] is not part of the model.", cause.Message);
    }

    [TestMethod]
    public void Palette_OfAnotherSize_IsNamed()
    {
        var cause = FindCause(With("ImageGptModel1/palette.npy", PaletteBytes(9)));
        Assert.AreEqual(
            "The model file is damaged: entry 'ImageGptModel1/palette.npy' cannot be read. It has 9 colors; the model of 'config.json' has 8.",
            cause.Message);
    }

    [TestMethod]
    public void Features_LayerThatIsNotThere_IsNamed()
        => Assert.AreEqual(
            "The model file is damaged: entry 'features.json' holds invalid settings. "
                + "Columns['Features'].Layers is 7; expected 0 to 2. (Parameter 'options')",
            FindCause(Replaced(Features, "1\n", "7\n")).Message);

    [TestMethod]
    public void Load_Fails_LeavesNoTensors()
    {
        var flipped = (byte[])_zip["ImageGptModel1/model.safetensors"].Clone();
        flipped[^1] ^= 1;
        LiveTensors.AssertNoneLeft(() => FindCause(With("ImageGptModel1/model.safetensors", flipped)));
        LiveTensors.AssertNoneLeft(() => FindCause(With("ImageGptModel1/palette.npy", PaletteBytes(9))));
        LiveTensors.AssertNoneLeft(() => FindCause(Replaced(Features, "1\n", "7\n")));
    }

    [TestMethod]
    public void Settings_NameMisspelled_IsNamed()
    {
        AssertNamed(Features, "cannot be read", Replaced(Features, "\"inputColumnName\"", "\"imputColumnName\""));
        const string likelihood = "TransformerChain/Transform_002/likelihood.json";
        AssertNamed(likelihood, "cannot be read", Replaced(likelihood, "\"Tokens\"", "null"));
    }

    [TestMethod]
    public void Component_Unknown_IsNamedWithItsVersion()
    {
        var cause = FindCause(Replaced("TransformerChain/Transform_001/component.json", "ImageGptFeatures", "ImageGptFuture"));
        Assert.StartsWith(
            "The model file holds a component 'ImageGptFuture', which this version of IGptMl does not know. It was written by version ",
            cause.Message);
    }

    private static void AssertNamed(string entry, string problem, SortedDictionary<string, byte[]> zip)
    {
        var message = FindCause(zip).Message;
        Assert.Contains($"entry '{entry}'", message);
        Assert.Contains(problem, message);
    }

    /// <summary>The original error, which ML.NET may have wrapped several times.</summary>
    private static InvalidDataException FindCause(SortedDictionary<string, byte[]> zip)
    {
        Exception? error = null;
        try
        {
            ((IDisposable)Load(zip)).Dispose();
        }
        catch (Exception e)
        {
            error = e;
        }

        Assert.IsNotNull(error, "The damaged file was loaded.");
        return Causes(error).OfType<InvalidDataException>().FirstOrDefault() ?? throw new AssertFailedException(error.ToString());
    }

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }

    private static ITransformer Load(SortedDictionary<string, byte[]> zip) => new MLContext().Model.Load(new MemoryStream(ZipContent.Write(zip)), out _);

    private static byte[] PaletteBytes(int count)
    {
        using var stream = new MemoryStream();
        Palette.FromColors(new byte[3 * count]).Write(stream);
        return stream.ToArray();
    }

    private static SortedDictionary<string, byte[]> Replaced(string entry, string old, string by)
    {
        var text = Encoding.UTF8.GetString(_zip[entry]);
        Assert.Contains(old, text);
        return With(entry, Encoding.UTF8.GetBytes(text.Replace(old, by, StringComparison.Ordinal)));
    }

    private static SortedDictionary<string, byte[]> With(string entry, byte[]? bytes)
    {
        var zip = new SortedDictionary<string, byte[]>(_zip, StringComparer.Ordinal);
        zip.Remove(entry);
        if (bytes is not null)
        {
            zip.Add(entry, bytes);
        }

        return zip;
    }
}
