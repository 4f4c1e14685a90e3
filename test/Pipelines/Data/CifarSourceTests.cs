using System.Text;
using IGptMl.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class CifarSourceTests
{
    private const string ClassNames = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Train_FiveFiles_InOrder()
    {
        using var folder = Copy();

        var view = Ml.Data.LoadCifar10(folder.Path);

        var rows = Rows.Read(view);
        Assert.AreEqual(10L, view.GetRowCount());
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).Select(i => $"data_batch_{(i / 2) + 1}.bin#{i % 2}").ToArray(), rows.Select(r => r.Name).ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(1, 10).Select(i => (uint)i).ToArray(), rows.Select(r => r.Label).ToArray());
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Label"].GetKeyValues(ref names);
        Assert.AreEqual("airplane truck", $"{names.GetItemOrDefault(0)} {names.GetItemOrDefault(9)}");
    }

    [TestMethod]
    public void Pixels_PlanarBytes_BecomeColors()
    {
        using var folder = Copy();

        var row = Rows.Read(Ml.Data.LoadCifar10(folder.Path, CifarSplit.Test))[1];

        Assert.AreEqual((32, 32), (row.Height, row.Width));
        for (var i = 0; i < 1024; i++)
        {
            CollectionAssert.AreEqual(new[] { Pixel(1, i), Pixel(1, 1024 + i), Pixel(1, 2048 + i) }, row.Rgb![(3 * i)..((3 * i) + 3)]);
        }
    }

    [TestMethod]
    public void Test_ParentFolder_FindsTheSubfolder()
    {
        using var folder = Copy("cifar-10-batches-bin/");

        var rows = Rows.Read(Ml.Data.LoadCifar10(folder.Path, CifarSplit.Test));

        CollectionAssert.AreEqual(new[] { "test_batch.bin#0", "test_batch.bin#1", "test_batch.bin#2" }, rows.Select(r => r.Name).ToArray());
    }

    [TestMethod]
    public void Shuffled_RowsOfAllFiles_StayTogether()
    {
        using var folder = Copy();
        var view = Ml.Data.LoadCifar10(folder.Path);

        Rows.AssertEqual(Rows.Read(view), [.. Rows.Read(view, new Random(1)).OrderBy(r => r.Name, StringComparer.Ordinal)]);
    }

    [TestMethod]
    public void Read_FromManyThreads_GivesTheSameImages()
    {
        using var folder = Copy();
        var source = new CifarSource(folder.Path, CifarLayout.Cifar10, CifarSplit.Train);
        var expected = Rows.Read(new SourceDataView(source));

        Parallel.For(0, 500, i =>
        {
            using var image = source.ReadImage(i % 10);
            CollectionAssert.AreEqual(expected[i % 10].Rgb, Rows.Rgb(image));
        });
    }

    [TestMethod]
    [DataRow(0, "'{0}' is an empty file; expected records of CIFAR-10.")]
    [DataRow(3072, "'{0}' has 3072 bytes, which is not a whole number of records of 3073 bytes: record 0 has only 3072.")]
    [DataRow(6147, "'{0}' has 6147 bytes, which is not a whole number of records of 3073 bytes: record 2 has only 1.")]
    public void Load_WrongSize_NamesFileAndRecord(int bytes, string message)
    {
        using var folder = Copy();
        var path = folder.Write("data_batch_3.bin", new byte[bytes]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadCifar10(folder.Path));
        Assert.AreEqual(string.Format(message, path), error.Message);
    }

    [TestMethod]
    public void ReadLabel_Above9_NamesFileAndRecord()
    {
        using var folder = Copy();
        var path = folder.Write("test_batch.bin", [.. Record(0, 0), .. Record(10, 1)]);
        var view = Ml.Data.LoadCifar10(folder.Path, CifarSplit.Test);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Rows.Read(view));
        Assert.AreEqual($"'{path}', record 1: label 10 is not one of 0 to 9.", error.Message);
    }

    [TestMethod]
    public void Read_FileCutAfterLoading_NamesFileAndRecord()
    {
        using var folder = Copy();
        var source = new CifarSource(folder.Path, CifarLayout.Cifar10, CifarSplit.Test);
        var path = folder.Combine("test_batch.bin");
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            file.SetLength(3073 + 100);
        }

        source.ReadImage(0).Dispose();
        var error = Assert.ThrowsExactly<InvalidDataException>(() => source.ReadImage(1));
        StringAssert.StartsWith(error.Message, $"'{path}', record 1: the file ends inside the record");
    }

    [TestMethod]
    [DataRow("data_batch_4.bin")]
    [DataRow("batches.meta.txt")]
    public void Load_FileMissing_NamesIt(string name)
    {
        using var folder = Copy();
        File.Delete(folder.Combine(name));

        var error = Assert.ThrowsExactly<FileNotFoundException>(() => Ml.Data.LoadCifar10(folder.Path));
        StringAssert.Contains(error.Message, $"'{folder.Combine(name)}' does not exist");
        Assert.AreEqual(folder.Combine(name), error.FileName);
    }

    [TestMethod]
    [DataRow("airplane\nbird\n")]
    [DataRow("a\na\nb\nc\nd\ne\nf\ng\nh\ni\n")]
    public void Load_NotTenClassNames_NamesTheFile(string names)
    {
        using var folder = Copy();
        var path = folder.Write("batches.meta.txt", Encoding.UTF8.GetBytes(names));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadCifar10(folder.Path));
        StringAssert.StartsWith(error.Message, $"'{path}' must have 10 different class names, one per line");
    }

    [TestMethod]
    public void Load_BadArguments_Throw()
    {
        using var folder = Copy();

        Assert.ThrowsExactly<ArgumentException>(() => Ml.Data.LoadCifar10(" "));
        Assert.ThrowsExactly<ArgumentNullException>(() => Ml.Data.LoadCifar10(null!));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadCifar10(folder.Path, (CifarSplit)7));
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => Ml.Data.LoadCifar10(folder.Combine("nowhere")));
    }

    // Each training batch has two records, with the labels 0 to 9 in order; the test batch has three records.
    private static TemporaryFolder Copy(string prefix = "")
    {
        var folder = new TemporaryFolder();
        folder.Write($"{prefix}batches.meta.txt", Encoding.UTF8.GetBytes(ClassNames));
        for (var i = 0; i < 5; i++)
        {
            folder.Write($"{prefix}data_batch_{i + 1}.bin", [.. Record(2 * i, 2 * i), .. Record((2 * i) + 1, (2 * i) + 1)]);
        }

        folder.Write($"{prefix}test_batch.bin", [.. Record(4, 0), .. Record(9, 1), .. Record(0, 2)]);
        return folder;
    }

    private static byte[] Record(int label, int number) => [(byte)label, .. Enumerable.Range(0, 3072).Select(i => Pixel(number, i))];

    private static byte Pixel(int number, int i) => (byte)((i * 7) + (i / 1024 * 13) + (number * 31));
}
