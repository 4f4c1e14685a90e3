using System.Text;
using Microsoft.ML;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class Stl10SourceTests
{
    private const int Plane = 96 * 96;

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Train_HasImagesWithLabels()
    {
        using var folder = Copy();

        var rows = Rows.Read(Ml.Data.LoadStl10(folder.Path));

        CollectionAssert.AreEqual(new[] { "train_X.bin#0", "train_X.bin#1", "train_X.bin#2" }, rows.Select(r => r.Name).ToArray());
        CollectionAssert.AreEqual(new uint[] { 10, 1, 5 }, rows.Select(r => r.Label).ToArray());
        Assert.IsTrue(rows.All(r => (r.Height, r.Width) == (96, 96)));
    }

    [TestMethod]
    public void Pixels_AreStoredColumnByColumn()
    {
        using var folder = Copy("stl10_binary/");

        var rgb = Rows.Read(Ml.Data.LoadStl10(folder.Path, Stl10Split.Test))[1].Rgb!;

        for (var y = 0; y < 96; y++)
        {
            for (var x = 0; x < 96; x++)
            {
                var stored = (96 * x) + y;
                byte[] expected = [Value(11, stored), Value(11, Plane + stored), Value(11, (2 * Plane) + stored)];
                CollectionAssert.AreEqual(expected, rgb[(3 * ((96 * y) + x))..(3 * ((96 * y) + x + 1))]);
            }
        }
    }

    [TestMethod]
    public void Unlabeled_LabelsAreMissing()
    {
        using var folder = Copy();

        var view = Ml.Data.LoadStl10(folder.Path, Stl10Split.Unlabeled);

        CollectionAssert.AreEqual(new uint[] { 0, 0, 0, 0 }, Rows.Read(view).Select(r => r.Label).ToArray());
        Assert.AreEqual(4L, view.GetRowCount());
    }

    [TestMethod]
    public void Fold_GivesItsImagesInItsOrder()
    {
        using var folder = Copy();

        var rows = Rows.Read(Ml.Data.LoadStl10(folder.Path, fold: 2));

        CollectionAssert.AreEqual(new[] { "train_X.bin#2", "train_X.bin#0" }, rows.Select(r => r.Name).ToArray());
        CollectionAssert.AreEqual(new uint[] { 5, 10 }, rows.Select(r => r.Label).ToArray());
        CollectionAssert.AreEqual(Rows.Read(Ml.Data.LoadStl10(folder.Path))[2].Rgb, rows[0].Rgb);
    }

    [TestMethod]
    public void Load_NotAsManyLabelsAsImages_SaysHowMany()
    {
        using var folder = Copy();
        var path = folder.Write("train_y.bin", [1, 2]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadStl10(folder.Path));
        Assert.AreEqual($"'{path}' has 2 labels, but '{folder.Combine("train_X.bin")}' has 3 images.", error.Message);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(11)]
    public void ReadLabel_OutOfRange_NamesFileAndRecord(int label)
    {
        using var folder = Copy();
        var path = folder.Write("train_y.bin", [1, (byte)label, 3]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Rows.Read(Ml.Data.LoadStl10(folder.Path)));
        Assert.AreEqual($"'{path}', record 1: label {label} is not one of 1 to 10.", error.Message);
    }

    [TestMethod]
    public void Load_WrongSize_NamesFileAndRecord()
    {
        using var folder = Copy();
        var path = folder.Write("unlabeled_X.bin", new byte[27649]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadStl10(folder.Path, Stl10Split.Unlabeled));
        Assert.AreEqual($"'{path}' has 27649 bytes, which is not a whole number of records of 27648 bytes: record 1 has only 1.", error.Message);
    }

    [TestMethod]
    [DataRow("0 3\n", "'{0}', line 1: '3' is not an index of an image; expected 0 to 2.")]
    [DataRow("0 -1\n", "'{0}', line 1: '-1' is not an index of an image; expected 0 to 2.")]
    [DataRow("\n", "'{0}', line 1 has no indices.")]
    [DataRow("", "'{0}' is an empty file; expected the folds of STL-10.")]
    public void Load_BadFold_NamesFileAndLine(string content, string message)
    {
        using var folder = Copy();
        var path = folder.Write("fold_indices.txt", Encoding.UTF8.GetBytes(content));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadStl10(folder.Path, fold: 1));
        Assert.AreEqual(string.Format(message, path), error.Message);
    }

    [TestMethod]
    public void Load_BadArguments_Throw()
    {
        using var folder = Copy();

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadStl10(folder.Path, (Stl10Split)3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadStl10(folder.Path, fold: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadStl10(folder.Path, fold: 11));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadStl10(folder.Path, Stl10Split.Test, fold: 1));
        File.Delete(folder.Combine("fold_indices.txt"));
        Assert.ThrowsExactly<FileNotFoundException>(() => Ml.Data.LoadStl10(folder.Path, fold: 1));
    }

    private static TemporaryFolder Copy(string prefix = "")
    {
        var folder = new TemporaryFolder();
        folder.Write($"{prefix}class_names.txt", "airplane\nbird\ncar\ncat\ndeer\ndog\nhorse\nmonkey\nship\ntruck\n"u8.ToArray());
        folder.Write($"{prefix}train_X.bin", [.. Image(0), .. Image(1), .. Image(2)]);
        folder.Write($"{prefix}train_y.bin", [10, 1, 5]);
        folder.Write($"{prefix}test_X.bin", [.. Image(10), .. Image(11)]);
        folder.Write($"{prefix}test_y.bin", [1, 2]);
        folder.Write($"{prefix}unlabeled_X.bin", [.. Image(20), .. Image(21), .. Image(22), .. Image(23)]);
        folder.Write($"{prefix}fold_indices.txt", "0 1 \n2 0 \n"u8.ToArray()); // the official lines end with a space, too
        return folder;
    }

    private static byte[] Image(int number) => [.. Enumerable.Range(0, 3 * Plane).Select(i => Value(number, i))];

    private static byte Value(int number, int i) => (byte)((i * 3) + (i / 96 * 5) + (i / Plane * 17) + (number * 31));
}
