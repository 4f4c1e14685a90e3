using IGptMl.Hosting;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Quantization;

/// <summary>The token column, from which the schemas of both the estimator and the transformer come.</summary>
internal static class QuantizedColumn
{
    /// <summary>The annotation with the cropping of the images: Text, the name of an <see cref="ImageCropping"/>.</summary>
    internal const string CroppingAnnotation = "Cropping";

    internal static DataViewSchema.DetachedColumn Create(string name, Palette palette, int imageSize, ImageCropping cropping)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        var names = new Lazy<ReadOnlyMemory<char>[]>(() => [.. palette.ToHexNames().Select(hex => hex.AsMemory())]);
        annotations.Add(
            AnnotationNames.KeyValues,
            new VectorDataViewType(TextDataViewType.Instance, palette.Count),
            (ref VBuffer<ReadOnlyMemory<char>> value) => new VBuffer<ReadOnlyMemory<char>>(palette.Count, names.Value).CopyTo(ref value));
        annotations.Add(
            TokenColumn.PaletteAnnotation,
            new VectorDataViewType(NumberDataViewType.Single, palette.Count, 3),
            (ref VBuffer<float> value) => new VBuffer<float>(palette.Centers.Length, palette.Centers.ToArray()).CopyTo(ref value));
        annotations.Add(
            CroppingAnnotation,
            TextDataViewType.Instance,
            (ref ReadOnlyMemory<char> value) => value = cropping.ToString().AsMemory());
        var type = new VectorDataViewType(new KeyDataViewType(typeof(ushort), palette.Count), imageSize * imageSize);
        return new DataViewSchema.DetachedColumn(name, type, annotations.ToAnnotations());
    }

    /// <summary>Writes an image's tokens as keys, which are 1-based.</summary>
    /// <param name="value">Receives the keys.</param>
    /// <param name="length">The number of tokens.</param>
    /// <param name="quantizer">Finds the tokens.</param>
    /// <param name="rgb">The image's pixels; empty if it is missing, and all its keys with it.</param>
    internal static void Write(ref VBuffer<ushort> value, int length, PaletteQuantizer quantizer, ReadOnlySpan<byte> rgb)
    {
        var editor = VBufferEditor.Create(ref value, length);
        if (rgb.IsEmpty)
        {
            editor.Values.Clear();
        }
        else
        {
            quantizer.Assign(rgb, editor.Values);
            foreach (ref var token in editor.Values)
            {
                token++;
            }
        }

        value = editor.Commit();
    }

    /// <summary>The cropping of a token column's images; <see cref="ImageCropping.Squash"/> if the column has no valid annotation.</summary>
    internal static ImageCropping FindCropping(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(CroppingAnnotation)?.Type is not TextDataViewType)
        {
            return ImageCropping.Squash;
        }

        ReadOnlyMemory<char> name = default;
        column.Annotations.GetValue(CroppingAnnotation, ref name);
        return Enum.TryParse<ImageCropping>(name.Span, out var cropping) && Enum.IsDefined(cropping) ? cropping : ImageCropping.Squash;
    }

    /// <summary>The palette of a token column; null if the column has no valid annotation.</summary>
    internal static Palette? FindPalette(DataViewSchema.Column column)
    {
        if (TokenColumn.FindCenters(column) is not { } centers)
        {
            return null;
        }

        try
        {
            return Palette.FromCenters(centers);
        }
        catch (ArgumentException)
        {
            return null; // annotations are hints: a malformed one is ignored
        }
    }
}
