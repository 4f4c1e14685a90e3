using System.Collections.Concurrent;
using Microsoft.ML;

namespace IGptMl.Samples.WebApi;

/// <summary>
/// Engines for one model, which several threads use at once: an engine is not thread-safe, so each prediction takes one from the pool and puts it back.
/// </summary>
/// <remarks>
/// All engines share one transformer. By default an engine owns its transformer, and frees the weights of all others when it is disposed. So engines of a pool
/// are created with <see cref="PredictionEngineOptions.OwnsTransformer"/> = false, and the pool disposes the transformer.
/// </remarks>
/// <param name="context">The context.</param>
/// <param name="transformer">The model, which the pool owns.</param>
internal sealed class EnginePool<TInput, TOutput>(MLContext context, ITransformer transformer) : IDisposable
    where TInput : class
    where TOutput : class, new()
{
    private readonly ConcurrentBag<PredictionEngine<TInput, TOutput>> _engines = [];

    /// <summary>The columns of an engine's output.</summary>
    internal DataViewSchema OutputSchema
    {
        get
        {
            var engine = Take();
            _engines.Add(engine);
            return engine.OutputSchema;
        }
    }

    public void Dispose()
    {
        while (_engines.TryTake(out var engine))
        {
            engine.Dispose();
        }

        (transformer as IDisposable)?.Dispose();
    }

    internal TOutput Predict(TInput input)
    {
        var engine = Take();
        try
        {
            return engine.Predict(input);
        }
        finally
        {
            _engines.Add(engine);
        }
    }

    private PredictionEngine<TInput, TOutput> Take() => _engines.TryTake(out var engine) ? engine
        : context.Model.CreatePredictionEngine<TInput, TOutput>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
}
