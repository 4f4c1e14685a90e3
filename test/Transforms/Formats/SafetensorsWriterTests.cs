using System.Runtime.InteropServices;
using IGptMl.Formats;

namespace IGptMl.Tests.Formats;

[TestClass]
public sealed class SafetensorsWriterTests
{
    private static readonly WeightInfo[] Weights =
    [
        new("empty", WeightType.Float32, [0, 3]),
        new("a \"quoted\" name", WeightType.Float32, [2, 3]),
        new("half", WeightType.Float16, [1]),
        new("scalar", WeightType.Float32, []),
        new("none", WeightType.Float32, [0]),
    ];

    [TestMethod]
    public void Write_ForwardOnlyStream_ReadsBack()
    {
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["made by"] = "tést" };
        using var file = new MemoryStream();
        var writer = new SafetensorsWriter(new ForwardOnlyStream(file), Weights, metadata);
        Assert.AreEqual(0, file.Length % 8, "The tensors start at a multiple of eight.");
        writer.Write(Weights[1].Name, [1f, 2f]);
        writer.Write(Weights[1].Name, [3f, 4f, 5f, 6f]);
        writer.Write("half", MemoryMarshal.AsBytes<Half>([(Half)0.5f]));
        writer.Write("scalar", [7f]);
        writer.Complete();

        Assert.AreEqual(SafetensorsWriter.LengthOf(Weights, metadata), file.Length);
        file.Position = 0;
        using var reader = new SafetensorsReader(file, "x");
        Assert.AreSequenceEqual(Weights.Select(weight => weight.ToString()), reader.Weights.Select(weight => weight.ToString()));
        Assert.AreEqual("tést", reader.Metadata["made by"]);
        Assert.AreSequenceEqual([1f, 2, 3, 4, 5, 6], SafetensorsReaderTests.Floats(reader, Weights[1].Name));
        Assert.AreSequenceEqual([0.5f], SafetensorsReaderTests.Floats(reader, "half"));
        Assert.AreSequenceEqual([7f], SafetensorsReaderTests.Floats(reader, "scalar"));
    }

    [TestMethod]
    public void Write_CopyOfTheTinyModel_IsBitEqual()
    {
        using var source = SafetensorsReader.OpenFile(TestData.PathOf("tiny", "model.safetensors"));
        using var file = new MemoryStream();
        var writer = new SafetensorsWriter(file, source.Weights, source.Metadata);
        foreach (var weight in source.Weights)
        {
            writer.Write(weight.Name, SafetensorsReaderTests.Floats(source, weight.Name));
        }

        writer.Complete();
        Assert.AreSequenceEqual(File.ReadAllBytes(source.Source), file.ToArray());
    }

    [TestMethod]
    public void Write_NoTensors_IsAValidFile()
    {
        using var file = new MemoryStream();
        new SafetensorsWriter(file, []).Complete();
        file.Position = 0;
        using var reader = new SafetensorsReader(file, "x");
        Assert.IsEmpty(reader.Weights);
    }

    [TestMethod]
    public void Write_OutOfTurnOrTooMuchOrTooLittle_Refuses()
    {
        var writer = new SafetensorsWriter(new MemoryStream(), Weights);

        Assert.Contains("'scalar'", Assert.ThrowsExactly<InvalidOperationException>(() => writer.Write("scalar", [1f])).Message);
        Assert.ThrowsExactly<ArgumentException>(() => writer.Write(Weights[1].Name, new float[7]));
        writer.Write(Weights[1].Name, new float[6]);
        Assert.ThrowsExactly<ArgumentException>(() => writer.Write("half", [1f]));
        Assert.Contains("'half'", Assert.ThrowsExactly<InvalidOperationException>(writer.Complete).Message);
        writer.Write("half", new byte[2]);
        writer.Write("scalar", [1f]);
        Assert.ThrowsExactly<InvalidOperationException>(() => writer.Write("scalar", [1f]));
    }

    [TestMethod]
    public void Constructor_RepeatedOrReservedName_Refuses()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new SafetensorsWriter(new MemoryStream(), [Weights[1], Weights[1]]));
        Assert.ThrowsExactly<ArgumentException>(() => new SafetensorsWriter(new MemoryStream(), [Weights[1] with { Name = "__metadata__" }]));
    }
}
