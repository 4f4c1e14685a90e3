using IGptMl;
using IGptMl.Data;
using IGptMl.Hosting;
using IGptMl.Numerics;

namespace Microsoft.ML;

/// <summary>
/// Image data sets as data views. Every view has three columns:
/// <list type="table">
/// <listheader><term>Column</term><description>Type and content</description></listheader>
/// <item><term>Image</term><description><see cref="Transforms.Image.ImageDataViewType"/>, with height and width if all have the same.</description></item>
/// <item><term>Label</term><description>Key of <see cref="uint"/> with one value per class; the annotation KeyValues has the class names as text. Rows
/// without a label have a missing value.</description></item>
/// <item><term>Name</term><description>Text: the file, or the file and the number of the record in it, such as <c>test_batch.bin#17</c>.</description></item>
/// </list>
/// </summary>
/// <remarks>
/// Images are created when a row is read, and are not cached; those in files are decoded ahead on all processors. ML.NET's
/// <see cref="DataOperationsCatalog.Cache"/> and <see cref="DataOperationsCatalog.ShuffleRows"/> drop every column that is neither a simple value nor a vector
/// of them, and thus the image column. So cache what is computed from the images. To shuffle, pass shuffleSeed, which gives an order that depends only on the
/// seed and the number of rows, or leave it to trainers that request a shuffled order, which these views support for all columns. Pass the same variable for
/// every row to an image getter: it disposes the image that it put there before, and the cursor disposes the last one. Transforms whose outputs are simple
/// values or vectors of them read a view with several cursors at once and keep the order of the rows. An error in a row then is the inner exception of the one
/// that ML.NET's reading threads throw.
/// </remarks>
public static class ImageDataCatalog
{
    /// <summary>
    /// Reads CIFAR-10 in its official binary layout (A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009): 32 x 32 images of ten
    /// classes.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">
    /// The folder of <c>batches.meta.txt</c> and the <c>.bin</c> files, or its parent folder, if the files are in the subfolder
    /// <c>cifar-10-batches-bin</c>.
    /// </param>
    /// <param name="split">The training images (<c>data_batch_1.bin</c> to <c>_5.bin</c>, the default) or the test images (<c>test_batch.bin</c>).</param>
    /// <param name="shuffleSeed">The seed for the order of the rows; null, the default, for the order of the files.</param>
    /// <returns>The images. The files stay open for reading while the view is in use.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or blank, or <paramref name="split"/> is not one of the named values.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">A file of the split, or the file with the class names, is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is not a whole number of records of 3073 bytes, or there are not ten class names. Reading a row throws it for a label above 9.
    /// </exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView training = ml.Data.LoadCifar10("cifar-10-batches-bin");
    /// IDataView test = ml.Data.LoadCifar10("cifar-10-batches-bin", CifarSplit.Test);
    /// </code>
    /// </example>
    public static IDataView LoadCifar10(this DataOperationsCatalog catalog, string folder, CifarSplit split = CifarSplit.Train, int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new SourceDataView(new CifarSource(folder, CifarLayout.Cifar10, split), shuffleSeed);
    }

    /// <summary>Reads CIFAR-100 in its official binary layout (A. Krizhevsky, 2009): 32 x 32 images of 100 classes in 20 superclasses.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">
    /// The folder of <c>fine_label_names.txt</c>, <c>coarse_label_names.txt</c>, <c>train.bin</c> and <c>test.bin</c>, or its parent folder, if the files
    /// are in the subfolder <c>cifar-100-binary</c>.
    /// </param>
    /// <param name="split">The training images (the default) or the test images.</param>
    /// <param name="labels">The 100 classes (the default) or the 20 superclasses.</param>
    /// <param name="shuffleSeed">The seed for the order of the rows; null, the default, for the order of the file.</param>
    /// <returns>The images. The file stays open for reading while the view is in use.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="folder"/> is null or blank, or <paramref name="split"/> or <paramref name="labels"/> is not one of the named values.
    /// </exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">The file of the split, or the file with the class names, is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not a whole number of records of 3074 bytes, or the number of class names is wrong. Reading a row throws it for a label out of range.
    /// </exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView superclasses = ml.Data.LoadCifar100("cifar-100-binary", CifarSplit.Test, Cifar100Labels.Coarse);
    /// </code>
    /// </example>
    public static IDataView LoadCifar100(
        this DataOperationsCatalog catalog,
        string folder,
        CifarSplit split = CifarSplit.Train,
        Cifar100Labels labels = Cifar100Labels.Fine,
        int? shuffleSeed = null)
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
    /// Reads STL-10 in its official binary layout (A. Coates, H. Lee, A. Y. Ng, An Analysis of Single Layer Networks in Unsupervised Feature Learning,
    /// 2011): 96 x 96 images of ten classes, and further images without labels.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">
    /// The folder of <c>class_names.txt</c> and the <c>.bin</c> files, or its parent folder, if the files are in the subfolder <c>stl10_binary</c>.
    /// </param>
    /// <param name="split">The labeled training images (the default), the test images, or the images without labels, whose labels are missing values.</param>
    /// <param name="fold">
    /// 1 to 10 for one of the predefined folds of the training images (a line of <c>fold_indices.txt</c>), in its order; null, the default, for all images.
    /// </param>
    /// <param name="shuffleSeed">The seed for the order of the rows; null, the default, for the order of the file or the fold.</param>
    /// <returns>The images. The files stay open for reading while the view is in use.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="folder"/> is null or blank, <paramref name="split"/> is not one of the named values, or the split has no such fold.
    /// </exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">A file of the split, or the file with the class names or the folds, is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is not a whole number of records of 27,648 bytes, the numbers of labels and images differ, there are not ten class names, or a fold has an
    /// index without an image. Reading a row throws it for a label that is not 1 to 10.
    /// </exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView unlabeled = ml.Data.LoadStl10("stl10_binary", Stl10Split.Unlabeled);
    /// </code>
    /// </example>
    public static IDataView LoadStl10(
        this DataOperationsCatalog catalog,
        string folder,
        Stl10Split split = Stl10Split.Train,
        int? fold = null,
        int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new SourceDataView(new Stl10Source(folder, split, fold), shuffleSeed);
    }

    /// <summary>Reads a folder of image files (png, jpg, jpeg, bmp, gif, webp), with one class per subfolder.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="folder">
    /// The folder. Its subfolders are the classes, in ordinal order of their names; images may be at any depth below them. A folder without subfolders is
    /// one class with the folder's name, and so has no label to learn from. A warning in <see cref="MLContext.Log"/> reports the number of files with other
    /// extensions, and names the first ones.
    /// </param>
    /// <param name="unreadable">
    /// What to do with a file that cannot be decoded, for example because it is truncated: <see cref="UnreadableImages.Refuse"/> (the default),
    /// <see cref="UnreadableImages.Missing"/> or <see cref="UnreadableImages.Skip"/>.
    /// </param>
    /// <param name="shuffleSeed">The seed for the order of the rows; null, the default, for the order by class and then by path (ordinal).</param>
    /// <returns>
    /// The images, with their paths relative to the folder as names. They are upright (EXIF) and opaque (transparent pixels are blended with white); an
    /// animation is its first frame. The size of an image is unknown until it is read.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="folder"/> is null or blank, or <paramref name="unreadable"/> is not one of the named values.
    /// </exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// There are no images, a class has none, or there are images next to the class folders. Reading a row throws it for an unreadable file.
    /// </exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView photos = ml.Data.LoadImageFolder("photos"); // a class per subfolder
    /// IDataView shuffled = ml.Data.LoadImageFolder("photos", UnreadableImages.Skip, shuffleSeed: 1);
    /// </code>
    /// </example>
    public static IDataView LoadImageFolder(
        this DataOperationsCatalog catalog,
        string folder,
        UnreadableImages unreadable = UnreadableImages.Refuse,
        int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        CheckChoice(unreadable);
        return LoadFiles(catalog, ImageFolder.List(folder), unreadable, shuffleSeed);
    }

    /// <summary>Reads image files, given one by one or by folders, without labels.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="paths">
    /// Files, and folders whose images (png, jpg, …) are read at any depth, in ordinal order. At least one. What is not there, or is a folder without images,
    /// is an unreadable image.
    /// </param>
    /// <param name="unreadable">What to do with a file that cannot be decoded; <see cref="UnreadableImages.Refuse"/> is the default.</param>
    /// <param name="shuffleSeed">The seed for the order of the rows; null, the default, for the order of the paths.</param>
    /// <returns>The images, with the paths as names. Every label is a missing value. The size of an image is unknown until it is read.</returns>
    /// <exception cref="ArgumentException">
    /// There is no path, one is blank, or <paramref name="unreadable"/> is not one of the named values.
    /// </exception>
    /// <exception cref="InvalidDataException">Reading a row throws it for an unreadable file.</exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView files = ml.Data.LoadImageFiles(["cat.jpg", "dogs"]); // a file, and those of a folder
    /// </code>
    /// </example>
    public static IDataView LoadImageFiles(
        this DataOperationsCatalog catalog,
        IReadOnlyList<string> paths,
        UnreadableImages unreadable = UnreadableImages.Refuse,
        int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(paths);
        CheckChoice(unreadable);
        return LoadFiles(catalog, ImageFolder.ListFiles(paths), unreadable, shuffleSeed);
    }

    /// <summary>Reads the images that a CSV or TSV file lists in the column "path", with the class names of its column "label".</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="path">
    /// The list, UTF-8 or with a byte order mark, with a header line. Columns are separated by tabs if the name ends in .tsv or .tab, otherwise by commas.
    /// Paths are relative to the
    /// list's folder.
    /// </param>
    /// <returns>The images in the order of the list, with the paths as names. Classes are in ordinal order; an empty label is a missing value.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or blank.</exception>
    /// <exception cref="FileNotFoundException">The list does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A column or a path is missing, a line is malformed, a listed file does not exist, or there are no images or no labels; the message names the line.
    /// Reading a row throws it for an unreadable file.
    /// </exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView list = ml.Data.LoadImageList("photos.csv"); // columns path and label
    /// </code>
    /// </example>
    public static IDataView LoadImageList(this DataOperationsCatalog catalog, string path) => catalog.LoadImageList(path, new ImageListOptions());

    /// <summary>Reads the images that a CSV or TSV file lists, with advanced options.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="path">The list. Fields in double quotes may contain separators.</param>
    /// <param name="options">The advanced options.</param>
    /// <returns>The images, with the paths as names. Classes are in ordinal order; an empty label is a missing value.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="path"/> or the name of the path column is null or blank, or an option is not one of the named values.
    /// </exception>
    /// <exception cref="FileNotFoundException">The list does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder in the options does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A column or a path is missing, a line is malformed, a listed file does not exist (unless the options allow it), or there are no images or no labels;
    /// the message names the line. Reading a row throws it for an unreadable file.
    /// </exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView list = ml.Data.LoadImageList("photos.tsv", new() { PathColumnName = "file", LabelColumnName = null, Folder = "photos" });
    /// </code>
    /// </example>
    public static IDataView LoadImageList(this DataOperationsCatalog catalog, string path, ImageListOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        CheckChoice(options.Unreadable);
        return LoadFiles(catalog, ImageList.Read(path, options), options.Unreadable, options.ShuffleSeed);
    }

    /// <summary>
    /// The built-in images: 32 x 32 pixels, of twelve classes (stripes in four directions, checkerboard, dots, rings, grid, disc, square, triangle, cross).
    /// They are drawn when they are read, with random colors, positions, sizes and noise. They are the same on every platform, and need no files.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="count">The number of images, 1 or more. Each block of twelve consecutive images has each class once.</param>
    /// <param name="seed">
    /// Image i depends only on the seed and on i, so a longer view starts with the shorter one. Use another seed for other images, such as a test set.
    /// Default 1.
    /// </param>
    /// <returns>The images, named <c>shapes-SEED#INDEX</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView shapes = ml.Data.LoadShapes(count: 12_000);
    /// IDataView others = ml.Data.LoadShapes(count: 1_200, seed: 2);
    /// </code>
    /// </example>
    public static IDataView LoadShapes(this DataOperationsCatalog catalog, int count, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new SourceDataView(new ShapesSource(count, seed));
    }

    /// <summary>
    /// Reads images that are already quantized, such as OpenAI's <c>cifar10_trX.npy</c>. The view has the column <c>Tokens</c> instead of <c>Image</c>.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="path">An npy file of integers from 0, (images, side * side) or (images, side, side), in raster order.</param>
    /// <param name="labelsPath">
    /// An npy file of 0-based class indices, (images), or of one-hot rows, (images, classes), such as <c>cifar10_trY.npy</c>; null, the default, for no
    /// labels.
    /// </param>
    /// <param name="colors">The number of colors, 2 to 65,535; default 512.</param>
    /// <param name="shuffleSeed">The seed for the order of the rows; null, the default, for the order of the file.</param>
    /// <returns>
    /// The rows: <c>Tokens</c> (<c>Vector&lt;Key&lt;UInt16, colors&gt;, side²&gt;</c>), <c>Label</c> with the class indices as class names, and <c>Name</c>.
    /// The file stays open for reading while the view is in use.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or blank, or <paramref name="colors"/> is out of range.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged or has another shape, or the numbers of labels and images differ. Reading a row throws it for a token out of range.
    /// </exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView array = ml.Data.LoadTokenArray("photos.npy", colors: 16);
    /// </code>
    /// </example>
    public static IDataView LoadTokenArray(
        this DataOperationsCatalog catalog,
        string path,
        string? labelsPath = null,
        int colors = 512,
        int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        new OptionGuard().Range(nameof(colors), colors, Palette.MinCount, Palette.MaxCount).ThrowIfAny(nameof(colors));
        return LoadTokens(path, labelsPath, colors, null, shuffleSeed);
    }

    /// <summary>Reads images that are already quantized to a known palette.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="path">An npy file of integers from 0, (images, side * side) or (images, side, side), in raster order.</param>
    /// <param name="labelsPath">An npy file of 0-based class indices, (images), or of one-hot rows, (images, classes); null for no labels.</param>
    /// <param name="palette">The palette, which becomes an annotation of the token column, so that a model that learns from it knows the colors.</param>
    /// <param name="shuffleSeed">The seed for the order of the rows; null, the default, for the order of the file.</param>
    /// <returns>The same rows as without a palette.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> or <paramref name="palette"/> is null, or the file's name is blank.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged or has another shape, or the numbers of labels and images differ. Reading a row throws it for a token out of range.
    /// </exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView array = ml.Data.LoadTokenArray("photos.npy", labelsPath: null, Palette.Load("palette.npy"));
    /// </code>
    /// </example>
    public static IDataView LoadTokenArray(this DataOperationsCatalog catalog, string path, string? labelsPath, Palette palette, int? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(palette);
        return LoadTokens(path, labelsPath, palette.Count, palette, shuffleSeed);
    }

    private static SourceDataView LoadTokens(string path, string? labelsPath, int colors, Palette? palette, int? shuffleSeed)
    {
        var labels = labelsPath is null ? null : TokenArrayLabels.Read(labelsPath);
        return new SourceDataView(new TokenArraySource(path, labels, colors, palette), shuffleSeed);
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
            throw new ArgumentOutOfRangeException(
                nameof(unreadable),
                unreadable,
                $"Unknown choice: expected {UnreadableImages.Refuse}, {UnreadableImages.Missing} or {UnreadableImages.Skip}.");
        }
    }
}
