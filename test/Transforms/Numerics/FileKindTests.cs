using System.Text;
using IGptMl.Batches;
using IGptMl.Formats;
using IGptMl.Images;
using IGptMl.Numerics;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using IGptMl.Tests.Images;
using Microsoft.ML;

namespace IGptMl.Tests.Numerics;

/// <summary>What is well known to stand in the place of a file is named by every reader.</summary>
[TestClass]
public sealed class FileKindTests
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 306000000\n";

    /// <summary>Every reader of files, by the name of the file that it is given.</summary>
    private static readonly Dictionary<string, Action<string>> Readers = new()
    {
        ["image.png"] = path => ImageDecoder.Decode(path).Dispose(),
        ["weights.safetensors"] = path => SafetensorsReader.OpenFile(path).Dispose(),
        ["pytorch_model.bin"] = path => PyTorchReader.OpenFile(path).Dispose(),
        ["model.safetensors.index.json"] = path => ShardedReader.OpenFile(path).Dispose(),
        ["model.ckpt.index"] = path => TensorFlowReader.OpenFile(path[..^".index".Length]).Dispose(),
        ["array.npy"] = path => NpyFormat.Read(path),
        ["palette.npy"] = path => Palette.Load(path),
        ["tokens.npy"] = path => new MLContext().Data.LoadTokenArray(path),
        ["model.zip"] = path => ImageGptModel.Load(path).Dispose(),
        ["checkpoint.safetensors"] = path => ImageGptModel.Load(path).Dispose(),
        ["list.csv"] = path => new MLContext().Data.LoadImageList(path),
        ["config.json"] = path => ImageGptModel.Load(Path.GetDirectoryName(path)!).Dispose(),
        ["cache.tokens"] = path => TokenFile.Open(path).Dispose(),
        ["stl/class_names.txt"] = path => new MLContext().Data.LoadStl10(Path.GetDirectoryName(path)!, Stl10Split.Train),
        ["cifar/data_batch_1.bin"] = path =>
        {
            File.WriteAllLines(Path.Combine(Path.GetDirectoryName(path)!, "batches.meta.txt"), Enumerable.Range(0, 10).Select(i => $"class {i}"));
            new MLContext().Data.LoadCifar10(Path.GetDirectoryName(path)!, CifarSplit.Train);
        },
    };

    public static IEnumerable<object[]> ReaderNames => Readers.Keys.Select(name => (object[])[name]);

    [TestMethod]
    [DynamicData(nameof(ReaderNames))]
    public void EveryReader_NamesWhatStandsInPlaceOfTheFile(string name)
    {
        AssertNamed(Pointer, "pointer of Git LFS");
        AssertNamed("\uFEFF \n<!DOCTYPE HTML><html><body>Please log in</body></html>", "an HTML page");
        AssertNamed("<html>502</html>", "an HTML page");
        AssertNamed("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "an XML document");
        AssertNamed(string.Empty, "empty");

        void AssertNamed(string content, string kind)
        {
            using var folder = new TemporaryFolder();
            var path = folder.Write(name, Encoding.UTF8.GetBytes(content));
            var error = Assert.ThrowsExactly<InvalidDataException>(() => Readers[name](path));
            StringAssert.Contains(error.Message, $"'{path}'");
            StringAssert.Contains(error.Message, kind);
        }
    }

    [TestMethod]
    [DataRow("image.png", "%PDF-1.7 and so on", "a PDF document")]
    [DataRow("image.png", "\0\0\0\u0018ftypheic\0\0\0\0", "a HEIC picture")]
    [DataRow("array.npy", "PK\u0003\u0004 and so on", "a zip archive")]
    [DataRow("weights.safetensors", "\u0089PNG\r\n\u001A\n", "a PNG picture")]
    [DataRow("pytorch_model.bin", "\u0089HDF\r\n\u001A\n and so on", "an HDF5 file")]
    [DataRow("model.zip", "\u001F\u008B\u0008\0\0\0\0\0\0\0", "a gzip archive")]
    [DataRow("list.csv", "\u00FF\u00D8\u00FF\u00E0 JFIF and so on", "a JPEG picture")]
    public void Reader_OfAnotherForm_NamesIt(string name, string content, string kind)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(name, Encoding.Latin1.GetBytes(content));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Readers[name](path)).Message, kind);
    }

    [TestMethod]
    [DataRow("model.ckpt-1000.index")]
    [DataRow("model.ckpt-1000.data-00001-of-00003")]
    public void LoadModel_PartOfATensorFlowCheckpoint_SaysThePrefix(string name)
    {
        var path = TestData.PathOf("tiny-tf", name);
        var message = Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(path)).Message;
        Assert.AreEqual($"'{path}' is a part of a TensorFlow checkpoint; give the prefix of its files, '{TestData.PathOf("tiny-tf", "model.ckpt-1000")}'.",
            message);
    }

    [TestMethod]
    public void LoadModel_FolderOfATensorFlowCheckpoint_SaysThePrefix()
    {
        var message = Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(TestData.PathOf("tiny-tf"))).Message;
        StringAssert.EndsWith(message, $"give the prefix of its files, '{TestData.PathOf("tiny-tf", "model.ckpt-1000")}'.");
    }

    [TestMethod]
    [DataRow("pytorch_model.bin", "a file of torch.save")]
    [DataRow("config.json", "a JSON text")]
    public void LoadModel_FileOfAFolder_SaysTheFolder(string name, string kind)
    {
        var message = Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(TestData.PathOf("tiny", name))).Message;
        StringAssert.Contains(message, kind);
        StringAssert.EndsWith(message, $"give its folder, '{TestData.PathOf("tiny")}'.");
        using var folder = new TemporaryFolder();
        File.Copy(TestData.PathOf("tiny", name), folder.Combine("alone.bin"));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(folder.Combine("alone.bin"))).Message, "'config.json'");
    }

    [TestMethod]
    public void Of_FilesThatAreRead_IsTheirForm()
    {
        AssertForm(FileForm.Npy, ProcessorReference.PalettePath);
        AssertForm(FileForm.Safetensors, TestData.PathOf("tiny", "model.safetensors"));
        AssertForm(FileForm.PyTorch, TestData.PathOf("tiny", "pytorch_model.bin"));
        AssertForm(FileForm.TensorFlowIndex, TestData.PathOf("tiny-tf", "model.ckpt-1000.index"));
        AssertForm(FileForm.Json, TestData.PathOf("tiny", "config.json"));
        using var folder = new TemporaryFolder();
        foreach (var ending in (string[])["png", "jpg", "webp"])
        {
            AssertForm(FileForm.Image, folder.WriteImage($"a.{ending}", 3, 2, (1, 2, 3)));
        }

        static void AssertForm(FileForm expected, string path)
        {
            using var file = File.OpenRead(path);
            file.Position = 1;
            Assert.AreEqual(expected, FileKind.Of(file).Form, path);
            Assert.AreEqual(1, file.Position);
            Assert.AreEqual(FileKind.Of(file).Description, FileContent.Describe(path));
        }
    }
}
