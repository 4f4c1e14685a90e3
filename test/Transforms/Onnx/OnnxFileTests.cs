using IGptMl.Onnx;
using IGptMl.Tests.Data;
using IGptMl.Tests.Export;

namespace IGptMl.Tests.Onnx;

[TestClass]
public sealed class OnnxFileTests
{
    [TestMethod]
    public void Write_ConstantsBeyondTheLimit_AreBesideTheGraph_AndGiveTheSameValues()
    {
        using var folder = new TemporaryFolder();
        var (inside, outside) = (folder.Combine("inside.onnx"), folder.Combine("outside.onnx"));
        Create().Write(inside, "sum", new Dictionary<string, string> { ["name"] = "ü" });
        Create().Write(outside, "sum", new Dictionary<string, string> { ["name"] = "ü" }, mostBytes: 2000);

        Assert.IsFalse(File.Exists(inside + OnnxFile.DataEnding));
        Assert.IsGreaterThan(2 * 1200, new FileInfo(outside + OnnxFile.DataEnding).Length);
        Assert.IsLessThan(1000, new FileInfo(outside).Length);
        foreach (var path in (string[])[inside, outside])
        {
            using var run = new OnnxRun(path);
            Assert.AreEqual("ü", run.Metadata["name"]);
            var sums = run.Run<float>("sums", OnnxRun.Value("x", [0.5f], 1));
            Assert.AreEqual(0.5f + 299 + 2990, sums[299]);
        }
    }

    [TestMethod]
    public void Write_FolderMissing_LeavesNothing()
    {
        using var folder = new TemporaryFolder();
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => Create().Write(folder.Combine("none/model.onnx"), "sum", new Dictionary<string, string>()));
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Write_WeightTooLargeForFloat16_IsNamed_AndTheOldFileStays()
    {
        using var folder = new TemporaryFolder();
        folder.Write("model.onnx", [1]);
        var file = new OnnxFile(18, isFloat16: true);
        file.Weight("wide", OnnxTensor.Of([1f, 70_000f], 2));
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => file.Write(folder.Combine("model.onnx"), "g", new Dictionary<string, string>()));
        StringAssert.Contains(error.Message, "the weight 70000 in 'wide'");
        CollectionAssert.AreEqual(new byte[] { 1 }, File.ReadAllBytes(folder.Combine("model.onnx")));
        Assert.HasCount(1, Directory.GetFiles(folder.Path));
    }

    private static OnnxFile Create()
    {
        var file = new OnnxFile(18);
        var x = file.Input(new OnnxValue("x", OnnxType.Float, 1));
        var values = Enumerable.Range(0, 300).Select(i => (float)i).ToArray();
        var sum = file.Binary("Add", file.Binary("Add", x, file.Add("a", OnnxTensor.Of(values, 300))),
            file.Add("a", OnnxTensor.Of([.. values.Select(value => 10 * value)], 300)));
        file.Output(sum, new OnnxValue("sums", OnnxType.Float, 300));
        return file;
    }
}
