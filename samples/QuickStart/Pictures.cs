using Microsoft.ML;

namespace IGptMl.Samples.QuickStart;

/// <summary>The data of the demonstration, and the model size that suits it.</summary>
/// <param name="name">shapes or cifar10.</param>
/// <param name="path">The folder of CIFAR-10.</param>
/// <param name="minutes">How long to pretrain.</param>
internal sealed class Pictures(string name, string? path, double minutes)
{
    internal string Name => name;

    internal string? Path => path;

    /// <summary>A small model on 12x12 pixels: what two cores can teach something in a few minutes. A longer run can teach a wider one, and more of a photograph.</summary>
    internal ImageGptConfig Model => (name, minutes) switch
    {
        ("shapes", _) => ImageGptConfig.Tiny with { ImageSize = 12, Colors = 64 },
        (_, < 30) => ImageGptConfig.Tiny with { ImageSize = 12, Colors = 256 },
        _ => ImageGptConfig.Tiny with { EmbeddingSize = 96, Heads = 3 },
    };

    /// <summary>The pictures for pretraining, whose labels nobody looks at.</summary>
    internal IDataView Unlabeled(MLContext ml) => name == "shapes" ? ml.Data.LoadShapes(12_000, seed: 1) : ml.Data.LoadCifar10(path!);

    /// <summary>The labeled pictures for the classifiers.</summary>
    internal IDataView Labeled(MLContext ml) => name == "shapes" ? ml.Data.LoadShapes(3_600, seed: 1) : ml.Data.TakeRows(ml.Data.LoadCifar10(path!), 10_000);

    /// <summary>Pictures that neither has seen.</summary>
    internal IDataView Test(MLContext ml) => name == "shapes" ? ml.Data.LoadShapes(1_800, seed: 2) : ml.Data.LoadCifar10(path!, CifarSplit.Test);
}
