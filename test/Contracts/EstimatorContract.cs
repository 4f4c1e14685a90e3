using Microsoft.ML;

namespace IGptMl.Tests.Contracts;

/// <summary>
/// Tests that every estimator must pass, together with its transformer. A test class derives from it, provides the estimator and its data, and inherits
/// the tests. (They are stricter than TestEstimatorCore, which ML.NET's own estimators pass.)
/// </summary>
public abstract partial class EstimatorContract
{
    /// <summary>The tolerance for values computed in other batches, relative to the largest absolute value of the row.</summary>
    private const double BatchTolerance = 1e-5;

    /// <summary>The input column's name; the data has a column "Decoy" of the same type with other values.</summary>
    protected abstract string InputColumn { get; }

    /// <summary>The columns that the transformer adds.</summary>
    protected abstract IReadOnlyList<string> OutputColumns { get; }

    /// <summary>The role of the input column in error messages.</summary>
    protected abstract string Role { get; }

    /// <summary>The expected type of the input column in error messages about a schema shape.</summary>
    protected abstract string ExpectedShape { get; }

    /// <summary>The expected type of the input column in error messages about the schema of data.</summary>
    protected abstract string ExpectedType { get; }

    /// <summary>Types that the estimator refuses.</summary>
    protected abstract IReadOnlyList<WrongInput> WrongInputs { get; }

    /// <summary>Whether ML.NET's Cache and ShuffleRows keep the input column. They drop images.</summary>
    protected virtual bool InputCanBeCached => true;

    /// <summary>Whether ML.NET's Cache and ShuffleRows keep the output columns. They drop images.</summary>
    protected virtual bool OutputCanBeCached => true;

    /// <summary>Whether rounding may make values depend on which rows are computed together.</summary>
    protected virtual bool Batched => true;

    /// <summary>Creates an estimator, with a fixed seed if it has one.</summary>
    protected abstract IEstimator<ITransformer> CreateEstimator(MLContext context);

    /// <summary>About twenty rows with the columns "Name" (text, unique), "Label", "Decoy" and the input.</summary>
    protected abstract TableView CreateData();

    /// <summary>Adds the columns that the estimator needs in addition to its input, to a view whose rows are not read.</summary>
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

    /// <summary>Runs a check with a fitted transformer, its data, and its output, read in the original order.</summary>
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
