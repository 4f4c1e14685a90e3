using IGptMl.Batches;
using IGptMl.Data;
using IGptMl.Hosting;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Token files: images that are quantized once and stored as two bytes per token, instead of being quantized in every pass.</summary>
public static class TokenDataCatalog
{
    private const string LabelRole = "label";

    /// <summary>Writes a column of tokens to a file, together with their palette and cropping, and labels if given.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="data">The rows, such as the output of QuantizeToPalette. A row without an image is stored as such.</param>
    /// <param name="path">The file. An existing file is replaced only when the new one is complete. Its folder must exist.</param>
    /// <param name="tokenColumnName">The column of tokens: <c>Vector&lt;Key&lt;UInt16, K&gt;, T&gt;</c>.</param>
    /// <param name="labelColumnName">The column of labels, <c>Key&lt;UInt32&gt;</c>, whose KeyValues become the class names; null to write no labels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of another type.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <example>
    /// <code language="csharp">
    /// ml.Data.SaveTokens(tokens, "photos.tokens", labelColumnName: "Label");
    /// </code>
    /// </example>
    public static void SaveTokens(
        this DataOperationsCatalog catalog,
        IDataView data,
        string path,
        string tokenColumnName = "Tokens",
        string? labelColumnName = null)
    {
        var host = HostSettings.Register(CatalogEnvironment.Of(catalog), nameof(SaveTokens));
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var tokenColumn = TokenColumn.Require(data.Schema, host, tokenColumnName, null, null);
        DataViewSchema.Column? labelColumn = labelColumnName is null ? null : SchemaErrors.Require(data.Schema, host, LabelRole, labelColumnName);
        if (labelColumn is { } label && (label.Type is not KeyDataViewType { Count: <= int.MaxValue } key || key.RawType != typeof(uint)))
        {
            throw SchemaErrors.Mismatch(host, LabelRole, label.Name, "Key<UInt32>", label.Type.ToString() ?? string.Empty);
        }

        var (colors, context) = TokenColumn.Sizes(tokenColumn);
        using var writer = new TokenFileWriter(path, colors, context, data.GetRowCount());
        var labels = labelColumn is null ? null : new List<int>();
        DataViewSchema.Column[] columns = labelColumn is { } second ? [tokenColumn, second] : [tokenColumn];
        using (var cursor = data.GetRowCursor(columns))
        {
            var read = TokenColumn.CreateReader(cursor, tokenColumn);
            var getLabel = labelColumn is { } third ? cursor.GetGetter<uint>(third) : null;
            var tokens = new ushort[context];
            uint labelKey = 0;
            while (cursor.MoveNext())
            {
                read(tokens); // missing tokens become TokenFile.Missing
                writer.Add(tokens);
                getLabel?.Invoke(ref labelKey);
                labels?.Add((int)labelKey - 1);
            }
        }

        writer.Complete(0, labels, TokenFileDescription.Of(data, tokenColumn, labelColumn));
    }

    /// <summary>Opens a token file, which is mapped into memory.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="path">A file that <see cref="SaveTokens"/> or a trainer's CacheFile wrote.</param>
    /// <returns>
    /// The rows with the columns Tokens (<c>Vector&lt;Key&lt;UInt16, K&gt;, T&gt;</c>, annotated like QuantizeToPalette's), Label (key of <see cref="uint"/>
    /// with the class names; missing if the file has no labels) and Name (text: the file and the index of the row, such as <c>train.tokens#17</c>). The file
    /// stays mapped while the view is in use.
    /// </returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The file is not a token file, or is damaged.</exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView saved = ml.Data.LoadTokens("validation.tokens");
    /// </code>
    /// </example>
    public static IDataView LoadTokens(this DataOperationsCatalog catalog, string path)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new SourceDataView(new TokenFileSource(path));
    }
}
