using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>The base class of estimators with a trained model. Fitting them only checks the columns of the data.</summary>
/// <typeparam name="TModel">The model.</typeparam>
/// <typeparam name="TTransformer">The transformer.</typeparam>
public abstract class ModelEstimatorBase<TModel, TTransformer> : IEstimator<TTransformer>
    where TModel : class, IDisposable
    where TTransformer : ModelTransformerBase<TModel>
{
    private protected ModelEstimatorBase(IHostEnvironment environment, TModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Host = HostSettings.Register(environment, GetType().Name);
        Model = model;
    }

    private protected IHost Host { get; }

    /// <summary>The model, which the caller owns. Transformers have their own handles.</summary>
    private protected TModel Model { get; }

    /// <summary>Creates the transformer, which has its own handle to the model.</summary>
    /// <param name="input">Data with the transformer's input columns.</param>
    /// <returns>The transformer, which the caller disposes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = CreateTransformer();
        try
        {
            transformer.GetOutputSchema(input.Schema);
            return transformer;
        }
        catch
        {
            transformer.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public abstract SchemaShape GetOutputSchema(SchemaShape inputSchema);

    private protected abstract TTransformer CreateTransformer();
}
