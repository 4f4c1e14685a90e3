using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.FineTuning;

/// <summary>Rows of tokens with classes of any type, which ML.NET maps to keys: "Name", "Class", "Label", "Tokens" and "Features" (two values).</summary>
internal static class ClassRows
{
    /// <summary>Classes of text.</summary>
    internal static IDataView Keyed(MLContext context, Func<int, string> value, int rows = 21)
        => Keyed(context, TextDataViewType.Instance, row => value(row).AsMemory(), rows);

    /// <summary>Classes of another type.</summary>
    internal static IDataView Keyed<T>(MLContext context, DataViewType type, Func<int, T> value, int rows = 21)
    {
        var view = new TableView(rows)
            .Add("Name", TextDataViewType.Instance, row => $"row {row}".AsMemory())
            .Add("Class", type, value)
            .AddVector("Tokens", TokenRows.Type, TokenRows.Keys)
            .AddVector("Features", new VectorDataViewType(NumberDataViewType.Single, 2), row => (float[])[row % 3, row % 5]);
        return context.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(view).Transform(view);
    }
}
