using IGptMl.Data;
using IGptMl.Formats;
using IGptMl.Hosting;

namespace Microsoft.ML;

/// <summary>Collection of extension methods for <see cref="DataOperationsCatalog"/> that save columns for NumPy.</summary>
public static class NpyDataCatalog
{
    /// <summary>Writes a column to an npy file, which NumPy's <c>load</c> reads: one row of the array for each row of the data.</summary>
    /// <remarks>
    /// Numeric values keep their type, and a vector its dimensions: features become float32 (rows, features). Keys are 0-based in the file, unlike in ML.NET:
    /// tokens become uint16 (rows, tokens), which LoadTokenArray reads, and labels int32 (rows). Rows are written as they are computed; none is kept in memory.
    /// </remarks>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="data">The rows.</param>
    /// <param name="path">The file. An existing file is replaced only when the new one is complete. Its folder must exist.</param>
    /// <param name="columnName">The column: Single, Double, Byte, UInt16, Int32, Int64 or a key, or a known-size vector of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    /// <exception cref="InvalidDataException">A key is missing, such as the tokens of a row without an image.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <example>
    /// <code language="csharp">
    /// ml.Data.SaveAsNpy(tokens, "tokens.npy", "Tokens"); // uint16, rows x tokens
    /// </code>
    /// </example>
    public static void SaveAsNpy(this DataOperationsCatalog catalog, IDataView data, string path, string columnName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var column = Require(catalog, data, columnName);
        AtomicFile.Write(path, column.Write);
    }

    /// <summary>Writes a column to a stream in npy format.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="data">The rows. If neither the view has a row count nor the stream can seek, they are counted first.</param>
    /// <param name="stream">Receives the array; it stays open.</param>
    /// <param name="columnName">The column: Single, Double, Byte, UInt16, Int32, Int64 or a key, or a known-size vector of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    /// <exception cref="InvalidDataException">A key is missing, such as the tokens of a row without an image.</exception>
    /// <example>
    /// <code language="csharp">
    /// using var stream = File.Create("tokens.npy");
    /// ml.Data.SaveAsNpy(tokens, stream, "Tokens");
    /// </code>
    /// </example>
    public static void SaveAsNpy(this DataOperationsCatalog catalog, IDataView data, Stream stream, string columnName)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Require(catalog, data, columnName).Write(stream);
    }

    private static NpyColumn Require(DataOperationsCatalog catalog, IDataView data, string columnName)
    {
        var host = HostSettings.Register(CatalogEnvironment.Of(catalog), nameof(SaveAsNpy));
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(columnName);
        return NpyColumn.Require(data, host, columnName);
    }
}
