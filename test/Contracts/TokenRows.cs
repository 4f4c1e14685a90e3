using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

/// <summary>
/// Rows of tokens for <see cref="TinyImageGpt"/>: "Name" (text), "Label" (key of 2), "Tokens" and "Decoy" (Vector&lt;Key&lt;UInt16, 8&gt;, 16&gt;).
/// </summary>
public static class TokenRows
{
    public const int Colors = 8;

    public const int Context = 16;

    public static VectorDataViewType Type { get; } = TypeOf(Colors, Context);

    public static VectorDataViewType TypeOf(int colors, int context) => new(new KeyDataViewType(typeof(ushort), colors), context);

    /// <summary>Rows whose tokens follow by a rule from a random first token, so that a model can learn them. Keys are 1-based.</summary>
    public static TableView Create(int rows = 21, Func<int, bool>? missing = null, Func<int, bool>? labeled = null)
    {
        return new TableView(rows)
            .Add("Name", TextDataViewType.Instance, row => $"row {row}".AsMemory())
            .Add("Label", new KeyDataViewType(typeof(uint), 2), row => labeled?.Invoke(row) == false ? 0 : (uint)(1 + (row % 2)))
            .AddVector("Tokens", Type, row => missing?.Invoke(row) == true ? null : Keys(row))
            .AddVector("Decoy", Type, row => Keys(row + 1000));
    }

    public static ushort[] Keys(int row)
    {
        var random = new Random(row);
        var keys = new ushort[Context];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = i == 0 || random.Next(4) == 0 ? (ushort)(1 + random.Next(Colors)) : (ushort)(1 + (keys[i - 1] % Colors));
        }

        return keys;
    }
}
