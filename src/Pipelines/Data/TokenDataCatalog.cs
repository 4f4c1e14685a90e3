using IGptMl.Batches;
using IGptMl.Data;
using IGptMl.Hosting;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Token files: a data set whose images are quantized once, two bytes a token, instead of every time that it is read.</summary>
public static class TokenDataCatalog
{
    private const string LabelRole = "label";

    /// <summary>Writes a column of tokens to a file, with what they were made of: palette, way of cropping, and labels if there are some.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="data">The rows, such as QuantizeToPalette makes them. A row without an image stays one.</param>
    /// <param name="path">The file; an existing one is replaced once the new one is complete. Its folder must exist.</param>
    /// <param name="tokenColumnName">The column of tokens: <c>Vector&lt;Key&lt;UInt16, K&gt;, T&gt;</c>.</param>
    /// <param name="labelColumnName">The column of labels, <c>Key&lt;UInt32&gt;</c>, whose KeyValues become the names of the classes; null writes none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of another type.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveTokens(this DataOperationsCatalog catalog, IDataView data, string path, string tokenColumnName = "Tokens", string? labelColumnName = null)
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
            var getTokens = cursor.GetGetter<VBuffer<ushort>>(tokenColumn);
            var getLabel = labelColumn is { } third ? cursor.GetGetter<uint>(third) : null;
            var tokens = new ushort[context];
            VBuffer<ushort> keys = default;
            uint labelKey = 0;
            while (cursor.MoveNext())
            {
                getTokens(ref keys);
                if (!TokenColumn.TryRead(keys, tokens) && !keys.IsDense)
                {
                    tokens.AsSpan().Fill(TokenFile.Missing);
                }

                writer.Add(tokens);
                getLabel?.Invoke(ref labelKey);
                labels?.Add((int)labelKey - 1);
            }
        }

        writer.Complete(0, labels, TokenFileDescription.Of(data, tokenColumn, labelColumn));
    }

    /// <summary>Reads a token file, by mapping it into memory.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="path">A file that <see cref="SaveTokens"/> or a trainer's CacheFile wrote.</param>
    /// <returns>
    /// The rows with the columns Tokens (<c>Vector&lt;Key&lt;UInt16, K&gt;, T&gt;</c>, annotated like QuantizeToPalette's), Label (key of <see cref="uint"/> with the names of the
    /// classes; missing where the file has none) and Name (text: the file and the number of the row, such as <c>train.tokens#17</c>). The file stays mapped while the view is in use.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no token file, or damaged.</exception>
    public static IDataView LoadTokens(this DataOperationsCatalog catalog, string path)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new SourceDataView(new TokenFileSource(path));
    }
}
