using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Completion;

/// <summary>The output column of one completion, composed into the row's own image at that image's size.</summary>
/// <param name="definition">The definition of the column.</param>
/// <param name="pixels">Composes the image.</param>
/// <param name="completion">The index of the completion, from 0.</param>
/// <param name="findInput">Finds the column of the row's own image.</param>
internal sealed class ComposedImageColumn(DataViewSchema.DetachedColumn definition, CompletedPixels pixels, int completion, Func<DataViewSchema,
    DataViewSchema.Column> findInput) : BatchedColumn
{
    internal override DataViewSchema.DetachedColumn Definition => definition;

    internal override bool ReadsInput => true;

    internal override Delegate CreateGetter(DataViewRow input, Func<ReadOnlyMemory<float>> current)
    {
        var getOriginal = input.GetGetter<MLImage>(findInput(input.Schema));
        var tokens = new ushort[pixels.ContextLength];
        MLImage? original = null; // the input owns it: see ResizedImages
        return ImageColumn.CreateGetter(() =>
        {
            if (!CompletedImageColumn.TryRead(current().Span, completion, tokens))
            {
                return null;
            }

            getOriginal(ref original!);
            return original is null ? null : pixels.Compose(original, tokens);
        });
    }
}
