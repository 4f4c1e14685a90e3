using Microsoft.ML;

namespace IGptMl.Samples.WebApi;

/// <summary>The models of the server.</summary>
internal sealed class ServedModels : IDisposable
{
    private readonly MLContext _context = new();

    internal ServedModels(ApiSettings settings)
    {
        Classifier = settings.Classifier is { } classifier ? new ReloadedFile<Classifier>(classifier, path => new Classifier(_context, path)) : null;
        Generator = settings.Model is { } model ? new ReloadedFile<Generator>(model, path => new Generator(_context, path)) : null;
    }

    /// <summary>Predicts classes; null if the server has none.</summary>
    internal ReloadedFile<Classifier>? Classifier { get; }

    /// <summary>Completes and measures; null if the server has none.</summary>
    internal ReloadedFile<Generator>? Generator { get; }

    public void Dispose()
    {
        Classifier?.Dispose();
        Generator?.Dispose();
    }
}
