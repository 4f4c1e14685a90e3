using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>The host environment of a catalog, with which built-in components are created.</summary>
internal static class CatalogEnvironment
{
    internal static IHostEnvironment Of(TransformsCatalog catalog) => CatalogUtils.GetEnvironment(NotNull(catalog));

    internal static IHostEnvironment Of(DataOperationsCatalog catalog) => CatalogUtils.GetEnvironment(NotNull(catalog));

    internal static IHostEnvironment Of(MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog)
        => CatalogUtils.GetEnvironment(NotNull(catalog));

    private static T NotNull<T>(T catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return catalog;
    }
}
