using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Hosting;

/// <summary>The values of a label's keys: the annotation KeyValues of the label that a classifier was trained with.</summary>
internal abstract class ClassValues
{
    /// <summary>How to handle values of each type that a key can have.</summary>
    private static readonly IReadOnlyList<Kind> Kinds =
    [
        new Kind<ReadOnlyMemory<char>>(TextDataViewType.Instance, text => text.AsMemory(), value => value.ToString()),
        KindOf<bool>(BooleanDataViewType.Instance),
        KindOf<sbyte>(NumberDataViewType.SByte),
        KindOf<byte>(NumberDataViewType.Byte),
        KindOf<short>(NumberDataViewType.Int16),
        KindOf<ushort>(NumberDataViewType.UInt16),
        KindOf<int>(NumberDataViewType.Int32),
        KindOf<uint>(NumberDataViewType.UInt32),
        KindOf<long>(NumberDataViewType.Int64),
        KindOf<ulong>(NumberDataViewType.UInt64),
        KindOf<float>(NumberDataViewType.Single),
        KindOf<double>(NumberDataViewType.Double),
    ];

    /// <summary>The values, in the order of the keys, as text.</summary>
    internal abstract IReadOnlyList<string> Names { get; }

    /// <summary>The name of the values' type, for <see cref="Load"/>.</summary>
    internal abstract string TypeName { get; }

    /// <summary>Whether the values are text.</summary>
    internal abstract bool IsText { get; }

    /// <summary>Adds the values as an annotation, a known-sized vector.</summary>
    internal abstract void AddTo(DataViewSchema.Annotations.Builder annotations, string name);

    /// <summary>The values of a label column; null if it has none, or of an unsupported type, as annotations are hints.</summary>
    internal static ClassValues? Of(DataViewSchema.Column label)
        => label.Annotations.Schema.GetColumnOrNull(AnnotationNames.KeyValues)?.Type is VectorDataViewType vector && vector.Size == LabelColumn.Count(label)
            ? FindKind(vector.ItemType)?.Read(label)
            : null;

    /// <summary>The names of a label column's classes: its values as text or, if it has none, numbers.</summary>
    internal static IReadOnlyList<string> NamesOf(DataViewSchema.Column label, int firstNumber = 1)
        => Of(label)?.Names ?? [.. Enumerable.Range(firstNumber, LabelColumn.Count(label)).Select(number => $"{number}")];

    /// <summary>Placeholders for the values of a column of a schema shape, of which only the type is known.</summary>
    internal static ClassValues? Of(SchemaShape.Column label, int count)
    {
        var values = label.Annotations.Where(annotation => annotation.Name == AnnotationNames.KeyValues
            && annotation.Kind == SchemaShape.Column.VectorKind.Vector && !annotation.IsKey).ToList();
        return values.Count == 1 ? FindKind(values[0].ItemType)?.Default(count) : null;
    }

    /// <summary>Loads values that were saved as <see cref="TypeName"/> and <see cref="Names"/>; null if there were none.</summary>
    /// <exception cref="InvalidDataException">
    /// Their number is not that of the classes or is less than two, the type is unknown, or a value does not have that type.
    /// </exception>
    internal static ClassValues? Load(string? typeName, IReadOnlyList<string>? names, int classes)
    {
        if (classes < 2 || typeName is null != names is null || (names is not null && names.Count != classes))
        {
            throw new InvalidDataException($"It names {names?.Count ?? 0} values of {classes} classes.");
        }

        if (typeName is null || names is null)
        {
            return null;
        }

        var kind = Kinds.FirstOrDefault(kind => kind.Name == typeName)
            ?? throw new InvalidDataException($"Class values of the type '{typeName}' are not supported.");
        try
        {
            return kind.Parse(names);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new InvalidDataException($"A class value is not of the type {typeName}. {e.Message}", e);
        }
    }

    private static Kind? FindKind(DataViewType item) => Kinds.FirstOrDefault(kind => kind.Item.Equals(item));

    private static Kind<T> KindOf<T>(PrimitiveDataViewType item)
        where T : struct, IParsable<T>
        => new(item, text => T.Parse(text, CultureInfo.InvariantCulture), value => Convert.ToString(value, CultureInfo.InvariantCulture)!);

    private abstract class Kind(PrimitiveDataViewType item)
    {
        internal PrimitiveDataViewType Item => item;

        internal string Name => item.ToString()!;

        internal abstract ClassValues Read(DataViewSchema.Column label);

        internal abstract ClassValues Parse(IReadOnlyList<string> names);

        internal abstract ClassValues Default(int count);
    }

    private sealed class Kind<T>(PrimitiveDataViewType item, Func<string, T> parse, Func<T, string> format) : Kind(item)
    {
        internal Func<T, string> Format => format;

        internal override ClassValues Read(DataViewSchema.Column label)
        {
            VBuffer<T> values = default;
            label.Annotations.GetValue(AnnotationNames.KeyValues, ref values);
            return new Values<T>(this, [.. values.DenseValues()]);
        }

        internal override ClassValues Parse(IReadOnlyList<string> names) => new Values<T>(this, [.. names.Select(parse)]);

        internal override ClassValues Default(int count) => new Values<T>(this, new T[count]);
    }

    private sealed class Values<T>(Kind<T> kind, T[] values) : ClassValues
    {
        internal override IReadOnlyList<string> Names { get; } = [.. values.Select(kind.Format)];

        internal override string TypeName => kind.Name;

        internal override bool IsText => kind.Item is TextDataViewType;

        internal override void AddTo(DataViewSchema.Annotations.Builder annotations, string name)
            => annotations.Add(name, new VectorDataViewType(kind.Item, values.Length), (ref VBuffer<T> target)
                => new VBuffer<T>(values.Length, values).CopyTo(ref target));
    }
}
