using IGptMl.Formats;
using IGptMl.Network;
using IGptMl.Tests.Formats;
using TorchSharp;

namespace IGptMl.Tests.Network;

/// <summary>A model of another implementation, with its computed values.</summary>
internal sealed class ReferenceModel : IDisposable
{
    private readonly string _name;
    private readonly SafetensorsReader _values;

    public ReferenceModel(string name)
    {
        _name = name;
        Model = ImageGptModel.Load(TestData.PathOf(name));
        _values = SafetensorsReader.OpenFile(PathOf("reference.safetensors"));
        Network = NetworkWeights.Copy(Model.On(torch.CPU), torch.CPU);
        Tokens = torch.tensor(Integers("tokens"), [3, Config.ContextLength]);
    }

    /// <summary>
    /// The models, with head sizes of 8, 16, 32 and 64. CPU kernels need a multiple of the register width, so they only run for some of these.
    /// </summary>
    public static IEnumerable<string> Names => ["tiny", "small", "wide-heads/heads32", "wide-heads/heads64"];

    /// <summary>The model as loaded.</summary>
    public ImageGptModel Model { get; }

    public ImageGptConfig Config => Model.Config;

    /// <summary>A copy of the network that can be trained.</summary>
    public ImageGptNetwork Network { get; }

    /// <summary>The sequences, (3, T) int64.</summary>
    public torch.Tensor Tokens { get; }

    /// <summary>A file or folder of the model's folder.</summary>
    public string PathOf(string file) => TestData.PathOf(_name, file);

    public float[] Values(string name) => SafetensorsReaderTests.Floats(_values, name);

    public long[] Integers(string name)
    {
        Assert.IsTrue(_values.TryFind(name, out var found), name);
        var integers = new long[found.Count];
        _values.ReadInt64(name, integers);
        return integers;
    }

    public void Dispose()
    {
        Tokens.Dispose();
        Network.Dispose();
        _values.Dispose();
        Model.Dispose();
    }
}
