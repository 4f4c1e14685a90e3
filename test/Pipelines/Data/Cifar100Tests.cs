using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

/// <summary>How CIFAR-100 differs from CIFAR-10: records start with two labels.</summary>
[TestClass]
public sealed class Cifar100Tests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Fine_IsTheSecondByte()
    {
        using var folder = Copy();

        var view = Ml.Data.LoadCifar100(folder.Path);

        CollectionAssert.AreEqual(new uint[] { 100, 1 }, Rows.Read(view).Select(r => r.Label).ToArray());
        Assert.AreEqual(new KeyDataViewType(typeof(uint), 100), view.Schema["Label"].Type);
        Assert.AreEqual("fine99", ClassName(view, 99));
    }

    [TestMethod]
    public void Coarse_IsTheFirstByte()
    {
        using var folder = Copy();

        var view = Ml.Data.LoadCifar100(folder.Path, CifarSplit.Train, Cifar100Labels.Coarse);

        CollectionAssert.AreEqual(new uint[] { 4, 20 }, Rows.Read(view).Select(r => r.Label).ToArray());
        Assert.AreEqual(new KeyDataViewType(typeof(uint), 20), view.Schema["Label"].Type);
        Assert.AreEqual("coarse19", ClassName(view, 19));
    }

    [TestMethod]
    public void Pixels_BeginAfterBothLabels()
    {
        using var folder = Copy("cifar-100-binary/");

        var row = Rows.Read(Ml.Data.LoadCifar100(folder.Path, CifarSplit.Test))[0];

        Assert.AreEqual(("test.bin#0", 32, 32), (row.Name, row.Height, row.Width));
        for (var i = 0; i < 1024; i++)
        {
            CollectionAssert.AreEqual(new[] { Pixel(i), Pixel(1024 + i), Pixel(2048 + i) }, row.Rgb![(3 * i)..((3 * i) + 3)]);
        }
    }

    [TestMethod]
    public void Load_RecordsOfCifar10_AreRefused()
    {
        using var folder = Copy();
        var path = folder.Write("train.bin", new byte[3073 * 2]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadCifar100(folder.Path));
        Assert.AreEqual($"'{path}' has 6146 bytes, which is not a whole number of records of 3074 bytes: record 1 has only 3072.", error.Message);
    }

    [TestMethod]
    [DataRow(Cifar100Labels.Fine, 0, 100, "label 100 is not one of 0 to 99.")]
    [DataRow(Cifar100Labels.Coarse, 20, 0, "label 20 is not one of 0 to 19.")]
    public void ReadLabel_OutOfRange_NamesFileAndRecord(Cifar100Labels labels, int coarse, int fine, string problem)
    {
        using var folder = Copy();
        var path = folder.Write("train.bin", [.. Record(0, 0), .. Record(coarse, fine)]);
        var view = Ml.Data.LoadCifar100(folder.Path, CifarSplit.Train, labels);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Rows.Read(view));
        Assert.AreEqual($"'{path}', record 1: {problem}", error.Message);
    }

    [TestMethod]
    public void Load_BadArguments_Throw()
    {
        using var folder = Copy();

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadCifar100(folder.Path, CifarSplit.Train, (Cifar100Labels)2));
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => Ml.Data.LoadCifar100(folder.Combine("nowhere")));
        File.Delete(folder.Combine("coarse_label_names.txt"));
        Assert.ThrowsExactly<FileNotFoundException>(() => Ml.Data.LoadCifar100(folder.Path, CifarSplit.Train, Cifar100Labels.Coarse));
    }

    private static string ClassName(IDataView view, int index)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Label"].GetKeyValues(ref names);
        return names.GetItemOrDefault(index).ToString();
    }

    private static TemporaryFolder Copy(string prefix = "")
    {
        var folder = new TemporaryFolder();
        folder.Write($"{prefix}fine_label_names.txt", Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 100).Select(i => $"fine{i}")) + "\n\n"));
        folder.Write($"{prefix}coarse_label_names.txt", Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 20).Select(i => $"coarse{i}"))));
        folder.Write($"{prefix}train.bin", [.. Record(3, 99), .. Record(19, 0)]);
        folder.Write($"{prefix}test.bin", Record(1, 2));
        return folder;
    }

    private static byte[] Record(int coarse, int fine) => [(byte)coarse, (byte)fine, .. Enumerable.Range(0, 3072).Select(Pixel)];

    private static byte Pixel(int i) => (byte)((i * 7) + (i / 1024 * 13));
}
