using IGptMl.Cli.Sources;
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
    [DataRow("cifar10")]
    [DataRow("cifar10:")]
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
    public void Watch_ReportsRowsAndEndsOnCancellation()
    {
        using var cancellation = new CancellationTokenSource();
        var last = default(IGptMl.Cli.Output.Advance);
        var view = Open("shapes:5", heldOut: false, null).Watch(new("Reading", "image"), new IGptMl.Cli.Output.Relay<IGptMl.Cli.Output.Advance>(advance => last = advance), cancellation.Token);
        Assert.AreEqual(5, view.GetColumn<string>("Name").Count());
        Assert.AreEqual((5L, 5L), (last.Done, last.Total));
        using var cursor = view.GetRowCursor(view.Schema);
        Assert.IsTrue(cursor.MoveNext());
        cancellation.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => cursor.MoveNext());
    }

    private static OpenedData Open(string text, bool heldOut, int? limit)
        => (DataSource.Parse(text, heldOut, out var problem) ?? throw new AssertFailedException(problem)).Open(Context, limit);
}
