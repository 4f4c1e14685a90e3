namespace IGptMl;

/// <summary>Which of CIFAR-100's two kinds of labels to read.</summary>
public enum Cifar100Labels
{
    /// <summary>The 100 classes of 600 images each, such as "maple_tree". The default, and the paper's labels.</summary>
    Fine,

    /// <summary>The 20 superclasses of five classes each, such as "trees".</summary>
    Coarse,
}
