namespace IGptMl;

/// <summary>Which of CIFAR-100's two labels to read.</summary>
public enum Cifar100Labels
{
    /// <summary>The 100 classes, 600 images each: "maple_tree". The default, and what the paper classifies.</summary>
    Fine,

    /// <summary>The 20 superclasses of five classes each: "trees".</summary>
    Coarse,
}
