namespace IGptMl;

/// <summary>Which part of a CIFAR data set to read.</summary>
public enum CifarSplit
{
    /// <summary>The training images: 50,000 in the official CIFAR-10, 5,000 per class.</summary>
    Train,

    /// <summary>The test images: 10,000 in the official CIFAR-10, 1,000 per class.</summary>
    Test,
}
