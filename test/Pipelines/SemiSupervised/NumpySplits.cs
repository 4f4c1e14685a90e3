using System.Text.Json;

namespace IGptMl.Tests.SemiSupervised;

/// <summary>Reference values from NumPy.</summary>
internal sealed record NumpySplits(NumpySplits.Shuffle[] Shuffles, NumpySplits.Split[] Splits)
{
    internal static NumpySplits Values { get; } = JsonSerializer.Deserialize<NumpySplits>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "numpy", "splits.json")),
        new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
        })!;

    internal sealed record Shuffle(uint Seed, int N, int[] Order);

    internal sealed record Split(int Seed, int Size, int[] Rows);
}
