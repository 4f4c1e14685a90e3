using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

// Fitting, saving and loading, and leaks.
public abstract partial class EstimatorContract
{
    [TestMethod]
    public void Fit_Twice_GivesEqualTransformersThatLiveAlone()
    {
        var context = new MLContext(seed: 1);
        var data = CreateData();
        var estimator = CreateEstimator(context);
        var first = estimator.Fit(data);
        var expected = Read(first.Transform(data));
        var second = estimator.Fit(data);
        Assert.AreNotSame(first, second);
        DisposeAll(first);
        RowValues.AssertSame(expected, Read(second.Transform(data)));
        DisposeAll(second);
    }

    [TestMethod]
    public void Dispose_Twice_IsAllowed() => WithFitted((_, transformer, _, _) => DisposeAll(transformer, transformer));

    [TestMethod]
    public void Saved_AndLoadedInAnotherContext_IsTheSameBitForBit() => WithFitted((context, transformer, data, plain) =>
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("model.zip");
        context.Model.Save(transformer, data.Schema, path);
        var loaded = new MLContext().Model.Load(path, out var schema);
        string[] lost = InputCanBeCached ? [] : [InputColumn, "Decoy"]; // ML.NET does not save image columns of the input schema
        CollectionAssert.AreEqual(data.Schema.Select(c => c.Name).Except(lost).ToArray(), schema.Select(c => c.Name).ToArray());
        SchemaFacts.AssertSame(transformer.GetOutputSchema(data.Schema), loaded.GetOutputSchema(data.Schema));
        RowValues.AssertSame(plain, Read(loaded.Transform(data)));
        DisposeAll(loaded);
    });

    [TestMethod]
    public void Saved_InAChainWithBuiltInTransforms_IsTheSameBitForBit()
    {
        var context = new MLContext(seed: 1);
        var data = CreateData();
        var chain = context.Transforms.CopyColumns("Before", "Decoy")
            .Append(CreateEstimator(context))
            .Append(context.Transforms.CopyColumns("After", OutputColumns[0]))
            .Fit(data);
        string[] columns = ["After", .. OutputColumns];
        var expected = RowValues.Read(chain.Transform(data), columns);
        using var stream = new MemoryStream();
        context.Model.Save(chain, data.Schema, stream);
        DisposeAll(chain);
        var loaded = new MLContext().Model.Load(stream, out _);
        RowValues.AssertSame(expected, RowValues.Read(loaded.Transform(data), columns));
        DisposeAll(loaded);
    }

    [TestMethod]
    public void Saved_Twice_IsTheSameFile() => WithFitted((context, transformer, data, plain) =>
    {
        var first = ZipContent.Of(stream => context.Model.Save(transformer, data.Schema, stream));
        using var stream = new MemoryStream();
        context.Model.Save(transformer, data.Schema, stream);
        var loaded = new MLContext().Model.Load(stream, out _);
        var second = ZipContent.Of(output => context.Model.Save(loaded, data.Schema, output));
        DisposeAll(loaded);
        CollectionAssert.AreEqual(first.Keys.ToList(), second.Keys.ToList());
        foreach (var (name, bytes) in first)
        {
            CollectionAssert.AreEqual(bytes, second[name], name);
        }
    });

    [TestMethod]
    public void Work_Done_LeavesNoTensors()
    {
        var context = new MLContext(seed: 1);
        var data = CreateData();
        LiveTensors.AssertNoneLeft(() =>
        {
            var transformer = CreateEstimator(context).Fit(data);
            var view = transformer.Transform(data);
            Read(view);
            var abandoned = view.GetRowCursor(view.Schema);
            var read = RowValues.Reader(abandoned, OutputColumns);
            abandoned.MoveNext();
            read();
            using var stream = new MemoryStream();
            context.Model.Save(transformer, data.Schema, stream);
            DisposeAll(transformer, context.Model.Load(stream, out var _));
        });
    }

    [TestMethod]
    public void Fit_Refused_LeavesNoTensors()
    {
        var context = new MLContext(seed: 1);
        var wrong = new TableView(1).AddUnread("Name", TextDataViewType.Instance);
        LiveTensors.AssertNoneLeft(() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => CreateEstimator(context).Fit(wrong)));
    }
}
