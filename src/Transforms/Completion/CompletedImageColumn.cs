using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Completion;

/// <summary>The output column of one completion, as an image of the model's size.</summary>
/// <param name="definition">The definition of the column.</param>
/// <param name="pixels">Converts tokens to pixels.</param>
/// <param name="completion">The index of the completion, from 0.</param>
/// <param name="create">Creates the image from the completion's tokens.</param>
internal sealed class CompletedImageColumn(DataViewSchema.DetachedColumn definition, CompletedPixels pixels, int completion,
    CompletedImageColumn.ImageOfTokens create) : BatchedColumn
{
    internal delegate MLImage ImageOfTokens(ReadOnlySpan<ushort> tokens);

    internal override DataViewSchema.DetachedColumn Definition => definition;

    internal override Delegate CreateGetter(DataViewRow input, Func<ReadOnlyMemory<float>> current)
    {
        var tokens = new ushort[pixels.ContextLength];
        return ImageColumn.CreateGetter(() => TryRead(current().Span, completion, tokens) ? create(tokens) : null);
    }

    /// <summary>Reads the tokens of a completion from a row's values; false if the row has none.</summary>
    internal static bool TryRead(ReadOnlySpan<float> numbers, int completion, Span<ushort> tokens)
    {
        var own = numbers.Slice(completion * tokens.Length, tokens.Length);
        if (float.IsNaN(own[0]))
        {
            return false;
        }

        for (var i = 0; i < own.Length; i++)
        {
            tokens[i] = (ushort)own[i];
        }

        return true;
    }
}
