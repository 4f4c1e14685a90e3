using System.Buffers.Binary;
using System.Text;
using IGptMl.Tests.Formats;
using Microsoft.ML;

namespace IGptMl.PublicApi.Tests;

/// <summary>The files that the pages and examples use, small: photographs of two classes, models of every form, data sets.</summary>
internal static class PageFiles
{
    private const int Classes = 10, RecordsOfAFile = 20;

    private static readonly string[] ClassNames = [.. Enumerable.Range(0, Classes).Select(i => $"class{i}")];

    /// <summary>The files, made once.</summary>
    private static readonly Lazy<WorkFolder> Made = new(() =>
    {
        var folder = new WorkFolder();
        Make(folder);
        return folder;
    });

    /// <summary>Copies the files into a folder.</summary>
    internal static void Write(WorkFolder folder)
    {
        var from = Made.Value.Path;
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = folder.Combine(Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Writes what a download of CIFAR-10 has left: complete by its size, so it is not downloaded again.</summary>
    internal static void WriteDownload(WorkFolder folder)
    {
        var downloaded = Directory.CreateDirectory(folder.Combine("datasets", "cifar-10-batches-bin")).FullName;
        foreach (var file in Directory.EnumerateFiles(folder.Combine("cifar-10-batches-bin")))
        {
            using var copy = File.Create(Path.Combine(downloaded, Path.GetFileName(file)));
            copy.Write(File.ReadAllBytes(file));
            if (file.EndsWith(".bin", StringComparison.Ordinal))
            {
                copy.SetLength(30_730_000);
            }
        }
    }

    /// <summary>Deletes what was made once.</summary>
    internal static void Clean()
    {
        if (Made.IsValueCreated)
        {
            Made.Value.Dispose();
        }
    }

    private static void Make(WorkFolder folder)
    {
        var ml = new MLContext(seed: 1);
        folder.WritePhotos("photos", count: 3);
        folder.WritePhotos("test-photos", count: 2);
        folder.WritePhotos("validation-photos", count: 2);
        folder.WritePhotos("dogs", count: 1);
        File.Copy(folder.Combine("photos", "dark", "0.png"), folder.Combine("cat.jpg")); // the content determines the image format
        File.WriteAllText(folder.Combine("photos.csv"), "path,label\nphotos/dark/0.png,dark\nphotos/bright/0.png,bright\n");
        File.WriteAllText(folder.Combine("photos.tsv"), "file\ndark/0.png\n");
        var photos = ml.Data.LoadImageFolder(folder.Combine("photos"));
        WriteModels(folder, ml, photos);
        WriteTokens(folder, ml, photos);
        WriteDataSets(folder);
    }

    private static void WriteModels(WorkFolder folder, MLContext ml, IDataView photos)
    {
        var config = new ImageGptConfig { ImageSize = 16, Colors = 16, EmbeddingSize = 8, Layers = 6, Heads = 2 };
        var quantizer = ml.Transforms.QuantizeToPalette("Tokens", "Image", config.ImageSize, config.Colors).Fit(photos);
        using (var model = ImageGptModel.CreateUntrained(config, quantizer.Palette))
        {
            model.Save(folder.Combine("model.zip"));
            model.SaveAsHuggingFace(folder.Combine("imagegpt-small"));
        }

        using (var masked = ImageGptModel.CreateUntrained(config with { Objective = PretrainingObjective.Masked }, quantizer.Palette))
        {
            masked.Save(folder.Combine("masked.zip"));
        }

        var options = new ImageGptTrainer.Options { Model = config, Steps = 2, BatchSize = 2, CheckpointFolder = folder.Combine("run") };
        ml.ImageGeneration.Trainers.ImageGpt("Tokens", options).Fit(quantizer.Transform(photos)).Dispose();
        File.Move(folder.Combine("run", "checkpoint-000000002.safetensors"), folder.Combine("run", "checkpoint-000001000.safetensors"));

        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(TestData.PathOf("tiny-tf", "model.ckpt-1000.index"))!))
        {
            var name = Path.GetFileName(file).Replace("ckpt-1000", "ckpt-1000000", StringComparison.Ordinal);
            File.Copy(file, folder.Combine(name));
        }

        using var openAI = ImageGptModel.Load(folder.Combine("model.ckpt-1000000"));
        Colors(openAI.Config.Colors).Save(folder.Combine("kmeans_centers.npy"));
        Colors(512).Save(folder.Combine("palette.npy"));
    }

    private static void WriteTokens(WorkFolder folder, MLContext ml, IDataView photos)
    {
        var quantizer = ml.Transforms.QuantizeToPalette("Tokens", "Image", imageSize: 16, colors: 512).Fit(photos);
        ml.Data.SaveTokens(quantizer.Transform(photos), folder.Combine("validation.tokens"), labelColumnName: "Label");
        using var model = ImageGptModel.Load(folder.Combine("model.zip"));
        var tokens = ml.Transforms.QuantizeToPalette("Tokens", "Image", model).Fit(photos).Transform(photos);
        ml.Data.SaveAsNpy(tokens, folder.Combine("photos.npy"), "Tokens");

        var published = ml.Transforms.QuantizeToPalette("Tokens", "Image", Palette.Load(folder.Combine("kmeans_centers.npy")), 32).Fit(photos);
        ml.Data.SaveAsNpy(published.Transform(photos), folder.Combine("cifar10_trX.npy"), "Tokens");
        WriteOneHot(folder.Combine("cifar10_trY.npy"), rows: 6);
    }

    private static void WriteDataSets(WorkFolder folder)
    {
        var random = new Random(1);
        Directory.CreateDirectory(folder.Combine("cifar-10-batches-bin"));
        Directory.CreateDirectory(folder.Combine("cifar-100-binary"));
        Directory.CreateDirectory(folder.Combine("stl10_binary"));
        foreach (var name in (string[])["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
        {
            WriteRecords(folder.Combine("cifar-10-batches-bin", $"{name}.bin"), 3072, i => [(byte)(i % Classes)], random);
        }

        File.WriteAllLines(folder.Combine("cifar-10-batches-bin", "batches.meta.txt"), ClassNames);
        WriteRecords(folder.Combine("cifar-100-binary", "train.bin"), 3072, i => [(byte)i, (byte)(5 * i)], random);
        WriteRecords(folder.Combine("cifar-100-binary", "test.bin"), 3072, i => [(byte)i, (byte)(5 * i)], random);
        File.WriteAllLines(folder.Combine("cifar-100-binary", "fine_label_names.txt"), Enumerable.Range(0, 100).Select(i => $"fine{i}"));
        File.WriteAllLines(folder.Combine("cifar-100-binary", "coarse_label_names.txt"), Enumerable.Range(0, 20).Select(i => $"coarse{i}"));

        foreach (var name in (string[])["train", "test", "unlabeled"])
        {
            WriteRecords(folder.Combine("stl10_binary", $"{name}_X.bin"), 27_648, _ => [], random);
            byte[] labels = [.. Enumerable.Range(0, RecordsOfAFile).Select(i => (byte)(1 + (i % Classes)))];
            File.WriteAllBytes(folder.Combine("stl10_binary", $"{name}_y.bin"), labels);
        }

        File.WriteAllLines(folder.Combine("stl10_binary", "class_names.txt"), ClassNames);
        File.WriteAllLines(folder.Combine("stl10_binary", "fold_indices.txt"), Enumerable.Repeat("0 1 2 3 4 5 6 7 8 9", 10));
    }

    private static void WriteRecords(string path, int bytes, Func<int, byte[]> label, Random random)
    {
        using var file = File.Create(path);
        var pixels = new byte[bytes];
        for (var i = 0; i < RecordsOfAFile; i++)
        {
            random.NextBytes(pixels);
            file.Write(label(i));
            file.Write(pixels);
        }
    }

    /// <summary>Writes npy version 1.0: float32, rows x 10, a single one in each row.</summary>
    private static void WriteOneHot(string path, int rows)
    {
        var head = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {Classes}), }}".PadRight(117) + "\n";
        var bytes = new byte[10 + head.Length + (rows * Classes * sizeof(float))];
        byte[] magic = [0x93, .. "NUMPY"u8, 1, 0];
        magic.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)head.Length);
        Encoding.ASCII.GetBytes(head, bytes.AsSpan(10));
        for (var row = 0; row < rows; row++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(10 + head.Length + (((row * Classes) + (row % Classes)) * sizeof(float))), 1);
        }

        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Different colors, in the corners and the inside of the color cube.</summary>
    private static Palette Colors(int count)
    {
        var channels = Enumerable.Range(0, count).SelectMany(i => (int[])[i & 7, (i >> 3) & 7, i >> 6]);
        return Palette.FromColors([.. channels.Select(step => (byte)(36 * step))]);
    }
}
