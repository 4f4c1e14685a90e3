using IGptMl.Hosting;
using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class TrackRowsTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Rows_AreThoseOfTheInput()
    {
        var data = TokenRows.Create(7);
        var tracked = _context.Data.TrackRows(data, new Reports());
        Assert.AreSame(data.Schema, tracked.Schema);
        Assert.AreEqual(7, tracked.GetRowCount());
        RowValues.AssertSame(RowValues.Read(data, ["Tokens"]), RowValues.Read(tracked, ["Tokens"]));
        var shapes = _context.Data.LoadShapes(3);
        Assert.AreEqual(DataIdentity.Of(shapes), DataIdentity.Of(_context.Data.TrackRows(shapes, null)));
    }

    [TestMethod]
    public void Progress_OfAPass_EndsWithAllRows()
    {
        var reports = new Reports();
        var tracked = _context.Data.TrackRows(TokenRows.Create(7), reports);
        Assert.IsEmpty(reports.All, "Nothing has been read.");
        Assert.HasCount(7, tracked.GetColumn<string>("Name").ToArray());
        var last = reports.All[^1];
        Assert.AreEqual((7L, 7L), (last.Done, last.Total));
        Assert.AreEqual(TimeSpan.Zero, last.TimeLeft);
        Assert.IsGreaterThan(0, last.RowsPerSecond);
        CollectionAssert.AreEqual(reports.All.Select(report => report.Done).Order().Distinct().ToArray(), reports.All.Select(report => report.Done).ToArray());

        Assert.HasCount(7, tracked.GetColumn<string>("Name").ToArray());
        Assert.AreEqual(last, reports.All[^1], "A second pass is not followed.");
    }

    [TestMethod]
    public void RowCount_OfAFilter_MayBeGiven()
    {
        var reports = new Reports();
        var filtered = _context.Data.FilterByCustomPredicate<Row>(TokenRows.Create(9), row => row.Name is "row 3" or "row 8");
        var tracked = _context.Data.TrackRows(filtered, reports, rowCount: 7);
        Assert.AreEqual(7, tracked.GetRowCount());
        Assert.HasCount(7, tracked.GetColumn<string>("Name").ToArray());
        Assert.AreEqual((7L, 7L), (reports.All[^1].Done, reports.All[^1].Total));
        Assert.IsNull(_context.Data.TrackRows(filtered, reports).GetRowCount());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Data.TrackRows(filtered, reports, rowCount: -1));
    }

    [TestMethod]
    public void Cancellation_EndsTheReadingAtTheNextRow()
    {
        using var source = new CancellationTokenSource();
        var tracked = _context.Data.TrackRows(TokenRows.Create(7), null, cancellationToken: source.Token);
        using var cursor = tracked.GetRowCursor([]);
        Assert.IsTrue(cursor.MoveNext());
        source.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => cursor.MoveNext());
    }

    private sealed class Row
    {
        public string Name { get; set; } = string.Empty;
    }

    private sealed class Reports : IProgress<RowProgress>
    {
        public List<RowProgress> All { get; } = [];

        public void Report(RowProgress value) => All.Add(value);
    }
}
