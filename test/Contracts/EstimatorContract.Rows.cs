using Microsoft.ML;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.Contracts;

// Rows keep their values, however they are read.
public abstract partial class EstimatorContract
{
    [TestMethod]
    [DataRow("Cache")]
    [DataRow("ShuffleRows")]
    [DataRow("TakeRows")]
    [DataRow("SkipRows")]
    [DataRow("TrainTestSplit")]
    [DataRow("CrossValidationSplit")]
    public void Rows_BeforeAView_StayAligned(string view) => WithFitted((context, transformer, data, plain) =>
    {
        if (!OutputCanBeCached && view is "Cache" or "ShuffleRows")
        {
            var output = transformer.Transform(data);
            var left = ViewsOf(context, output, view).Single().Schema;
            var expected = OutputColumns.Where(name => output.Schema[name].Type is not ImageDataViewType).ToList();
            var remaining = OutputColumns.Where(name => left.GetColumnOrNull(name) is not null).ToList();
            CollectionAssert.AreEqual(expected, remaining, "Images are dropped, and nothing else.");
            return;
        }

        foreach (var part in ViewsOf(context, transformer.Transform(data), view))
        {
            RowValues.AssertAligned(plain, Read(part), Tolerance);
        }
    });

    [TestMethod]
    [DataRow("Cache")]
    [DataRow("ShuffleRows")]
    [DataRow("TakeRows")]
    [DataRow("SkipRows")]
    [DataRow("TrainTestSplit")]
    [DataRow("CrossValidationSplit")]
    public void Rows_AfterAView_StayAligned(string view) => WithFitted((context, transformer, data, plain) =>
    {
        if (!InputCanBeCached && view is "Cache" or "ShuffleRows")
        {
            AssertRefused($"Could not find {Role} column", () => transformer.Transform(ViewsOf(context, data, view).Single()));
            return;
        }

        foreach (var part in ViewsOf(context, data, view))
        {
            RowValues.AssertAligned(plain, Read(transformer.Transform(part)), Tolerance);
        }
    });

    [TestMethod]
    public void Rows_OfAShuffledCursor_StayAligned() => WithFitted((_, transformer, data, plain) =>
    {
        var view = transformer.Transform(data);
        Assert.AreEqual(data.CanShuffle, view.CanShuffle);
        Assert.AreEqual(data.GetRowCount(), view.GetRowCount());
        var shuffled = Read(view, new Random(5));
        Assert.HasCount(plain.Count, shuffled);
        CollectionAssert.AreNotEqual(plain.Select(r => r.Name).ToList(), shuffled.Select(r => r.Name).ToList());
        RowValues.AssertAligned(plain, shuffled, Tolerance);
        RowValues.AssertSame(shuffled, Read(view, new Random(5)));
    });

    [TestMethod]
    public void Rows_ReadOnSeveralThreads_AreTheSame() => WithFitted((_, transformer, data, plain) =>
    {
        var view = transformer.Transform(data);
        var results = new List<RowValues>[4];
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = results.Length }, i => results[i] = Read(view));
        foreach (var rows in results)
        {
            Assert.HasCount(plain.Count, rows);
            RowValues.AssertAligned(plain, rows, Tolerance);
        }
    });

    [TestMethod]
    public void Rows_OfACursorSet_AreAllRowsOnce() => WithFitted((_, transformer, data, plain) =>
    {
        var view = transformer.Transform(data);
        var rows = new List<RowValues>();
        foreach (var cursor in view.GetRowCursorSet(view.Schema, 3))
        {
            rows.AddRange(RowValues.Read(cursor, OutputColumns));
            cursor.Dispose();
        }

        CollectionAssert.AreEquivalent(plain.Select(r => r.Name).ToList(), rows.Select(r => r.Name).ToList());
        RowValues.AssertAligned(plain, rows, Tolerance);
    });

    [TestMethod]
    public void Rows_NotAllLookedAt_StayAligned() => WithFitted((_, transformer, data, plain) =>
    {
        using var cursor = transformer.Transform(data).GetRowCursor(transformer.GetOutputSchema(data.Schema));
        var read = RowValues.Reader(cursor, OutputColumns);
        var rows = new List<RowValues>();
        for (var i = 0; cursor.MoveNext(); i++)
        {
            if (i % 3 == 2)
            {
                rows.Add(read());
                rows.Add(read());
            }
        }

        RowValues.AssertAligned(plain, rows, Tolerance);
    });

    [TestMethod]
    public void Rows_MappedOneAtATime_AreThoseOfACursor() => WithFitted((_, transformer, data, plain) =>
    {
        Assert.IsTrue(transformer.IsRowToRowMapper);
        var mapper = transformer.GetRowToRowMapper(data.Schema);
        Assert.AreSame(data.Schema, mapper.InputSchema);
        SchemaFacts.AssertSame(transformer.GetOutputSchema(data.Schema), mapper.OutputSchema);
        var outputs = OutputColumns.Select(name => mapper.OutputSchema[name]).ToList();
        using var input = data.GetRowCursor([data.Schema["Name"], .. mapper.GetDependencies(outputs)]);
        using var row = mapper.GetRow(input, outputs);
        var read = RowValues.Reader(row, OutputColumns, input);
        var rows = new List<RowValues>();
        while (input.MoveNext())
        {
            Assert.AreEqual(input.Position, row.Position);
            rows.Add(read());
        }

        Assert.HasCount(plain.Count, rows);
        RowValues.AssertAligned(plain, rows, Tolerance);
    });

    [TestMethod]
    public void Mapper_Dependencies_AreTheInputOfTheOutputs() => WithFitted((_, transformer, data, plain) =>
    {
        var mapper = transformer.GetRowToRowMapper(data.Schema);
        foreach (var output in OutputColumns)
        {
            AssertDependencies([InputColumn], output);
            AssertDependencies(["Label", InputColumn], "Label", output);
        }

        AssertDependencies(["Name"], "Name");
        AssertDependencies([]);

        void AssertDependencies(string[] expected, params string[] columns)
        {
            var dependencies = mapper.GetDependencies(columns.Select(name => mapper.OutputSchema[name]));
            CollectionAssert.AreEquivalent(expected, dependencies.Select(c => c.Name).ToArray());
        }
    });

    private static IEnumerable<IDataView> ViewsOf(MLContext context, IDataView data, string view) => view switch
    {
        "Cache" => [context.Data.Cache(data)],
        "ShuffleRows" => [context.Data.ShuffleRows(data, seed: 3)],
        "TakeRows" => [context.Data.TakeRows(data, 5)],
        "SkipRows" => [context.Data.SkipRows(data, 5)],
        "TrainTestSplit" => context.Data.TrainTestSplit(data, 0.4, seed: 3) is var split ? [split.TrainSet, split.TestSet] : [],
        "CrossValidationSplit" => context.Data.CrossValidationSplit(data, 3, seed: 3).SelectMany(fold => (IDataView[])[fold.TrainSet, fold.TestSet]),
        _ => throw new ArgumentOutOfRangeException(nameof(view), view, "Unknown view."),
    };
}
