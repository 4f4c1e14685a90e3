using IGptMl.Cli.Output;
using System.Text;
using IGptMl.Cli.Sources;
using IGptMl.Formats;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Cli.Sources;

[TestClass]
public sealed class DataSourceTests
{
    private static readonly MLContext Context = new();

    [TestMethod]
    [DataRow("shapes", false, 12000, "shapes-1#0")]
    [DataRow("shapes", true, 12000, "shapes-2#0")]
    [DataRow("shapes:30", false, 30, "shapes-1#0")]
    [DataRow("shapes:30", true, 30, "shapes-2#0")]
    [DataRow("shapes:30:7", true, 30, "shapes-7#0")]
    [DataRow("shapes:30:-7", false, 30, "shapes--7#0")]
    public void Parse_Shapes_HaveCountAndSeed(string text, bool heldOut, int count, string first)
    {
        var data = Open(text, heldOut, null);
        Assert.AreEqual(count, data.Count);
        Assert.AreEqual(count, data.View.GetRowCount());
        Assert.AreEqual(first, data.View.GetColumn<string>("Name").First());
        Assert.HasCount(12, data.ClassNames);
    }

    [TestMethod]
    [DataRow("shapes:")]
    [DataRow("shapes:0")]
    [DataRow("shapes:-3")]
    [DataRow("shapes:3:x")]
    [DataRow("shapes:3:1:2")]
    [DataRow("cifar10:")]
    [DataRow("cifar100:nowhere")]
    [DataRow("stl10-fold11:nowhere")]
    [DataRow("csv:nowhere.csv")]
    [DataRow("tokens:nowhere.npy")]
    [DataRow("cifar10-test:nowhere")]
    [DataRow("nowhere")]
    [DataRow("stl10:nowhere")]
    public void Parse_Nonsense_SaysWhatIsExpected(string text)
    {
        Assert.IsNull(DataSource.Parse(text, heldOut: false, out var problem));
        StringAssert.StartsWith(problem, $"'{text}'");
    }

    [TestMethod]
    public void Open_Cifar_TakesTheSplitOfItsUse()
    {
        using var folder = new TemporaryFolder();
        folder.Write("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"u8.ToArray());
        for (var i = 1; i <= 5; i++)
        {
            folder.Write($"data_batch_{i}.bin", new byte[3073 * 2]);
        }

        folder.Write("test_batch.bin", new byte[3073 * 3]);
        Assert.AreEqual(10, Open($"cifar10:{folder.Path}", heldOut: false, null).Count);
        Assert.AreEqual(3, Open($"cifar10:{folder.Path}", heldOut: true, null).Count);
        Assert.AreEqual(3, Open($"cifar10-test:{folder.Path}", heldOut: false, null).Count);
        var limited = Open($"cifar10:{folder.Path}", heldOut: false, 3);
        Assert.AreEqual(3, limited.Count);
        CollectionAssert.AreEqual(new[] { "data_batch_1.bin#0", "data_batch_1.bin#1", "data_batch_2.bin#0" }, limited.View.GetColumn<string>("Name").ToArray());
    }

    [TestMethod]
    public void Open_Cifar100_TakesTheSplitOfItsUse()
    {
        using var folder = new TemporaryFolder();
        folder.Write("fine_label_names.txt", Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 100))));
        folder.Write("coarse_label_names.txt", Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 20))));
        folder.Write("train.bin", new byte[3074 * 2]);
        folder.Write("test.bin", new byte[3074]);
        AssertOpens($"cifar100:{folder.Path}", 100, 2, 1);
        AssertOpens($"cifar100-test:{folder.Path}", 100, 1, 1);
        AssertOpens($"cifar100-coarse:{folder.Path}", 20, 2, 1);
        AssertOpens($"cifar100-coarse-test:{folder.Path}", 20, 1, 1);
    }

    [TestMethod]
    public void Open_Stl10_TakesTheSplitOfItsUse()
    {
        using var folder = new TemporaryFolder();
        folder.Write("class_names.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"u8.ToArray());
        folder.Write("train_X.bin", new byte[27648 * 3]);
        folder.Write("train_y.bin", [1, 2, 3]);
        folder.Write("test_X.bin", new byte[27648 * 2]);
        folder.Write("test_y.bin", [1, 2]);
        folder.Write("unlabeled_X.bin", new byte[27648 * 4]);
        folder.Write("fold_indices.txt", "0\n1 2\n"u8.ToArray());
        AssertOpens($"stl10:{folder.Path}", 10, 3, 2);
        AssertOpens($"stl10-test:{folder.Path}", 10, 2, 2);
        AssertOpens($"stl10-unlabeled:{folder.Path}", 10, 4, 4);
        AssertOpens($"stl10-fold1:{folder.Path}", 10, 1, 1);
        AssertOpens($"stl10-fold2:{folder.Path}", 10, 2, 2);
    }

    [TestMethod]
    public void Open_DataSetWithoutFolder_IsWhereTheDownloadPutsIt()
    {
        using var folder = new TemporaryFolder();
        var before = Environment.GetEnvironmentVariable(DataCache.Variable);
        Environment.SetEnvironmentVariable(DataCache.Variable, folder.Path);
        try
        {
            Assert.IsNull(DataSource.Parse("cifar10-test", heldOut: false, out var problem));
            Assert.AreEqual(
                $"'cifar10-test' names no folder, and CIFAR-10 is not in '{folder.Path}'; expected cifar10-test:DIR, or fetch it by 'igpt data get cifar10'.",
                problem);

            folder.Write("cifar-10-batches-bin/batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"u8.ToArray());
            foreach (var file in PublishedData.Cifar10.Files.Where(file => file.Bytes is not null))
            {
                using var stream = File.Create(folder.Combine("cifar-10-batches-bin", file.Name));
                stream.SetLength(file.Bytes!.Value); // takes no disk space on file systems with sparse files
            }

            AssertOpens("cifar10", 10, 50_000, 10_000);
        }
        finally
        {
            Environment.SetEnvironmentVariable(DataCache.Variable, before);
        }
    }

    [TestMethod]
    public void Open_List_HasItsImages()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("1.png", 1, 1, (1, 1, 1));
        var list = folder.Write("list.csv", "path,label\n1.png,a\n1.png,b\n"u8.ToArray());
        AssertOpens($"csv:{list}", 2, 2, 2);
    }

    [TestMethod]
    public void Open_Tokens_FindsTheLabelsBeside()
    {
        using var folder = new TemporaryFolder();
        var tokens = folder.Combine("x_trX.npy");
        using (var stream = File.Create(tokens))
        {
            NpyFormat.Write(stream, [1, 2, 3, 511, 0, 0, 0, 0], 2, 4);
        }

        AssertOpens($"tokens:{tokens}", 1, 2, 2);
        using (var stream = File.Create(folder.Combine("x_trY.npy")))
        {
            NpyFormat.Write(stream, (byte[])[2, 0], 2);
        }

        AssertOpens($"tokens:{tokens}", 3, 2, 2);
        Assert.IsTrue(Open($"tokens:{tokens}", heldOut: false, null).HasTokens);
        Assert.IsFalse(Open("shapes:2", heldOut: false, null).HasTokens);
    }

    [TestMethod]
    public void Open_ReadableFolder_LeavesTheOthersOut()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("1.png", 1, 1, (1, 1, 1));
        folder.Write("2.png", []);
        AssertOpens(folder.Path, 1, 2, 2);
        AssertOpens($"readable:{folder.Path}", 1, 1, 1);
    }

    [TestMethod]
    public void Watch_ReportsRowsAndEndsOnCancellation()
    {
        using var cancellation = new CancellationTokenSource();
        var last = default(IGptMl.Cli.Output.Advance);
        var progress = new IGptMl.Cli.Output.Relay<IGptMl.Cli.Output.Advance>(advance => last = advance);
        var view = Open("shapes:5", heldOut: false, null).Watch(new("Reading", "image"), progress, cancellation.Token);
        Assert.AreEqual(5, view.GetColumn<string>("Name").Count());
        Assert.AreEqual((5L, 5L), (last.Done, last.Total));
        using var cursor = view.GetRowCursor(view.Schema);
        Assert.IsTrue(cursor.MoveNext());
        cancellation.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => cursor.MoveNext());
    }

    private static void AssertOpens(string text, int classes, int count, int heldOutCount)
    {
        var data = Open(text, heldOut: false, null);
        Assert.HasCount(classes, data.ClassNames);
        Assert.AreEqual(count, data.Count);
        Assert.AreEqual(heldOutCount, Open(text, heldOut: true, null).Count);
    }

    private static OpenedData Open(string text, bool heldOut, int? limit)
        => (DataSource.Parse(text, heldOut, out var problem) ?? throw new AssertFailedException(problem)).Open(Context, limit,
            new SkippedImages(new Terminal(TextWriter.Null, TextWriter.Null)));
}
