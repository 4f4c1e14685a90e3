using Microsoft.ML;

namespace IGptMl.Samples.QuickStart;

/// <summary>The data of the sample, and a suitable model size.</summary>
/// <param name="name">"shapes" or "cifar10".</param>
/// <param name="path">The folder of CIFAR-10.</param>
/// <param name="minutes">The duration of pretraining.</param>
internal sealed class Pictures(string name, string? path, double minutes)
{
    internal string Name => name;

    internal string? Path => path;

    /// <summary>
    /// A small model on 12x12 pixels, which two cores can train in a few minutes. A longer run on photographs uses a wider one and more pixels.
    /// </summary>
    internal ImageGptConfig Model => (name, minutes) switch
    {
        ("shapes", _) => ImageGptConfig.Tiny with { ImageSize = 12, Colors = 64 },
        (_, < 30) => ImageGptConfig.Tiny with { ImageSize = 12, Colors = 256 },
        _ => ImageGptConfig.Tiny with { EmbeddingSize = 96, Heads = 3 },
    };

    /// <summary>The images for pretraining, whose labels are not used.</summary>
    internal IDataView Unlabeled(MLContext ml) => name == "shapes" ? ml.Data.LoadShapes(12_000, seed: 1) : ml.Data.LoadCifar10(path!);

    /// <summary>The labeled images for the classifiers.</summary>
    internal IDataView Labeled(MLContext ml) => name == "shapes" ? ml.Data.LoadShapes(3_600, seed: 1) : ml.Data.TakeRows(ml.Data.LoadCifar10(path!), 10_000);

    /// <summary>Images that are used for neither.</summary>
    internal IDataView Test(MLContext ml) => name == "shapes" ? ml.Data.LoadShapes(1_800, seed: 2) : ml.Data.LoadCifar10(path!, CifarSplit.Test);
}
