namespace IGptMl.Numerics;

/// <summary>
/// The purposes of random numbers. Each has its own stream under the seed of a fit (<see cref="RandomStreams"/>), so an additional draw for one purpose does
/// not affect the others.
/// The values of this enumeration are part of every reproducible result: a new stream gets a new value, and no value is ever changed or reused.
/// </summary>
internal enum RandomStream
{
    /// <summary>The class of each built-in image.</summary>
    ShapeClasses = 0,

    /// <summary>The pixels of each built-in image.</summary>
    ShapePictures = 1,

    /// <summary>The order of a data set's rows.</summary>
    RowOrder = 7,

    /// <summary>The seeds of the images that are sampled unconditionally from a trained model.</summary>
    SampledPictures = 11,

    /// <summary>The order in which a training visits its rows, epoch by epoch.</summary>
    BatchOrder = 20,

    /// <summary>The tokens that are masked in training, by step and row of the batch.</summary>
    TrainingMasks = 21,

    /// <summary>Shifts and flips of training images, by step and row of the data.</summary>
    Augmentation = 22,

    /// <summary>The training rows that are held out for validation.</summary>
    ValidationSplit = 23,

    /// <summary>The pixels from which a palette is learned.</summary>
    PalettePixels = 24,

    /// <summary>The first centers of a palette's k-means.</summary>
    PaletteCenters = 25,

    /// <summary>The random crop of each image, by the id of its row.</summary>
    Crops = 26,

    /// <summary>The images that are sampled during training.</summary>
    TrainingPictures = 27,

    /// <summary>The folds with which a classifier's regularization is chosen.</summary>
    Folds = 28,

    /// <summary>The patches from which the k-means baseline is learned.</summary>
    PatchSample = 29,

    /// <summary>The first centers of the k-means baseline.</summary>
    PatchCenters = 30,
}
