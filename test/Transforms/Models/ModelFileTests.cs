using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using IGptMl.Network;
using IGptMl.Numerics;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Tests.Models;

[TestClass]
public sealed class ModelFileTests
{
    private static readonly ImageGptConfig Config = new() { ImageSize = 2, Colors = 3, EmbeddingSize = 4, Layers = 1, Heads = 2 };

    private static byte[] s_zip = [];
    private static float[] s_weights = [];

    [ClassInitialize]
    public static void SaveModel(TestContext testContext)
    {
        _ = testContext;
        TorchRuntime.EnsureLoaded();
        using var generator = new torch.Generator(1);
        using var model = new ImageGptModel(new ImageGptNetwork(Config, generator), Palette.FromColors([0, 0, 0, 100, 100, 100, 255, 0, 7]));
        var context = new MLContext();
        using var stream = new MemoryStream();
        context.Model.Save(new ImageGptTransformer(context, model, "Tokens"), null, stream);
        s_zip = stream.ToArray();
        s_weights = WeightsOf(model);
    }

    [TestMethod]
    public void Load_SavedModel_GivesTheSame()
    {
        using var folder = new TemporaryFolder();
        using var model = ImageGptModel.Load(folder.Write("model.zip", s_zip));
        Assert.AreEqual(Config, model.Config);
        Assert.AreEqual(Palette.FromColors([0, 0, 0, 100, 100, 100, 255, 0, 7]), model.Palette);
        CollectionAssert.AreEqual(s_weights, WeightsOf(model));
        var loaded = (ImageGptTransformer)new MLContext().Model.Load(folder.Combine("model.zip"), out _);
        CollectionAssert.AreEqual(s_weights, WeightsOf(loaded.Model));
        loaded.Dispose();
    }

    [TestMethod]
    public void Load_BackslashesInNames_AreUnderstood()
    {
        using var folder = new TemporaryFolder();
        using var model = ImageGptModel.Load(folder.Write("model.zip", Rewrite((name, body) => (name.Replace('/', '\\'), body))));
        CollectionAssert.AreEqual(s_weights, WeightsOf(model));
    }

    [TestMethod]
    public void Load_WithoutPalette_HasNone()
    {
        using var folder = new TemporaryFolder();
        var zip = Resum(Changed("palette.npy", _ => null));
        using var model = ImageGptModel.Load(folder.Write("model.zip", zip));
        Assert.IsNull(model.Palette);
    }

    [TestMethod]
    public void Load_ConfigurationWithoutObjective_IsAutoregressive()
    {
        using var folder = new TemporaryFolder();
        var older = "{\"imageSize\":2,\"colors\":3,\"embeddingSize\":4,\"layers\":1,\"heads\":2}"u8.ToArray();
        using var model = ImageGptModel.Load(folder.Write("model.zip", Resum(Changed("config.json", _ => older))));
        Assert.AreEqual(PretrainingObjective.Autoregressive, model.Config.Objective);
        CollectionAssert.AreEqual(s_weights, WeightsOf(model));
    }

    [TestMethod]
    [DataRow("\"masked\"", "do not match the configuration")]
    [DataRow("\"bert\"", "cannot be read")]
    [DataRow("1", "cannot be read")]
    public void Load_AnotherObjective_IsRefused(string objective, string part)
    {
        var json = $"{{\"imageSize\":2,\"colors\":3,\"embeddingSize\":4,\"layers\":1,\"heads\":2,\"objective\":{objective}}}";
        Refuse(Resum(Changed("config.json", _ => Encoding.ASCII.GetBytes(json))), part);
    }

    [TestMethod]
    public void Load_NoFile_NamesIt()
    {
        using var folder = new TemporaryFolder();
        StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(() => ImageGptModel.Load(folder.Combine("none.zip"))).Message, "none.zip");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(folder.Path)).Message, "is a folder");
        Assert.ThrowsExactly<ArgumentException>(() => ImageGptModel.Load(" "));
    }

    [TestMethod]
    public void Load_NoZip_SaysSo() => Refuse("no zip"u8.ToArray(), "is not a model file");

    [TestMethod]
    public void Load_Truncated_SaysSo()
    {
        Refuse([], "is an empty file");
        for (var length = 97; length < s_zip.Length; length += 97)
        {
            Refuse(s_zip[..length], "is not a model file");
        }
    }

    [TestMethod]
    public void Load_ZipWithoutModel_SaysSo() =>
        Refuse(Rewrite((name, body) => (name.Replace("ImageGptModel", "Other"), body)), "is a zip without an Image GPT");

    [TestMethod]
    [DataRow("config.json")]
    [DataRow("model.safetensors")]
    [DataRow("palette.npy")]
    [DataRow("SHA256SUMS")]
    public void Load_MissingEntry_IsNamed(string entry) => Refuse(Changed(entry, _ => null), $"entry 'ImageGptModel1/{entry}' is missing");

    [TestMethod]
    [DataRow("config.json", "{")]
    [DataRow("config.json", "null")]
    [DataRow("config.json", "{\"imageSize\":2,\"colors\":3,\"embeddingSize\":5,\"layers\":1,\"heads\":2}")]
    [DataRow("palette.npy", "x")]
    [DataRow("model.safetensors", "x")]
    [DataRow("SHA256SUMS", "x")]
    public void Load_DamagedEntry_IsNamed(string entry, string text)
        => Refuse(Changed(entry, _ => Encoding.ASCII.GetBytes(text)), $"entry 'ImageGptModel1/{entry}' cannot be read");

    [TestMethod]
    [DataRow("config.json", "{\"imageSize\":2,\"colors\":3,\"embeddingSize\":4,\"layers\":1,\"heads\":1}")]
    [DataRow("SHA256SUMS", "")]
    public void Load_EntryThatIsNotTheOneWritten_IsNamed(string entry, string text)
        => Refuse(Changed(entry, _ => Encoding.ASCII.GetBytes(text)), "entry 'ImageGptModel1/config.json' cannot be read");

    [TestMethod]
    public void Load_ConfigurationThatAsksForMore_IsRefusedBeforeMemoryIsTaken()
    {
        var huge = "{\"imageSize\":2,\"colors\":3,\"embeddingSize\":65536,\"layers\":1024,\"heads\":2}"u8.ToArray();
        Refuse(Resum(Changed("config.json", _ => huge)), "need 211");
    }

    [TestMethod]
    [DataRow("SHA256SUMS", ' ')]
    [DataRow("config.json", ' ')]
    [DataRow("preprocessing.json", '"')]
    [DataRow("palette.npy", '0')]
    [DataRow("model.safetensors", '0')]
    public void Load_EntryThatUnpacksToFarMore_IsRefusedBeforeMemoryIsTaken(string entry, char filling)
    {
        // 64 MiB of one character, in a zip of 64 KiB.
        var zip = Rewrite((name, body) => (name, name == $"ImageGptModel1/{entry}" ? [.. body, .. Enumerable.Repeat((byte)filling, 1 << 26)] : body));
        Assert.IsLessThan(1 << 17, zip.Length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuse(zip, $"entry 'ImageGptModel1/{entry}' cannot be read. Its ");
        Assert.IsLessThan(4_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow("config.json", ' ')]
    [DataRow("palette.npy", '0')]
    public void Load_LongText_IsRefused(string entry, char filling)
        => Refuse(Changed(entry, body => [.. body, .. Enumerable.Repeat((byte)filling, 1 << 17)]), $"entry 'ImageGptModel1/{entry}' cannot be read");

    [TestMethod]
    public void Load_AnyDamage_IsInvalidData()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var bytes = (byte[])s_zip.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var path = folder.Write("model.zip", bytes);
            try
            {
                using var model = ImageGptModel.Load(path);
                CollectionAssert.AreEqual(s_weights, WeightsOf(model)); // another entry was damaged
            }
            catch (InvalidDataException e)
            {
                StringAssert.StartsWith(e.Message, $"'{path}'");
            }
        }
    }

    [TestMethod]
    [DataRow("config.json")]
    [DataRow("preprocessing.json")]
    [DataRow("palette.npy")]
    [DataRow("model.safetensors")]
    public void Load_EntryDamagedPastItsChecksum_ReadsOrRefuses(string entry)
    {
        using var folder = new TemporaryFolder();
        var mutations = new Mutations(seed: 17);
        var refused = 0;
        for (var i = 0; i < 250; i++)
        {
            var path = folder.Write("model.zip", Resum(Rewrite((name, body) => (name, name == $"ImageGptModel1/{entry}" ? mutations.Apply(body) : body))));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ImageGptModel.Load(path).Dispose();
            }
            catch (InvalidDataException e)
            {
                refused++;
                StringAssert.StartsWith(e.Message, $"'{path}'");
            }

            Assert.IsLessThan(1_000_000, GC.GetAllocatedBytesForCurrentThread() - before, $"Case {i}");
        }

        Assert.IsGreaterThan(60, refused);
    }

    private static void Refuse(byte[] zip, string part)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("model.zip", zip);
        var message = Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(path)).Message;
        StringAssert.StartsWith(message, $"'{path}'");
        StringAssert.Contains(message, part);
    }

    [TestMethod]
    public void Load_Cropping_IsTheFilesOrElseSquash()
    {
        using var folder = new TemporaryFolder();
        Assert.AreEqual(ImageCropping.CenterCrop, CroppingOf("{\"cropping\": \"CenterCrop\"}"));
        Assert.AreEqual(ImageCropping.Squash, CroppingOf(null), "Files of earlier versions do not say.");
        foreach (var other in (string[])["\"RandomCrop\"", "\"Crop\"", "7", "null"])
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => CroppingOf($"{{\"cropping\": {other}}}"), other);
            StringAssert.Contains(error.Message, "entry 'ImageGptModel1/preprocessing.json' cannot be read.");
        }

        ImageCropping CroppingOf(string? json)
        {
            var zip = Resum(Changed("preprocessing.json", _ => json is null ? null : Encoding.UTF8.GetBytes(json)));
            using var model = ImageGptModel.Load(folder.Write("model.zip", zip));
            return model.Cropping;
        }
    }

    /// <summary>The zip with a list of checksums that matches its entries, as an attacker who knows the format could write it.</summary>
    private static byte[] Resum(byte[] zip)
    {
        var sums = new StringBuilder();
        Rewrite(zip, (name, body) =>
        {
            if (name.StartsWith("ImageGptModel1/", StringComparison.Ordinal) && !name.EndsWith("SUMS", StringComparison.Ordinal))
            {
                sums.Append($"{Convert.ToHexStringLower(SHA256.HashData(body))}  {Path.GetFileName(name)}\n");
            }

            return (name, body);
        });
        return Rewrite(zip, (name, body) => (name, name.EndsWith("SUMS", StringComparison.Ordinal) ? Encoding.ASCII.GetBytes(sums.ToString()) : body));
    }

    private static byte[] Rewrite(Func<string, byte[], (string Name, byte[]? Body)> change) => Rewrite(s_zip, change);

    /// <summary>The zip with another content of one entry of the model; null removes the entry.</summary>
    private static byte[] Changed(string entry, Func<byte[], byte[]?> change) =>
        Rewrite((name, body) => (name, name == $"ImageGptModel1/{entry}" ? change(body) : body));

    /// <summary>The zip with other names and contents; an entry whose content is null is removed.</summary>
    private static byte[] Rewrite(byte[] zip, Func<string, byte[], (string Name, byte[]? Body)> change)
    {
        using var result = new MemoryStream();
        using (var from = new ZipArchive(new MemoryStream(zip)))
        using (var to = new ZipArchive(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in from.Entries)
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open())
                {
                    stream.CopyTo(content);
                }

                if (change(entry.FullName, content.ToArray()) is (var name, { } body))
                {
                    using var target = to.CreateEntry(name).Open();
                    target.Write(body);
                }
            }
        }

        return result.ToArray();
    }

    private static float[] WeightsOf(ImageGptModel model) => [.. model.On(torch.CPU).state_dict().Values.SelectMany(weight => weight.data<float>().ToArray())];
}
