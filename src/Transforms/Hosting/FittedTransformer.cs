using Microsoft.ML;

namespace IGptMl.Hosting;

/// <summary>The last step of estimators that learn nothing from the rows.</summary>
internal static class FittedTransformer
{
    /// <summary>The transformer, if the data's columns fit it; otherwise it is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    internal static T CheckedFor<T>(this T transformer, IDataView input)
        where T : RowTransformerBase
    {
        try
        {
            transformer.GetOutputSchema(input.Schema);
            return transformer;
        }
        catch
        {
            (transformer as IDisposable)?.Dispose();
            throw;
        }
    }
}
