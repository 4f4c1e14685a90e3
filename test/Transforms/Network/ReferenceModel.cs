using IGptMl.Formats;
using IGptMl.Network;
using IGptMl.Tests.Formats;
using TorchSharp;

namespace IGptMl.Tests.Network;

/// <summary>A model of another implementation, with the values that it computed.</summary>
internal sealed class ReferenceModel : IDisposable
{
    private readonly ImageGptModel _model;
    private readonly SafetensorsReader _values;

    public ReferenceModel(string name)
    {
        _model = ImageGptModel.Load(TestData.PathOf(name));
        _values = SafetensorsReader.OpenFile(TestData.PathOf(name, "reference.safetensors"));
        Network = NetworkWeights.Copy(_model.On(torch.CPU), torch.CPU);
        Tokens = torch.tensor(Integers("tokens"), [3, Config.ContextLength]);
    }

    public ImageGptConfig Config => _model.Config;

    /// <summary>A copy of the network that can be trained.</summary>
    public ImageGptNetwork Network { get; }

    /// <summary>The sequences, (3, T) int64.</summary>
    public torch.Tensor Tokens { get; }

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
        _model.Dispose();
    }
}
