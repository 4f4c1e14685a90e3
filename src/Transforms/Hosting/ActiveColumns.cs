using Microsoft.ML;

namespace IGptMl.Hosting;

/// <summary>The columns that were requested of a cursor, by index.</summary>
internal sealed class ActiveColumns
{
    private readonly bool[] _active;

    private ActiveColumns(bool[] active) => _active = active;

    /// <summary>The requested columns of the schema.</summary>
    internal static ActiveColumns Of(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var active = new bool[schema.Count];
        foreach (var column in columns.Where(c => c.Index < active.Length))
        {
            active[column.Index] = true;
        }

        return new ActiveColumns(active);
    }

    internal bool Contains(int index) => index < _active.Length && _active[index];

    /// <summary>Whether any column from <paramref name="start"/> on is active.</summary>
    internal bool AnyFrom(int start) => _active.AsSpan(start).Contains(true);

    /// <summary>Rejects a column that was not requested, as ML.NET's cursors do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is not active.</exception>
    internal void Check(DataViewSchema.Column column)
    {
        if (!Contains(column.Index))
        {
            throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' was not requested when the cursor was created.");
        }
    }

    /// <summary>Casts a getter to the requested type.</summary>
    /// <exception cref="InvalidOperationException">The getter has another type.</exception>
    internal static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column)
        => getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException(
                $"Invalid TValue: '{typeof(TValue)}' of the getter of column '{column.Name}', whose type is '{column.Type.RawType}'.");
}
