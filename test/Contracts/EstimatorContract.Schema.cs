using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

// The estimator's schema, the transformer's schema, and invalid input.
public abstract partial class EstimatorContract
{
    [TestMethod]
    public void Schema_PromisedAndDelivered_AreTheSame() => WithFitted((context, transformer, data, plain) =>
    {
        var promised = CreateEstimator(context).GetOutputSchema(SchemaFacts.ShapeOf(data.Schema));
        var delivered = transformer.GetOutputSchema(data.Schema);
        SchemaFacts.AssertSame(promised, SchemaFacts.ShapeOf(delivered));
        SchemaFacts.AssertSame(delivered, transformer.Transform(data).Schema);
        CollectionAssert.AreEqual(
            (string[])[.. data.Schema.Select(c => c.Name), .. OutputColumns],
            delivered.Select(c => c.Name).ToArray(),
            "The input's columns come first, then the outputs.");
    });

    [TestMethod]
    public void Schema_OutputNameTaken_HidesTheOtherColumn() => WithFitted((context, transformer, data, plain) =>
    {
        foreach (var output in OutputColumns)
        {
            var taken = context.Transforms.CopyColumns(output, "Decoy").Fit(data).Transform(data);
            var promised = CreateEstimator(context).GetOutputSchema(SchemaFacts.ShapeOf(taken.Schema));
            var transformed = transformer.Transform(taken);
            SchemaFacts.AssertSame(promised, SchemaFacts.ShapeOf(transformed.Schema));
            Assert.IsTrue(transformed.Schema[taken.Schema[output].Index].IsHidden);
            RowValues.AssertSame(plain, Read(transformed));
        }
    });

    [TestMethod]
    public void Input_NameUsedTwice_TakesTheLast() => WithFitted((context, transformer, data, plain) =>
    {
        var kept = context.Transforms.CopyColumns("Kept", InputColumn).Append(context.Transforms.CopyColumns(InputColumn, "Decoy")).Fit(data).Transform(data);
        var twice = context.Transforms.CopyColumns(InputColumn, "Kept").Fit(kept).Transform(kept);
        RowValues.AssertSame(plain, Read(transformer.Transform(twice)));
        var found = Read(transformer.Transform(kept));
        Assert.ThrowsExactly<AssertFailedException>(() => RowValues.AssertSame(plain, found), "The decoy must be different, or the test shows nothing.");
    });

    [TestMethod]
    public void Input_Missing_IsNamedWhereverASchemaIsSeen() => WithFitted((context, transformer, _, _) =>
    {
        var view = new TableView(1).AddUnread("Name", TextDataViewType.Instance);
        var expected = $"Could not find {Role} column '{InputColumn}'";
        AssertRefused(expected, () => CreateEstimator(context).GetOutputSchema(SchemaFacts.ShapeOf(view.Schema)));
        AssertRefusedByData(expected, CreateEstimator(context), transformer, view);
    });

    [TestMethod]
    public void Input_OfAnotherType_IsRefusedWhereverASchemaIsSeen() => WithFitted((context, transformer, _, _) =>
    {
        foreach (var wrong in WrongInputs)
        {
            var view = AddOtherInputs(new TableView(1).AddUnread("Name", TextDataViewType.Instance).AddUnread(InputColumn, wrong.Type));
            var shape = SchemaFacts.ShapeOf(view.Schema);
            if (wrong.Shape is null)
            {
                CreateEstimator(context).GetOutputSchema(shape);
            }
            else
            {
                AssertRefused(
                    $"Schema mismatch for {Role} column '{InputColumn}': expected {ExpectedShape}, got {wrong.Shape}",
                    () => CreateEstimator(context).GetOutputSchema(shape));
            }

            AssertRefusedByData(
                $"Schema mismatch for {Role} column '{InputColumn}': expected {ExpectedType}, got {wrong.Type}",
                CreateEstimator(context),
                transformer,
                view);
        }
    });

    [TestMethod]
    public void Null_IsRefused() => WithFitted((context, transformer, _, _) =>
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => CreateEstimator(context).Fit(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => CreateEstimator(context).GetOutputSchema(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => transformer.Transform(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => transformer.GetOutputSchema(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => transformer.GetRowToRowMapper(null!));
    });

    [TestMethod]
    public void Transform_AndEverythingAboutSchemas_ReadsNoRow() => WithFitted((context, transformer, data, plain) =>
    {
        var before = data.OpenedCursors;
        var view = transformer.Transform(data);
        Assert.IsTrue(view.Schema.All(c => c.Annotations.Schema is not null));
        Assert.AreEqual(plain.Count, view.GetRowCount());
        transformer.GetOutputSchema(data.Schema);
        transformer.GetRowToRowMapper(data.Schema);
        CreateEstimator(context).GetOutputSchema(SchemaFacts.ShapeOf(data.Schema));
        Assert.AreEqual(before, data.OpenedCursors);
    });

    private static void AssertRefusedByData(string expected, IEstimator<ITransformer> estimator, ITransformer transformer, IDataView view)
    {
        AssertRefused(expected, () => estimator.Fit(view));
        AssertRefused(expected, () => transformer.GetOutputSchema(view.Schema));
        AssertRefused(expected, () => transformer.Transform(view));
        AssertRefused(expected, () => transformer.GetRowToRowMapper(view.Schema));
    }

    private static void AssertRefused(string expected, Action action)
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(action);
        Assert.StartsWith(expected, error.Message);
        Assert.AreEqual("inputSchema", error.ParamName);
    }
}
