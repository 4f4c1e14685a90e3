using Microsoft.ML;

namespace IGptMl.Tests.Contracts;

/// <summary>
/// The workout that every estimator of ours passes, with its transformer: a test class derives from it, says which estimator on which data,
/// and inherits the tests. (ML.NET's own estimators pass TestEstimatorCore; this one asks for more.)
/// </summary>
public abstract partial class EstimatorContract
{
    /// <summary>Values computed in other batches may differ by this part of the row's greatest number.</summary>
    private const double BatchTolerance = 1e-5;

    /// <summary>The input column's name; the data has a column "Decoy" of the same type with other values.</summary>
    protected abstract string InputColumn { get; }

    /// <summary>The columns that the transformer adds.</summary>
    protected abstract IReadOnlyList<string> OutputColumns { get; }

    /// <summary>What errors call the input column.</summary>
    protected abstract string Role { get; }

    /// <summary>How errors write the input column's type where only its promise is known.</summary>
    protected abstract string ExpectedShape { get; }

    /// <summary>How errors write the input column's type where the data's schema is known.</summary>
    protected abstract string ExpectedType { get; }

    /// <summary>Types that the estimator refuses.</summary>
    protected abstract IReadOnlyList<WrongInput> WrongInputs { get; }

    /// <summary>Whether ML.NET's Cache and ShuffleRows keep the input column. They drop images.</summary>
    protected virtual bool InputCanBeCached => true;

    /// <summary>Whether ML.NET's Cache and ShuffleRows keep the output columns. They drop images.</summary>
    protected virtual bool OutputCanBeCached => true;

    /// <summary>Whether values may depend on which rows are computed together, by rounding.</summary>
    protected virtual bool Batched => true;

    /// <summary>A new estimator, with a fixed seed where it needs one.</summary>
    protected abstract IEstimator<ITransformer> CreateEstimator(MLContext context);

    /// <summary>Some twenty rows with the columns "Name" (text, different in all rows), "Label", "Decoy" and the input.</summary>
    protected abstract TableView CreateData();

    /// <summary>Adds the columns that the estimator needs beside its input, to a view that nobody will read.</summary>
    protected virtual TableView AddOtherInputs(TableView view) => view;

    private double Tolerance => Batched ? BatchTolerance : 0;

    private static void DisposeAll(params object?[] values)
    {
        foreach (var value in values)
        {
            (value as IDisposable)?.Dispose();
        }
    }

    private List<RowValues> Read(IDataView view, Random? rand = null) => RowValues.Read(view, OutputColumns, rand);

    /// <summary>Runs a check on a fitted transformer, its data, and its output read in plain order.</summary>
    private void WithFitted(Action<MLContext, ITransformer, TableView, List<RowValues>> check)
    {
        var context = new MLContext(seed: 1);
        var data = CreateData();
        var transformer = CreateEstimator(context).Fit(data);
        try
        {
            check(context, transformer, data, Read(transformer.Transform(data)));
        }
        finally
        {
            DisposeAll(transformer);
        }
    }
}
