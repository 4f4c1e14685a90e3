using IGptMl;
using IGptMl.Data;
using IGptMl.Hosting;
using IGptMl.Numerics;

namespace Microsoft.ML;

/// <summary>
/// Image data sets as data views. Every view has three columns:
/// <list type="table">
/// <listheader><term>Column</term><description>Type and content</description></listheader>
/// <item><term>Image</term><description><see cref="Transforms.Image.ImageDataViewType"/>, with height and width where all images share them.</description></item>
/// <item><term>Label</term><description>Key of <see cref="uint"/>, as many values as there are classes; the annotation KeyValues has the class names as text. Missing where a row has no label.</description></item>
/// <item><term>Name</term><description>Text: the file, or the file and the number of the record in it, such as <c>test_batch.bin#17</c>.</description></item>
/// </list>
/// </summary>
/// <remarks>
/// Images are made when a row is read, and not kept; those in files are decoded ahead on all processors. ML.NET's <see cref="DataOperationsCatalog.Cache"/> and
/// <see cref="DataOperationsCatalog.ShuffleRows"/> drop every column that holds neither simple values nor vectors of them, so the image column too: cache what was made from the
/// images, and shuffle with the parameter shuffleSeed, which gives an order that depends on the seed and the number of rows alone, or leave it to trainers that
/// ask their input for a shuffled order, which these views give for all columns. Pass the same variable for every row to an image getter: it disposes the image that
/// it put there before, and the last one goes with the cursor. Transforms whose outputs are values or vectors of them read a view by several cursors at once and keep the order of
/// the rows; what is wrong with a row then comes as the inner exception of the one that ML.NET's reading threads throw.
/// </remarks>
public static class ImageDataCatalog
{
    /// <summary>Reads CIFAR-10 in its official binary layout (A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009): 32 x 32 images of ten classes.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">The folder that has <c>batches.meta.txt</c> and the <c>.bin</c> files, or the folder above, if the files are in its subfolder <c>cifar-10-batches-bin</c>.</param>
    /// <param name="split">The training images (<c>data_batch_1.bin</c> to <c>data_batch_5.bin</c>, the default) or the test images (<c>test_batch.bin</c>).</param>
    /// <param name="shuffleSeed">Gives the order of the rows; null, the default, means that of the files.</param>
    /// <returns>The images. The files stay open for reading while the view is in use.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or blank, or <paramref name="split"/> is not one of the named values.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">A file of the split, or the file with the class names, is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not made of whole records of 3073 bytes, or there are not ten class names. Reading a row throws it for a label above 9.</exception>
    public static IDataView LoadCifar10(this DataOperationsCatalog catalog, string folder, CifarSplit split = CifarSplit.Train, int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new SourceDataView(new CifarSource(folder, CifarLayout.Cifar10, split), shuffleSeed);
    }

    /// <summary>Reads CIFAR-100 in its official binary layout (A. Krizhevsky, 2009): 32 x 32 images of 100 classes in 20 superclasses.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">
    /// The folder that has <c>fine_label_names.txt</c>, <c>coarse_label_names.txt</c>, <c>train.bin</c> and <c>test.bin</c>, or the folder above, if the files are in its
    /// subfolder <c>cifar-100-binary</c>.
    /// </param>
    /// <param name="split">The training images (the default) or the test images.</param>
    /// <param name="labels">The 100 classes (the default) or the 20 superclasses.</param>
    /// <param name="shuffleSeed">Gives the order of the rows; null, the default, means that of the file.</param>
    /// <returns>The images. The file stays open for reading while the view is in use.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or blank, or <paramref name="split"/> or <paramref name="labels"/> is not one of the named values.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">The file of the split, or that with the class names, is missing.</exception>
    /// <exception cref="InvalidDataException">The file is not made of whole records of 3074 bytes, or the number of class names is wrong. Reading a row throws it for a label out of range.</exception>
    public static IDataView LoadCifar100(this DataOperationsCatalog catalog, string folder, CifarSplit split = CifarSplit.Train, Cifar100Labels labels = Cifar100Labels.Fine, int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var layout = labels switch
        {
            Cifar100Labels.Fine => CifarLayout.Cifar100Fine,
            Cifar100Labels.Coarse => CifarLayout.Cifar100Coarse,
            _ => throw new ArgumentOutOfRangeException(nameof(labels), labels, $"Unknown labels: expected {Cifar100Labels.Fine} or {Cifar100Labels.Coarse}."),
        };
        return new SourceDataView(new CifarSource(folder, layout, split), shuffleSeed);
    }

    /// <summary>
    /// Reads STL-10 in its official binary layout (A. Coates, H. Lee, A. Y. Ng, An Analysis of Single Layer Networks in Unsupervised Feature Learning, 2011): 96 x 96 images
    /// of ten classes, and as many without labels.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">The folder that has <c>class_names.txt</c> and the <c>.bin</c> files, or the folder above, if the files are in its subfolder <c>stl10_binary</c>.</param>
    /// <param name="split">The labeled training images (the default), the test images, or the images without labels, whose labels are missing values.</param>
    /// <param name="fold">1 to 10 for one of the predefined folds of the training images (a line of <c>fold_indices.txt</c>), in its order; null, the default, means all.</param>
    /// <param name="shuffleSeed">Gives the order of the rows; null, the default, means that of the file or the fold.</param>
    /// <returns>The images. The files stay open for reading while the view is in use.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or blank, <paramref name="split"/> is not one of the named values, or there is no such fold of it.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">A file of the split, or that with the class names or the folds, is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is not made of whole records of 27,648 bytes, there are not as many labels as images or not ten class names, or a fold names images that are not there.
    /// Reading a row throws it for a label that is not 1 to 10.
    /// </exception>
    public static IDataView LoadStl10(this DataOperationsCatalog catalog, string folder, Stl10Split split = Stl10Split.Train, int? fold = null, int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new SourceDataView(new Stl10Source(folder, split, fold), shuffleSeed);
    }

    /// <summary>Reads a folder of image files (png, jpg, jpeg, bmp, gif, webp), one class for each subfolder.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">
    /// The folder. Its subfolders are the classes, in ordinal order of their names; images are looked for at any depth below them. A folder without subfolders
    /// is one class that has the folder's name, and so no label to learn from. A warning in <see cref="MLContext.Log"/> counts the files with other names, and names the first.
    /// </param>
    /// <param name="unreadable">
    /// What to do with a file that cannot be read, which includes one that breaks off: <see cref="UnreadableImages.Refuse"/> (the default), <see cref="UnreadableImages.Missing"/>
    /// or <see cref="UnreadableImages.Skip"/>.
    /// </param>
    /// <param name="shuffleSeed">Gives the order of the rows; null, the default, means by class and then by path (ordinal).</param>
    /// <returns>
    /// The images, with their paths below the folder as names, upright as EXIF says, opaque (what is transparent is white), an animation's first picture. Image sizes are unknown
    /// until an image is read.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or blank, or <paramref name="unreadable"/> is not one of the named values.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There are no images, a class has none, or there are images beside the class folders. Reading a row throws it for an unreadable file.</exception>
    public static IDataView LoadImageFolder(this DataOperationsCatalog catalog, string folder, UnreadableImages unreadable = UnreadableImages.Refuse, int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        CheckChoice(unreadable);
        return LoadFiles(catalog, ImageFolder.List(folder), unreadable, shuffleSeed);
    }

    /// <summary>Reads the images that a CSV or TSV file lists in the column "path", with the class names of its column "label".</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="file">The list, UTF-8 with a header line; columns are separated by tabs if its name ends in .tsv or .tab, else by commas. Paths are relative to the list's folder.</param>
    /// <returns>The images in the order of the list, with the paths as names; classes are in ordinal order, and an empty label is a missing one.</returns>
    /// <exception cref="ArgumentException"><paramref name="file"/> is null or blank.</exception>
    /// <exception cref="FileNotFoundException">The list does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A column or a path is missing, a line is malformed, a listed file does not exist, or there are no images or no labels; the message names the line. Reading a row throws it for an
    /// unreadable file.
    /// </exception>
    public static IDataView LoadImageList(this DataOperationsCatalog catalog, string file) => catalog.LoadImageList(file, new ImageListOptions());

    /// <summary>Reads the images that a CSV or TSV file lists, with advanced options.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="file">The list, UTF-8; fields in double quotes may hold separators.</param>
    /// <param name="options">The advanced options.</param>
    /// <returns>The images, with the paths as names; classes are in ordinal order, and an empty label is a missing one.</returns>
    /// <exception cref="ArgumentException"><paramref name="file"/> or the name of the column of paths is null or blank, or an option is not one of the named values.</exception>
    /// <exception cref="FileNotFoundException">The list does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder in the options does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A column or a path is missing, a line is malformed, a listed file does not exist (if such are refused), or there are no images or no labels; the message names the line. Reading a
    /// row throws it for an unreadable file.
    /// </exception>
    public static IDataView LoadImageList(this DataOperationsCatalog catalog, string file, ImageListOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        CheckChoice(options.Unreadable);
        return LoadFiles(catalog, ImageList.Read(file, options), options.Unreadable, options.ShuffleSeed);
    }

    /// <summary>
    /// The built-in pictures: 32 x 32 images of twelve classes (stripes in four directions, checkerboard, dots, rings, grid, disc, square, triangle, cross) that are drawn
    /// when they are read, with random colors, positions, sizes and noise. The same on every platform; no files are needed.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="count">The number of pictures, 1 or more. Every twelve in a row have each class once.</param>
    /// <param name="seed">Picture i depends on the seed and i alone, so a longer view begins with the shorter one. Take another seed for other pictures, such as a test set. Default 1.</param>
    /// <returns>The pictures, named <c>shapes-SEED#INDEX</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static IDataView LoadShapes(this DataOperationsCatalog catalog, int count, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new SourceDataView(new ShapesSource(count, seed));
    }

    /// <summary>Reads images that are palette colors already, such as OpenAI's <c>cifar10_trX.npy</c>: the column <c>Tokens</c> stands in place of <c>Image</c>.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="file">An npy file of whole numbers from 0, (images, side * side) or (images, side, side), in raster order.</param>
    /// <param name="labelsFile">An npy file of class numbers from 0, (images), or of ones at the classes, (images, classes), such as <c>cifar10_trY.npy</c>; null, the default, means no labels.</param>
    /// <param name="colors">The number of colors, 2 to 65,535; default 512.</param>
    /// <param name="shuffleSeed">Gives the order of the rows; null, the default, means that of the file.</param>
    /// <returns>The rows: <c>Tokens</c> (<c>Vector&lt;Key&lt;UInt16, colors&gt;, side²&gt;</c>), <c>Label</c> with the numbers as class names, and <c>Name</c>. The file stays open for reading while the view is in use.</returns>
    /// <exception cref="ArgumentException"><paramref name="file"/> is null or blank, or <paramref name="colors"/> is out of range.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or has another shape, or there are not as many labels as images. Reading a row throws it for a token out of range.</exception>
    public static IDataView LoadTokenArray(this DataOperationsCatalog catalog, string file, string? labelsFile = null, int colors = 512, int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        new OptionGuard().Range(nameof(colors), colors, Palette.MinCount, Palette.MaxCount).ThrowIfAny(nameof(colors));
        return LoadTokens(file, labelsFile, colors, null, shuffleSeed);
    }

    /// <summary>Reads images that are colors of a known palette already.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="file">An npy file of whole numbers from 0, (images, side * side) or (images, side, side), in raster order.</param>
    /// <param name="labelsFile">An npy file of class numbers from 0, (images), or of ones at the classes, (images, classes); null means no labels.</param>
    /// <param name="palette">The colors, which the column of tokens then tells, so that a model that learns from it knows them.</param>
    /// <param name="shuffleSeed">Gives the order of the rows; null, the default, means that of the file.</param>
    /// <returns>The rows, as without a palette.</returns>
    /// <exception cref="ArgumentException"><paramref name="file"/> or <paramref name="palette"/> is null, or the file's name is blank.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or has another shape, or there are not as many labels as images. Reading a row throws it for a token out of range.</exception>
    public static IDataView LoadTokenArray(this DataOperationsCatalog catalog, string file, string? labelsFile, Palette palette, int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(palette);
        return LoadTokens(file, labelsFile, palette.Count, palette, shuffleSeed);
    }

    private static SourceDataView LoadTokens(string file, string? labelsFile, int colors, Palette? palette, int? shuffleSeed)
    {
        var labels = labelsFile is null ? null : TokenArrayLabels.Read(labelsFile);
        return new SourceDataView(new TokenArraySource(file, labels, colors, palette), shuffleSeed);
    }

    private static SourceDataView LoadFiles(DataOperationsCatalog catalog, ImageFileSet set, UnreadableImages unreadable, int? shuffleSeed)
    {
        var environment = CatalogEnvironment.Of(catalog);
        ReadableImages.WarnOfOthers(set, environment);
        var kept = unreadable == UnreadableImages.Skip ? ReadableImages.Keep(set, environment) : set;
        return new SourceDataView(new ImageFileSource(kept, unreadable == UnreadableImages.Missing), shuffleSeed);
    }

    private static void CheckChoice(UnreadableImages unreadable)
    {
        if (!Enum.IsDefined(unreadable))
        {
            throw new ArgumentOutOfRangeException(nameof(unreadable), unreadable, $"Unknown choice: expected {UnreadableImages.Refuse}, {UnreadableImages.Missing} or {UnreadableImages.Skip}.");
        }
    }
}
