using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Benchmarks;

/// <summary>Rows of random tokens and labels in memory.</summary>
internal static class TokenData
{
    internal const int Classes = 10;

    internal static Row[] Rows(ImageGptConfig config, int count)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, count).Select(row => new Row
            {
                Label = (uint)(1 + (row % Classes)),
                Tokens = [.. Enumerable.Range(0, config.ContextLength).Select(_ => (ushort)(1 + random.Next(config.Colors)))], // keys are 1-based
            }),
        ];
    }

    internal static IDataView View(MLContext ml, ImageGptConfig config, Row[] rows) => ml.Data.LoadFromEnumerable(rows, Schema(config));

    internal static IDataView View(MLContext ml, ImageGptConfig config, int count) => View(ml, config, Rows(config, count));

    /// <summary>The types of the columns "Label" and "Tokens".</summary>
    internal static SchemaDefinition Schema(ImageGptConfig config)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), Classes);
        schema[nameof(Row.Tokens)].ColumnType = new VectorDataViewType(new KeyDataViewType(typeof(ushort), config.Colors), config.ContextLength);
        return schema;
    }

    internal sealed class Row
    {
        public uint Label { get; set; }

        public ushort[] Tokens { get; set; } = [];
    }
}
