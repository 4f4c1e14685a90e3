using IGptMl.Data;

namespace Microsoft.ML;

/// <summary>Collection of extension methods for <see cref="DataOperationsCatalog"/> that repeat rows.</summary>
public static class RowRepetitionCatalog
{
    /// <summary>
    /// Gives all rows several times, one pass after the other. Transforms whose values are random by row see other rows in each pass: behind this,
    /// <c>QuantizeToPalette</c> with <c>ImageCropping.RandomCrop</c> gives several crops of every image, as the paper trains on them.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="input">The rows. Their ids are kept in the first pass.</param>
    /// <param name="times">The number of passes, 1 or more.</param>
    /// <returns>The rows, lazily.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="times"/> is less than 1.</exception>
    public static IDataView RepeatRows(this DataOperationsCatalog catalog, IDataView input, int times)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        return new RepeatedDataView(input, times);
    }
}
