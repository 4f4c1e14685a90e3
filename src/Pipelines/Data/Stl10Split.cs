namespace IGptMl;

/// <summary>Which part of STL-10 to read.</summary>
public enum Stl10Split
{
    /// <summary>The labeled training images: 5,000 in the official data, 500 per class. Each of the ten predefined folds is a subset of 1,000.</summary>
    Train,

    /// <summary>The test images: 8,000 in the official data, 800 per class.</summary>
    Test,

    /// <summary>The images without labels: 100,000 in the official data, from a broader distribution. Their labels are missing values.</summary>
    Unlabeled,
}
