using System.Runtime.InteropServices;
using System.Text.Json;
using IGptMl.Hosting;
using IGptMl.Quantization;
using Microsoft.ML;

namespace IGptMl.Batches;

/// <summary>What the tokens of a file were made of.</summary>
/// <param name="Palette">The colors of the tokens; null where they are not known.</param>
/// <param name="Cropping">How images became squares.</param>
/// <param name="ClassNames">The names of the labels; null where there are no labels.</param>
/// <param name="Source">What tells the data from other data; null where nothing does.</param>
internal sealed record TokenFileDescription(Palette? Palette, ImageCropping Cropping, IReadOnlyList<string>? ClassNames, string? Source)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The description of a view's token column, and of its label column if there is one.</summary>
    internal static TokenFileDescription Of(IDataView data, DataViewSchema.Column tokens, DataViewSchema.Column? labels)
        => new(QuantizedColumn.FindPalette(tokens), QuantizedColumn.FindCropping(tokens), labels is { } column ? ClassValues.NamesOf(column, firstNumber: 0)
            : null, DataIdentity.Of(data));

    /// <summary>Writes the description as JSON.</summary>
    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new Form(Palette is null ? null : MemoryMarshal.AsBytes(Palette.Centers.Span).ToArray(), Cropping.ToString(), ClassNames, Source),
        Options);

    /// <summary>Reads a description.</summary>
    /// <exception cref="InvalidDataException">It is none; the message is a part of a sentence.</exception>
    internal static TokenFileDescription FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var form = JsonSerializer.Deserialize<Form>(json, Options) ?? throw new InvalidDataException("its description is empty");
            var palette = form.Palette is null ? null : Palette.FromCenters(MemoryMarshal.Cast<byte, float>(form.Palette));
            return Enum.TryParse<ImageCropping>(form.Cropping, out var cropping) && Enum.IsDefined(cropping)
                ? new TokenFileDescription(palette, cropping, form.ClassNames, form.Source)
                : throw new InvalidDataException($"its description names a cropping '{form.Cropping}'");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"its description cannot be read ({e.Message})", e);
        }
    }

    private sealed record Form(byte[]? Palette, string Cropping, IReadOnlyList<string>? ClassNames, string? Source);
}
