using Microsoft.ML;

namespace IGptMl.Cli.Sources;

/// <summary>A part of a published data set, as named on the command line.</summary>
/// <param name="Name">"stl10-unlabeled".</param>
/// <param name="Data">The data set.</param>
/// <param name="Load">Opens a folder; the last argument selects the held-out images.</param>
internal sealed record PublishedSource(string Name, PublishedData Data, Func<DataOperationsCatalog, string, bool, IDataView> Load)
{
    private static readonly PublishedSource[] Known =
    [
        new("cifar10", PublishedData.Cifar10, (catalog, folder, heldOut) => catalog.LoadCifar10(folder, SplitOf(heldOut))),
        new("cifar10-test", PublishedData.Cifar10, (catalog, folder, _) => catalog.LoadCifar10(folder, CifarSplit.Test)),
        new("cifar100", PublishedData.Cifar100, (catalog, folder, heldOut) => catalog.LoadCifar100(folder, SplitOf(heldOut))),
        new("cifar100-test", PublishedData.Cifar100, (catalog, folder, _) => catalog.LoadCifar100(folder, CifarSplit.Test)),
        new("cifar100-coarse", PublishedData.Cifar100, (catalog, folder, heldOut) => catalog.LoadCifar100(folder, SplitOf(heldOut), Cifar100Labels.Coarse)),
        new("cifar100-coarse-test", PublishedData.Cifar100, (catalog, folder, _) => catalog.LoadCifar100(folder, CifarSplit.Test, Cifar100Labels.Coarse)),
        new("stl10", PublishedData.Stl10, (catalog, folder, heldOut) => catalog.LoadStl10(folder, heldOut ? Stl10Split.Test : Stl10Split.Train)),
        new("stl10-test", PublishedData.Stl10, (catalog, folder, _) => catalog.LoadStl10(folder, Stl10Split.Test)),
        new("stl10-unlabeled", PublishedData.Stl10, (catalog, folder, _) => catalog.LoadStl10(folder, Stl10Split.Unlabeled)),
        .. Enumerable.Range(1, 10).Select(fold => new PublishedSource($"stl10-fold{fold}", PublishedData.Stl10, (catalog, folder, _)
            => catalog.LoadStl10(folder, Stl10Split.Train, fold))),
    ];

    /// <summary>The names of all sources.</summary>
    internal static IEnumerable<string> Names => Known.Select(source => source.Name);

    internal static PublishedSource? Find(string name) => Array.Find(Known, source => source.Name == name);

    /// <summary>The folder given by the user, or that of the download.</summary>
    /// <param name="text">The user's text, for the error message.</param>
    /// <param name="folder">The part after the colon; null if there is none.</param>
    /// <param name="problem">The error message if null is returned.</param>
    internal string? Locate(string text, string? folder, out string problem)
    {
        problem = string.Empty;
        if (folder is null && DataCache.Find(Data) is { } cached)
        {
            return cached;
        }

        problem = folder switch
        {
            null => $"'{text}' names no folder, and {Data.Title} is not in '{DataCache.Folder}'; expected {Name}:DIR, or fetch it by 'igpt data get "
                + $"{Data.Name}'.",
            "" => $"'{text}' names no folder; expected {Name}:DIR.",
            _ when !Directory.Exists(folder) => $"'{text}': the folder '{folder}' does not exist.",
            _ => problem,
        };
        return problem.Length == 0 ? folder : null;
    }

    private static CifarSplit SplitOf(bool heldOut) => heldOut ? CifarSplit.Test : CifarSplit.Train;
}
