using IGptMl.Data;

namespace Microsoft.ML;

/// <summary>
/// Image data sets as data views. Every view has three columns:
/// <list type="table">
/// <listheader><term>Column</term><description>Type and content</description></listheader>
/// <item><term>Image</term><description><see cref="Transforms.Image.ImageDataViewType"/>, with height and width where all images share them.</description></item>
/// <item><term>Label</term><description>Key of <see cref="uint"/>, as many values as there are classes; the annotation KeyValues has the class names as text.</description></item>
/// <item><term>Name</term><description>Text: the file, or the file and the number of the record in it, such as <c>test_batch.bin#17</c>.</description></item>
/// </list>
/// </summary>
/// <remarks>
/// Images are made when a row is read, and not kept. ML.NET's <see cref="DataOperationsCatalog.Cache"/> and <see cref="DataOperationsCatalog.ShuffleRows"/> drop every
/// column that holds neither simple values nor vectors of them, so the image column too: cache what was made from the images, and leave shuffling to trainers that
/// ask their input for a shuffled order, which these views give for all columns. Pass the same variable for every row to an image getter: it disposes the image that
/// it put there before, and the last one goes with the cursor.
/// </remarks>
public static class ImageDataCatalog
{
    /// <summary>Reads CIFAR-10 in its official binary layout (A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009): 32 x 32 images of ten classes.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">The folder that has <c>batches.meta.txt</c> and the <c>.bin</c> files, or the folder above, if the files are in its subfolder <c>cifar-10-batches-bin</c>.</param>
    /// <param name="split">The training images (<c>data_batch_1.bin</c> to <c>data_batch_5.bin</c>, the default) or the test images (<c>test_batch.bin</c>).</param>
    /// <returns>The images in the order of the files. The files stay open for reading while the view is in use.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or blank, or <paramref name="split"/> is not one of the named values.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">A file of the split, or the file with the class names, is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not made of whole records of 3073 bytes, or there are not ten class names. Reading a row throws it for a label above 9.</exception>
    public static IDataView LoadCifar10(this DataOperationsCatalog catalog, string folder, CifarSplit split = CifarSplit.Train)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageDataView(new Cifar10Source(folder, split));
    }

    /// <summary>Reads a folder of image files (png, jpg, jpeg, bmp, gif, webp), one class for each subfolder.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">
    /// The folder. Its subfolders are the classes, in ordinal order of their names; images are looked for at any depth below them. A folder without subfolders
    /// is one class that has the folder's name, and so no label to learn from.
    /// </param>
    /// <param name="unreadable">
    /// What to do with a file that cannot be decoded: <see cref="UnreadableImages.Refuse"/> (the default) or <see cref="UnreadableImages.Missing"/>. A file that breaks off after
    /// a good beginning is decoded as far as it goes and counts as readable.
    /// </param>
    /// <returns>The images, by class and then by path (ordinal), with their paths below the folder as names. Image sizes are unknown until an image is read.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or blank, or <paramref name="unreadable"/> is not one of the named values.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There are no images, a class has none, or there are images beside the class folders. Reading a row throws it for an unreadable file.</exception>
    public static IDataView LoadImageFolder(this DataOperationsCatalog catalog, string folder, UnreadableImages unreadable = UnreadableImages.Refuse)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageDataView(new ImageFolderSource(folder, unreadable));
    }

    /// <summary>
    /// The built-in pictures: 32 x 32 images of twelve classes (stripes in four directions, checkerboard, dots, rings, grid, disc, square, triangle, cross) that are drawn
    /// when they are read, with random colours, positions, sizes and noise. The same on every platform; no files are needed.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="count">The number of pictures, 1 or more. Every twelve in a row have each class once.</param>
    /// <param name="seed">Picture i depends on the seed and i alone, so a longer view begins with the shorter one. Take another seed for other pictures, such as a test set. Default 1.</param>
    /// <returns>The pictures, named <c>shapes-SEED#INDEX</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static IDataView LoadShapes(this DataOperationsCatalog catalog, int count, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageDataView(new ShapesSource(count, seed));
    }
}
