using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Batches;

/// <summary>Caches a token column in a file. The file is written again if it is missing, damaged, or from other data.</summary>
internal static class TokenCache
{
    // The first rows are computed and compared with the file's, as a matching description does not prove matching data.
    private const int ComparedRows = 64;

    /// <summary>Opens the column's rows, mapped from the file, which is written first if necessary.</summary>
    /// <exception cref="IOException">The file can neither be read nor written.</exception>
    internal static TokenTable Open(IDataView data, DataViewSchema.Column column, string path, IChannel channel, CancellationToken cancellation)
    {
        var description = TokenFileDescription.Of(data, column, null);
        var found = Find(data, column, path, description, channel);
        if (found is null)
        {
            try
            {
                Build(data, column, path, description, cancellation);
                found = TokenFile.Open(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && (found = Find(data, column, path, description, channel)) is not null)
            {
                // Another process has written the same file and has it open, so Windows does not allow replacing it. Its content is the same.
            }

            channel.Info(MessageSensitivity.None, "The tokens of {0:N0} rows were written to '{1}'.", found.Count, path);
        }
        else
        {
            channel.Info(MessageSensitivity.None, "The tokens of {0:N0} rows were read from '{1}'.", found.Count, path);
        }

        return new TokenTable(found, found.Header.Colors, found.Header.ContextLength, found.Header.Skipped);
    }

    private static TokenFile? Find(IDataView data, DataViewSchema.Column column, string path, TokenFileDescription description, IChannel channel)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        TokenFile? file = null;
        string? problem;
        try
        {
            file = TokenFile.Open(path);
            problem = FindDifference(file, data, column, description);
        }
        catch (InvalidDataException e)
        {
            problem = e.Message.TrimEnd('.');
        }
        catch
        {
            file?.Dispose();
            throw;
        }

        if (problem is null)
        {
            return file;
        }

        file?.Dispose();
        channel.Warning(MessageSensitivity.None, "The tokens in '{0}' are computed again: {1}.", path, problem);
        return null;
    }

    /// <summary>Why the file does not hold the column's tokens; null if it does.</summary>
    private static string? FindDifference(TokenFile file, IDataView data, DataViewSchema.Column column, TokenFileDescription description)
    {
        var (colors, context) = TokenColumn.Sizes(column);
        var header = file.Header;
        if ((header.Colors, header.ContextLength) != (colors, context))
        {
            return $"they have {header.ContextLength} tokens of {header.Colors} colors per row, not {context} of {colors}";
        }

        if (file.Description.Palette != description.Palette)
        {
            return "they were quantized with another palette";
        }

        if (file.Description.Cropping != description.Cropping)
        {
            return $"their images were cropped by {file.Description.Cropping}, not by {description.Cropping}";
        }

        if (data.GetRowCount() is { } rows && rows != header.Rows + header.Skipped)
        {
            return $"they are of {header.Rows + header.Skipped:N0} rows, not {rows:N0}";
        }

        if (file.Description.Source != description.Source)
        {
            return "they are from other images, or the images have changed since";
        }

        return !file.HasMissing && BeginsLike(file, data, column) ? null : "their first rows are not those of the data";
    }

    private static bool BeginsLike(TokenFile file, IDataView data, DataViewSchema.Column column)
    {
        var tokens = new ushort[file.Header.ContextLength];
        var row = 0;
        using var cursor = data.GetRowCursor([column]);
        var read = TokenColumn.CreateReader(cursor, column);
        for (var i = 0; i < ComparedRows; i++)
        {
            if (!cursor.MoveNext())
            {
                return row == file.Count;
            }

            if (read(tokens) && (row == file.Count || !file[row++].SequenceEqual(tokens)))
            {
                return false;
            }
        }

        return true;
    }

    private static void Build(IDataView data, DataViewSchema.Column column, string path, TokenFileDescription description, CancellationToken cancellation)
    {
        var (colors, context) = TokenColumn.Sizes(column);
        using var writer = new TokenFileWriter(path, colors, context, data.GetRowCount());
        var skipped = TokenTable.Read(data, column, cancellation, writer.Add);
        writer.Complete(skipped, null, description);
    }
}
