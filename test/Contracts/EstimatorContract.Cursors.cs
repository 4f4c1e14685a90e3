using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

// The values of cursors and mapped rows, and the requests that they refuse.
public abstract partial class EstimatorContract
{
    [TestMethod]
    public void Cursor_ColumnNotAskedFor_IsRefused() => WithFitted((_, transformer, data, plain) =>
    {
        var view = transformer.Transform(data);
        using var cursor = view.GetRowCursor([view.Schema["Name"]]);
        Assert.IsTrue(cursor.IsColumnActive(view.Schema["Name"]));
        foreach (var name in OutputColumns)
        {
            Assert.IsFalse(cursor.IsColumnActive(view.Schema[name]));
            AssertNoGetter<float>(cursor, name);
            AssertNoGetter<VBuffer<float>>(cursor, name);
            AssertNoGetter<VBuffer<ushort>>(cursor, name);
        }

        AssertNoGetter<uint>(cursor, "Label");
    });

    [TestMethod]
    public void Cursor_AnotherType_IsRefused() => WithFitted((_, transformer, data, plain) =>
    {
        var view = transformer.Transform(data);
        using var cursor = view.GetRowCursor(view.Schema);
        foreach (var name in (string[])["Name", "Label", .. OutputColumns])
        {
            Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<DateTime>(view.Schema[name]), name);
            Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<VBuffer<double>>(view.Schema[name]), name);
        }
    });

    [TestMethod]
    public void MappedRow_ColumnNotAskedForOrAnotherType_IsRefused() => WithFitted((_, transformer, data, plain) =>
    {
        var mapper = transformer.GetRowToRowMapper(data.Schema);
        using var input = data.GetRowCursor(data.Schema);
        using (var row = mapper.GetRow(input, [mapper.OutputSchema["Name"]]))
        {
            AssertNoGetter<VBuffer<float>>(row, OutputColumns[0]);
            AssertNoGetter<VBuffer<ushort>>(row, OutputColumns[0]);
        }

        using var all = mapper.GetRow(data.GetRowCursor(data.Schema), mapper.OutputSchema);
        Assert.IsTrue(all.IsColumnActive(mapper.OutputSchema[OutputColumns[0]]));
        Assert.ThrowsExactly<InvalidOperationException>(() => all.GetGetter<DateTime>(mapper.OutputSchema[OutputColumns[0]]));
    });

    [TestMethod]
    public void Cursor_AtItsEnd_StaysThere() => WithFitted((_, transformer, data, plain) =>
    {
        var view = transformer.Transform(data);
        using var cursor = view.GetRowCursor(view.Schema);
        while (cursor.MoveNext())
        {
        }

        Assert.IsFalse(cursor.MoveNext());
        Assert.IsFalse(cursor.MoveNext());
    });

    [TestMethod]
    public void Cursor_InputColumnsAndIds_PassThrough() => WithFitted((_, transformer, data, plain) =>
    {
        var view = transformer.Transform(data);
        using var expected = data.GetRowCursor(data.Schema);
        using var actual = view.GetRowCursor(view.Schema);
        var (expectedId, actualId) = (expected.GetIdGetter(), actual.GetIdGetter());
        var (expectedLabel, actualLabel) = (RowValues.Reader(expected, ["Label"]), RowValues.Reader(actual, ["Label"]));
        DataViewRowId one = default, other = default;
        while (expected.MoveNext())
        {
            Assert.IsTrue(actual.MoveNext());
            expectedId(ref one);
            actualId(ref other);
            Assert.AreEqual(one, other);
            Assert.AreEqual(expected.Position, actual.Position);
            RowValues.AssertAligned([expectedLabel()], [actualLabel()]);
        }
    });

    [TestMethod]
    public void Data_WithoutRows_GivesNone() => WithFitted((context, transformer, data, plain) =>
    {
        var none = context.Data.SkipRows(data, 1000);
        Assert.IsEmpty(Read(transformer.Transform(none)));
    });

    private static void AssertNoGetter<T>(DataViewRow row, string name)
    {
        try
        {
            row.GetGetter<T>(row.Schema[name]);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NullReferenceException) // the last comes from ML.NET
        {
            return;
        }

        Assert.Fail($"Column '{name}' is not active, and a getter came.");
    }
}
