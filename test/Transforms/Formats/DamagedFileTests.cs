using System.Text;
using IGptMl.Formats;
using IGptMl.Models;
using IGptMl.Tests.Models;

namespace IGptMl.Tests.Formats;

/// <summary>Reading a damaged file ends quickly, with values or an InvalidDataException, and needs memory in proportion to the file size.</summary>
[TestClass]
public sealed class DamagedFileTests
{
    private const int Cases = 3000;
    private const int TimeoutMilliseconds = 20_000;

    [TestMethod]
    [Timeout(TimeoutMilliseconds, CooperativeCancellation = true)]
    public void Safetensors_Damaged_ReadsOrRefuses()
    {
        var file = Safetensors();
        Run(seed: 1, Cases, file, bytes => ReadAll(new SafetensorsReader(new MemoryStream(bytes), "x")));
        Run(seed: 2, Cases, file, bytes => SafetensorsReader.ReadAll(new ForwardOnlyStream(new MemoryStream(bytes), mostBytes: 100), "x", _ => { }));
        var model = File.ReadAllBytes(TestData.PathOf("tiny", "model.safetensors"));
        Run(seed: 3, Cases / 10, model, bytes => ReadAll(new SafetensorsReader(new MemoryStream(bytes), "x")));
    }

    [TestMethod]
    [Timeout(TimeoutMilliseconds, CooperativeCancellation = true)]
    public void ShardIndex_Damaged_ReadsOrRefuses()
    {
        var folder = Directory.CreateTempSubdirectory("igpt-damaged-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "m-1.safetensors"), Safetensors());
            var path = Path.Combine(folder, "index.json");
            var index = """{"metadata":{"total_size":1},"weight_map":{"a":"m-1.safetensors","b":"m-1.safetensors"}}""";
            Run(seed: 4, Cases / 3, Encoding.UTF8.GetBytes(index), bytes =>
            {
                File.WriteAllBytes(path, bytes);
                ReadAll(ShardedReader.OpenFile(path));
            }, sizeBeside: 1000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    [Timeout(TimeoutMilliseconds, CooperativeCancellation = true)]
    public void PyTorch_Damaged_ReadsOrRefuses(bool legacy)
    {
        var builder = new TorchFileBuilder { IsLegacy = legacy };
        builder.Storage("0", [.. Enumerable.Range(0, 24).Select(i => (float)i)]).Storage("1", 2, new byte[20]);
        builder.Tensor("whole", "FloatStorage", "0", 24, 0, [2, 3, 4], [12, 4, 1]);
        builder.Tensor("transposed", "FloatStorage", "0", 24, 4, [4, 2], [1, 4]);
        builder.Tensor("half", "HalfStorage", "1", 10, 2, [3], [1]);
        Run(seed: 5, 2 * Cases, builder.Build(), bytes => ReadAll(PyTorchReader.Open(new MemoryStream(bytes), "x")));
        if (!legacy)
        {
            var file = File.ReadAllBytes(TestData.PathOf("tiny", "pytorch_model.bin"));
            Run(seed: 6, Cases / 10, file, bytes => ReadAll(PyTorchReader.Open(new MemoryStream(bytes), "x")));
        }
    }

    [TestMethod]
    [Timeout(TimeoutMilliseconds, CooperativeCancellation = true)]
    public void Pickle_RandomInstructions_ReadsOrRefuses()
    {
        // Random sequences of supported instructions reach further than damaged files do.
        var random = new Random(7);
        byte[][] parts =
        [
            .. "(.N)tRQbuse}]".Select(letter => (byte[])[(byte)letter]),
                [0x85], [0x86], [0x87], [0x88], [(byte)'K', 1], [(byte)'J', 0xFF, 0xFF, 0xFF, 0xFF], [0x8A, 1, 5],
            [(byte)'q', 0], [(byte)'q', 1], [(byte)'h', 0], [(byte)'h', 1], TorchFileBuilder.TextBytes("storage"), TorchFileBuilder.TextBytes("0"),
            TorchFileBuilder.GlobalBytes("torch", "FloatStorage"), TorchFileBuilder.GlobalBytes("torch._utils", "_rebuild_tensor_v2"),
            TorchFileBuilder.GlobalBytes("torch._utils", "_rebuild_parameter"), TorchFileBuilder.GlobalBytes("collections", "OrderedDict"),
        ];
        var builder = new TorchFileBuilder();
        for (var i = 0; i < Cases; i++)
        {
            builder.Pickle = [0x80, 2, .. Enumerable.Range(0, random.Next(1, 60)).SelectMany(_ => parts[random.Next(parts.Length)]), (byte)'.'];
            Check(i, builder.Build(), bytes => ReadAll(PyTorchReader.Open(new MemoryStream(bytes), "x")), 0);
        }
    }

    [TestMethod]
    [DataRow("}", DisplayName = "dictionaries")]
    [DataRow("]", DisplayName = "lists")]
    [DataRow("(", DisplayName = "marks")]
    [DataRow("(t", DisplayName = "tuples")]
    [DataRow("h\u0000h\u0001R", DisplayName = "one tensor of many axes")]
    public void Pickle_OneInstructionManyTimes_TakesMemoryInProportion(string instructions)
    {
        byte[] axes = [(byte)'(', .. Enumerable.Repeat((byte[])[(byte)'K', 1], 16).SelectMany(axis => axis), (byte)'t'];
        byte[] storage =
        [
            (byte)'(', .. TorchFileBuilder.TextBytes("storage"), .. TorchFileBuilder.GlobalBytes("torch", "FloatStorage"), .. TorchFileBuilder.TextBytes("0"),
            .. TorchFileBuilder.TextBytes("cpu"), (byte)'K', 1, (byte)'t', (byte)'Q',
        ];
        var file = new TorchFileBuilder
        {
            Pickle =
            [
                0x80, 2, .. TorchFileBuilder.GlobalBytes("torch._utils", "_rebuild_tensor_v2"), (byte)'q', 0,
                (byte)'(', .. storage, (byte)'K', 0, .. axes, .. axes, (byte)'t', (byte)'q', 1,
                .. Enumerable.Repeat(instructions.Select(letter => (byte)letter).ToArray(), 100_000).SelectMany(letters => letters), (byte)'.',
            ],
        }.Build();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<InvalidDataException>(() => PyTorchReader.Open(new MemoryStream(file), "x"));
        Assert.IsLessThan(100L * file.Length, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [Timeout(TimeoutMilliseconds, CooperativeCancellation = true)]
    public void TensorFlow_Damaged_ReadsOrRefuses()
    {
        var builder = new TensorFlowFileBuilder()
            .Variable("v", 1, [2, 3], new byte[24])
            .Variable("v/Adam", 1, [2, 3], new byte[24])
            .Variable("w", 19, [5], new byte[10]);
        var index = builder.Index();
        var data = builder.Data();
        Run(seed: 8, Cases, index, bytes => ReadAll(TensorFlowFiles.Open(bytes, data)), data.Length);

        // The same with valid checksums, to get past their check.
        Run(seed: 9, Cases, index, bytes =>
        {
            builder.Reseal(bytes);
            ReadAll(TensorFlowFiles.Open(bytes, data));
        }, data.Length);
        Run(seed: 10, Cases / 3, data, bytes => ReadAll(TensorFlowFiles.Open(index, bytes)), index.Length);
        var shards = Enumerable.Range(0, 3)
            .Select(shard => File.ReadAllBytes(TestData.PathOf("tiny-tf", $"model.ckpt-1000.data-{shard:D5}-of-00003")))
            .ToArray();
        var shardedIndex = File.ReadAllBytes(TestData.PathOf("tiny-tf", "model.ckpt-1000.index"));
        Run(seed: 11, Cases / 3, shardedIndex, bytes => ReadAll(TensorFlowFiles.Open(bytes, shards)), shards.Sum(shard => shard.Length));
    }

    [TestMethod]
    [Timeout(TimeoutMilliseconds, CooperativeCancellation = true)]
    public void Npy_Damaged_ReadsOrRefuses()
    {
        using var file = new MemoryStream();
        NpyFormat.Write(file, new float[24], 8, 3);
        Run(seed: 12, Cases, file.ToArray(), bytes => NpyFormat.Read(new MemoryStream(bytes), "x"));
        Run(seed: 13, Cases, file.ToArray(), bytes => NpyFormat.Read(new ForwardOnlyStream(new MemoryStream(bytes), mostBytes: 100), "x"));
        var palette = File.ReadAllBytes(TestData.PathOf("openai-palette", "kmeans_centers.npy"));
        Run(seed: 14, Cases / 3, palette, bytes => Palette.Read(new MemoryStream(bytes), "x"));
    }

    [TestMethod]
    [Timeout(TimeoutMilliseconds, CooperativeCancellation = true)]
    public void HuggingFaceSettings_Damaged_ReadOrRefused()
    {
        using var folder = new TinyFolder();
        var (config, processor) = (folder.Combine("config.json"), folder.Combine("preprocessor_config.json"));
        var architecture = HuggingFaceConfig.Read(config);
        Run(seed: 15, Cases / 3, File.ReadAllBytes(config), bytes =>
        {
            File.WriteAllBytes(config, bytes);
            HuggingFaceConfig.Read(config);
        });
        Run(seed: 16, Cases / 3, File.ReadAllBytes(processor), bytes =>
        {
            File.WriteAllBytes(processor, bytes);
            HuggingFaceProcessor.Read(processor, architecture, PaletteRange.Detect);
        });
    }

    [TestMethod]
    public void Truncated_AtEveryByte_Refuses()
    {
        var builder = new TensorFlowFileBuilder().Variable("v", 1, [2], new byte[8]);
        var (index, data) = (builder.Index(), builder.Data());
        var torch = new TorchFileBuilder().Storage("0", 1f, 2f).Tensor("t", "FloatStorage", "0", 2, 0, [2], [1]).Build();
        var legacy = new TorchFileBuilder { IsLegacy = true }.Storage("0", 1f, 2f).Tensor("t", "FloatStorage", "0", 2, 0, [2], [1]).Build();
        EveryPrefix(Safetensors(), bytes => ReadAll(new SafetensorsReader(new MemoryStream(bytes), "x")));
        EveryPrefix(torch, bytes => ReadAll(PyTorchReader.Open(new MemoryStream(bytes), "x")));
        EveryPrefix(legacy, bytes => ReadAll(PyTorchReader.Open(new MemoryStream(bytes), "x")));
        EveryPrefix(index, bytes => ReadAll(TensorFlowFiles.Open(bytes, data)));
        EveryPrefix(data, bytes => ReadAll(TensorFlowFiles.Open(index, bytes)));

        static void EveryPrefix(byte[] file, Action<byte[]> read)
        {
            read(file);
            for (var length = 0; length < file.Length; length++)
            {
                Assert.ThrowsExactly<InvalidDataException>(() => read(file[..length]), $"{length} of {file.Length} bytes");
            }
        }
    }

    private void Run(int seed, int cases, byte[] file, Action<byte[]> read, int sizeBeside = 0)
    {
        var mutations = new Mutations(seed);
        read(file);
        var refused = 0;
        for (var i = 0; i < cases; i++)
        {
            refused += Check(i, mutations.Apply(file), read, sizeBeside) ? 0 : 1;
        }

        // If every file or no file were refused, the mutations would test little.
        Assert.IsTrue(refused > cases / 4, $"{refused} of {cases} damaged files were refused.");
    }

    private static bool Check(int number, byte[] file, Action<byte[]> read, int sizeBeside)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isRead = true;
        try
        {
            read(file);
        }
        catch (InvalidDataException)
        {
            isRead = false;
        }
        catch (Exception exception) when (exception is not UnitTestAssertException)
        {
            Assert.Fail($"Case {number} ({file.Length} bytes, {Convert.ToBase64String(file.AsSpan(0, Math.Min(file.Length, 2000)))}): {exception}");
        }

        // .NET's zip reader rents a buffer for a whole directory record, up to 192 KiB. Streams, readers, exceptions and one chunk take less than the rest.
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.IsLessThan((384 * 1024) + (8L * (file.Length + sizeBeside)), allocated, $"Case {number}: bytes allocated for a file of {file.Length} bytes.");
        return isRead;
    }

    private static void ReadAll(WeightReader reader)
    {
        using (reader)
        {
            foreach (var weight in reader.Weights)
            {
                using var data = reader.OpenTensor(weight.Name);
                data.SkipRemaining();
            }
        }
    }

    private static byte[] Safetensors()
    {
        WeightInfo[] weights = [new("a", WeightType.Float32, [2, 3]), new("b", WeightType.Float16, [7]), new("c", WeightType.Int64, [])];
        using var file = new MemoryStream();
        var writer = new SafetensorsWriter(file, weights, new Dictionary<string, string> { ["format"] = "pt" });
        foreach (var weight in weights)
        {
            writer.Write(weight.Name, new byte[weight.ByteCount]);
        }

        writer.Complete();
        return file.ToArray();
    }
}
