using IGptMl.Data;
using IGptMl.Download;

namespace IGptMl;

/// <summary>A data set that its authors publish as one archive (tar.gz): its address, its checksum and its files.</summary>
/// <remarks>datasets/README.md documents the sources of the checksums, and the licenses.</remarks>
public sealed record PublishedData
{
    private static readonly PublishedFile[] Cifar10Batches = [.. Enumerable.Range(1, 5).Select(i => new PublishedFile($"data_batch_{i}.bin", 30_730_000))];

    /// <summary>CIFAR-10, the binary version, for <see cref="Microsoft.ML.ImageDataCatalog.LoadCifar10"/>: 170 MB.</summary>
    public static PublishedData Cifar10 { get; } = new()
    {
        Name = "cifar10",
        Title = "CIFAR-10",
        Address = new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
        ArchiveName = "cifar-10-binary.tar.gz",
        ArchiveBytes = 170_052_171,
        Md5 = "c32a1d4ab5d03f1284b67883e8d87530",
        Folder = CifarLayout.Cifar10.Subfolder,
        Files = [new("batches.meta.txt"), .. Cifar10Batches, new("test_batch.bin", 30_730_000)],
    };

    /// <summary>CIFAR-100, the binary version, for <see cref="Microsoft.ML.ImageDataCatalog.LoadCifar100"/>: 169 MB.</summary>
    public static PublishedData Cifar100 { get; } = new()
    {
        Name = "cifar100",
        Title = "CIFAR-100",
        Address = new Uri("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"),
        ArchiveName = "cifar-100-binary.tar.gz",
        ArchiveBytes = 168_513_733,
        Md5 = "03b5dce01913d631647c71ecec9e9cb8",
        Folder = CifarLayout.Cifar100Fine.Subfolder,
        Files = [new("coarse_label_names.txt"), new("fine_label_names.txt"), new("train.bin", 153_700_000), new("test.bin", 30_740_000)],
    };

    /// <summary>STL-10, the binary version, for <see cref="Microsoft.ML.ImageDataCatalog.LoadStl10"/>: 2.6 GB, and 3.1 GB unpacked.</summary>
    public static PublishedData Stl10 { get; } = new()
    {
        Name = "stl10",
        Title = "STL-10",
        Address = new Uri("https://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz"),
        ArchiveName = "stl10_binary.tar.gz",
        ArchiveBytes = 2_640_397_119,
        Md5 = "91f7769df0f17e558f3565bffb0c7dfb",
        Folder = Stl10Source.Subfolder,
        Files =
        [
            new("class_names.txt"), new("fold_indices.txt"), new("train_X.bin", 138_240_000), new("train_y.bin", 5_000),
            new("test_X.bin", 221_184_000), new("test_y.bin", 8_000), new("unlabeled_X.bin", 2_764_800_000),
        ],
    };

    /// <summary>All published data sets.</summary>
    public static IReadOnlyList<PublishedData> All { get; } = [Cifar10, Cifar100, Stl10];

    /// <summary>The name on the command line, such as "cifar10".</summary>
    public required string Name { get; init; }

    /// <summary>The display name, such as "CIFAR-10".</summary>
    public required string Title { get; init; }

    /// <summary>The archive's address, http or https. A mirror must provide the same archive: size and checksum are compared.</summary>
    public required Uri Address { get; init; }

    /// <summary>The archive's file name.</summary>
    public required string ArchiveName { get; init; }

    /// <summary>The archive's size in bytes.</summary>
    public required long ArchiveBytes { get; init; }

    /// <summary>The archive's MD5 checksum, 32 hexadecimal digits. It detects transmission errors; it is too weak to detect forgery.</summary>
    public required string Md5 { get; init; }

    /// <summary>The folder in the archive, which is also the name of the unpacked data set's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The files of that folder that are needed.</summary>
    public required IReadOnlyList<PublishedFile> Files { get; init; }

    /// <summary>The total size in bytes of the files with a known size.</summary>
    public long UnpackedBytes => Files.Sum(file => file.Bytes ?? 0);

    /// <summary>The archive as a file to download.</summary>
    internal RemoteFile Archive => new()
    {
        Title = Title,
        Description = $"the archive of {Title}",
        Address = Address,
        Bytes = ArchiveBytes,
        Checksum = new Checksum(ChecksumKind.Md5, Md5),
        Hint = "Has the address changed? See datasets/README.md.",
    };

    /// <summary>Whether a folder contains all files with their sizes.</summary>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="problem">The first problem, if the result is false.</param>
    internal bool IsCompleteIn(string folder, out string problem)
    {
        foreach (var file in Files)
        {
            var found = new FileInfo(Path.Combine(folder, file.Name));
            if (!found.Exists || found.Length == 0 || (file.Bytes is { } bytes && found.Length != bytes))
            {
                var expected = file.Bytes is { } size ? $" instead of {size:N0}" : string.Empty;
                problem = !found.Exists ? $"'{file.Name}' is missing" : $"'{file.Name}' has {found.Length:N0} bytes{expected}";
                return false;
            }
        }

        problem = string.Empty;
        return true;
    }
}
