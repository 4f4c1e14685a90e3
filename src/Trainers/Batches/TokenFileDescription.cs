using System.Runtime.InteropServices;
using System.Text.Json;
using IGptMl.Hosting;
using IGptMl.Numerics;
using IGptMl.Quantization;
using Microsoft.ML;

namespace IGptMl.Batches;

/// <summary>How the tokens of a file were produced.</summary>
/// <param name="Palette">The colors of the tokens; null if unknown.</param>
/// <param name="Cropping">How images were cropped to squares.</param>
/// <param name="ClassNames">The names of the labels; null if there are no labels.</param>
/// <param name="Source">A string that identifies the data; null if there is none.</param>
internal sealed record TokenFileDescription(Palette? Palette, ImageCropping Cropping, IReadOnlyList<string>? ClassNames, string? Source)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        TypeInfoResolver = JsonReflection.Resolver,
    };

    /// <summary>The description of a view's token column, and of its label column if there is one.</summary>
    internal static TokenFileDescription Of(IDataView data, DataViewSchema.Column tokens, DataViewSchema.Column? labels)
        => new(QuantizedColumn.FindPalette(tokens), QuantizedColumn.FindCropping(tokens), labels is { } column ? ClassValues.NamesOf(column, firstNumber: 0)
            : null, DataIdentity.Of(data));

    /// <summary>Writes the description as JSON.</summary>
    internal byte[] ToJson() => JsonReflection.WriteBytes(
        new Form(Palette is null ? null : MemoryMarshal.AsBytes(Palette.Centers.Span).ToArray(), Cropping.ToString(), ClassNames, Source),
        Options);

    /// <summary>Reads a description.</summary>
    /// <exception cref="InvalidDataException">The JSON is not a description; the message is a clause, to be completed by the caller.</exception>
    internal static TokenFileDescription FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var form = JsonReflection.Read<Form>(json, Options) ?? throw new InvalidDataException("its description is empty");
            var palette = form.Palette is null ? null : Palette.FromCenters(MemoryMarshal.Cast<byte, float>(form.Palette));
            return Enum.TryParse<ImageCropping>(form.Cropping, out var cropping) && Enum.IsDefined(cropping)
                ? new TokenFileDescription(palette, cropping, form.ClassNames, form.Source)
                : throw new InvalidDataException($"its description names an unknown cropping '{form.Cropping}'");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"its description cannot be read ({e.Message})", e);
        }
    }

    private sealed record Form(byte[]? Palette, string Cropping, IReadOnlyList<string>? ClassNames, string? Source);
}
