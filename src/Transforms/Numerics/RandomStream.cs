namespace IGptMl.Numerics;

/// <summary>
/// What random numbers are for. Each has a stream of its own under the seed of a fit (<see cref="RandomStreams"/>), so that one more draw here changes nothing there.
/// The numbers are part of every result that a seed gives again: a new stream takes a new number, and none is ever changed or used twice.
/// </summary>
internal enum RandomStream
{
    /// <summary>The class of each built-in picture.</summary>
    ShapeClasses = 0,

    /// <summary>The pixels of each built-in picture.</summary>
    ShapePictures = 1,

    /// <summary>The order of a data set's rows.</summary>
    RowOrder = 7,

    /// <summary>The seeds of the pictures that a trained model draws from nothing.</summary>
    SampledPictures = 11,

    /// <summary>The order in which a training visits its rows, epoch by epoch.</summary>
    BatchOrder = 20,

    /// <summary>The tokens that are hidden from a masked model in training, by step and row of the batch.</summary>
    TrainingMasks = 21,

    /// <summary>Shifts and flips of training images, by step and row of the data.</summary>
    Augmentation = 22,

    /// <summary>The rows that a training sets aside for validation.</summary>
    ValidationSplit = 23,

    /// <summary>The pixels that a palette is learned from.</summary>
    PalettePixels = 24,

    /// <summary>The first centers of a palette's k-means.</summary>
    PaletteCenters = 25,

    /// <summary>The random crop of each image, by the id of its row.</summary>
    Crops = 26,

    /// <summary>The pictures that a model draws while it learns.</summary>
    TrainingPictures = 27,

    /// <summary>The folds among which a classifier's regularization is chosen.</summary>
    Folds = 28,

    /// <summary>The patches that the k-means baseline learns from.</summary>
    PatchSample = 29,

    /// <summary>The first centers of that baseline.</summary>
    PatchCenters = 30,
}
