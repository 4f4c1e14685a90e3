using IGptMl.Formats;

namespace IGptMl.Tests.Formats;

/// <summary>Opens TensorFlow checkpoints that are in memory.</summary>
internal static class TensorFlowFiles
{
    internal static TensorFlowReader Open(this TensorFlowFileBuilder builder) => Open(builder.Index(), builder.Data());

    internal static TensorFlowReader Open(byte[] index, params byte[][] shards) => TensorFlowReader.Open("m", path =>
    {
        for (var i = 0; i < shards.Length; i++)
        {
            if (path == $"m.data-{i:D5}-of-{shards.Length:D5}")
            {
                return new MemoryStream(shards[i]);
            }
        }

        return path == "m.index" ? new MemoryStream(index) : throw new FileNotFoundException(path);
    });
}
