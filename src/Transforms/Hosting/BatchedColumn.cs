using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Hosting;

/// <summary>An output column of a <see cref="BatchedMapping"/>: a slice of the values that are computed for a row.</summary>
internal abstract class BatchedColumn
{
    /// <summary>The name, type and annotations.</summary>
    internal abstract DataViewSchema.DetachedColumn Definition { get; }

    /// <summary>Whether the getter also reads the mapping's input column of the row.</summary>
    internal virtual bool ReadsInput => false;

    /// <summary>Creates a getter that reads the current row's values from <paramref name="current"/>; <paramref name="input"/> is the input row.</summary>
    internal abstract Delegate CreateGetter(DataViewRow input, Func<ReadOnlyMemory<float>> current);

    /// <summary>A vector of <paramref name="length"/> values from <paramref name="start"/> on.</summary>
    internal static BatchedColumn Vector(DataViewSchema.DetachedColumn definition, int start, int length) => new VectorColumn(definition, start, length);

    /// <summary>The single value at <paramref name="start"/>.</summary>
    internal static BatchedColumn Scalar(string name, int start)
        => new ScalarColumn(new DataViewSchema.DetachedColumn(name, NumberDataViewType.Single, null), start);

    /// <summary>
    /// The 1-based key of the highest of <paramref name="length"/> values from <paramref name="start"/> on, the first of equals; missing if one is NaN.
    /// </summary>
    internal static BatchedColumn ArgMax(DataViewSchema.DetachedColumn definition, int start, int length) => new ArgMaxColumn(definition, start, length);

    private sealed class VectorColumn(DataViewSchema.DetachedColumn definition, int start, int length) : BatchedColumn
    {
        internal override DataViewSchema.DetachedColumn Definition => definition;

        internal override Delegate CreateGetter(DataViewRow input, Func<ReadOnlyMemory<float>> current)
        {
            void Get(ref VBuffer<float> value)
            {
                var editor = VBufferEditor.Create(ref value, length);
                current().Span.Slice(start, length).CopyTo(editor.Values);
                value = editor.Commit();
            }

            return (ValueGetter<VBuffer<float>>)Get;
        }
    }

    private sealed class ScalarColumn(DataViewSchema.DetachedColumn definition, int start) : BatchedColumn
    {
        internal override DataViewSchema.DetachedColumn Definition => definition;

        internal override Delegate CreateGetter(DataViewRow input, Func<ReadOnlyMemory<float>> current)
        {
            void Get(ref float value) => value = current().Span[start];
            return (ValueGetter<float>)Get;
        }
    }

    private sealed class ArgMaxColumn(DataViewSchema.DetachedColumn definition, int start, int length) : BatchedColumn
    {
        internal override DataViewSchema.DetachedColumn Definition => definition;

        internal override Delegate CreateGetter(DataViewRow input, Func<ReadOnlyMemory<float>> current)
        {
            void Get(ref uint value) => value = Key(current().Span.Slice(start, length));
            return (ValueGetter<uint>)Get;
        }

        private static uint Key(ReadOnlySpan<float> numbers)
        {
            var best = 0;
            for (var i = 0; i < numbers.Length; i++)
            {
                if (float.IsNaN(numbers[i]))
                {
                    return 0;
                }

                best = numbers[i] > numbers[best] ? i : best;
            }

            return (uint)(best + 1);
        }
    }
}
