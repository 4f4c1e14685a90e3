namespace IGptMl.Data;

/// <summary>What differs between the CIFAR data sets: the files, and the position of the label in a record.</summary>
/// <param name="DataSet">The name in error messages.</param>
/// <param name="Subfolder">The folder in the archive.</param>
/// <param name="ClassNamesFile">The file with one class name per line.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="LabelBytes">The number of label bytes, which precede the pixels of a record.</param>
/// <param name="LabelOffset">The index of the label byte to use.</param>
/// <param name="TrainFiles">The files of the training images, in order.</param>
/// <param name="TestFiles">The files of the test images.</param>
internal sealed record CifarLayout(
    string DataSet,
    string Subfolder,
    string ClassNamesFile,
    int Classes,
    int LabelBytes,
    int LabelOffset,
    IReadOnlyList<string> TrainFiles,
    IReadOnlyList<string> TestFiles)
{
    private const string Cifar100Name = "CIFAR-100";
    private const string Cifar100Folder = "cifar-100-binary";

    public static CifarLayout Cifar10 { get; } = new(
        "CIFAR-10",
        "cifar-10-batches-bin",
        "batches.meta.txt",
        Classes: 10,
        LabelBytes: 1,
        LabelOffset: 0,
        ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"],
        ["test_batch.bin"]);

    public static CifarLayout Cifar100Fine { get; } =
        new(Cifar100Name, Cifar100Folder, "fine_label_names.txt",
            Classes: 100, LabelBytes: 2, LabelOffset: 1, ["train.bin"], ["test.bin"]);

    public static CifarLayout Cifar100Coarse { get; } =
        new(Cifar100Name, Cifar100Folder, "coarse_label_names.txt",
            Classes: 20, LabelBytes: 2, LabelOffset: 0, ["train.bin"], ["test.bin"]);
}
