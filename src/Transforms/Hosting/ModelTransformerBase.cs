using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>The base class of transformers that run a model.</summary>
/// <typeparam name="TModel">The model.</typeparam>
/// <remarks>A transformer holds a handle to the model's weights, which <see cref="Dispose"/> releases.</remarks>
public abstract class ModelTransformerBase<TModel> : RowTransformerBase, IDisposable
    where TModel : class, IDisposable
{
    private protected ModelTransformerBase(IHostEnvironment environment, TModel model)
        : base(environment) => Model = model;

    /// <summary>The model, which the transformer owns.</summary>
    public TModel Model { get; }

    /// <summary>Releases the transformer's handle to the weights, and everything else that it owns.</summary>
    public virtual void Dispose() => Model.Dispose();
}
