using IGptMl.Tests.Contracts;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

/// <summary>The contract of DecodeImages for files given as paths.</summary>
[TestClass]
public sealed class DecodeImagePathTests : DecodeImageContentTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override TableView CreateData()
    {
        var (paths, decoys) = (Write("image", 0), Write("decoy", 1000));
        return new TableView(paths.Length)
            .Add("Name", TextDataViewType.Instance, row => $"row {row}".AsMemory())
            .Add("Label", new KeyDataViewType(typeof(uint), 2), row => (uint)(1 + (row % 2)))
            .Add(InputColumn, TextDataViewType.Instance, row => row == 6 ? ReadOnlyMemory<char>.Empty : paths[row].AsMemory())
            .Add("Decoy", TextDataViewType.Instance, row => decoys[row].AsMemory());
    }

    public void Dispose() => _folder.Dispose();

    private string[] Write(string name, int seed) =>
        [.. Enumerable.Range(0, 21).Select(row => _folder.Write($"{name}{row}.png", EncodedImages.Png(seed + row)))];
}
