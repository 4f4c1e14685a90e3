using IGptMl.Caching;
using IGptMl.Hosting;
using IGptMl.Images;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Classification;

/// <summary>
/// Labeled images in memory, prepared for a model: tokens, their colors, and classes. Rows without an image or a label are left out.
/// </summary>
internal sealed class LabeledImages
{
    internal const string Tokens = "Tokens";

    private LabeledImages(string role, ImageGptConfig config, DataViewSchema.Column label)
    {
        Role = role;
        Config = config;
        Label = label;
        ClassNames = ClassValues.NamesOf(label);
    }

    /// <summary>"training" or "test".</summary>
    internal string Role { get; }

    /// <summary>The architecture for which the images are prepared.</summary>
    internal ImageGptConfig Config { get; }

    /// <summary>The class names; their numbers if the label column has no names.</summary>
    internal IReadOnlyList<string> ClassNames { get; }

    /// <summary>The label column.</summary>
    internal DataViewSchema.Column Label { get; }

    internal int Count => Labels.Length;

    /// <summary>The classes, 0-based.</summary>
    internal int[] Labels { get; private set; } = [];

    /// <summary>The tokens, 0-based: (rows, T).</summary>
    internal ushort[] TokenIds { get; private set; } = [];

    /// <summary>The channel values, 0 to 255: (rows, T, 3).</summary>
    internal byte[] Rgb { get; private set; } = [];

    /// <summary>The number of rows without an image or a label.</summary>
    internal int LeftOut { get; private set; }

    /// <summary>The checksum of the tokens, on which features depend.</summary>
    internal string TokenDigest => field ??= Digest.Of<ushort>(TokenIds);

    /// <summary>The checksum of some images' tokens.</summary>
    internal string TokenDigestOf(Range rows)
    {
        var (first, count) = rows.GetOffsetAndLength(Count);
        return Digest.Of<ushort>(TokenIds.AsSpan(first * Config.ContextLength, count * Config.ContextLength));
    }

    /// <summary>The checksum of the labels, on which a classifier depends.</summary>
    internal string LabelDigest => field ??= Digest.Of<int>(Labels) + ClassNames.Count;

    /// <summary>The checksum of the pixels, on which the baselines depend.</summary>
    internal string PixelDigest => field ??= Digest.Of<byte>(Rgb);

    /// <summary>The channel values of an image: (T, 3).</summary>
    internal ReadOnlySpan<byte> RgbOf(int row) => Rgb.AsSpan(row * Config.ContextLength * 3, Config.ContextLength * 3);

    /// <summary>The tokens of an image: (T).</summary>
    internal ReadOnlySpan<ushort> TokensOf(int row) => TokenIds.AsSpan(row * Config.ContextLength, Config.ContextLength);

    /// <summary>The tokens of some rows as a data view with one column.</summary>
    internal MemoryView TokenView(int[] rows)
    {
        var length = Config.ContextLength;
        var type = new VectorDataViewType(new KeyDataViewType(typeof(ushort), Config.Colors), length);
        return new MemoryView(rows).Add(Tokens, type, (int row, ref VBuffer<ushort> value) =>
        {
            var editor = VBufferEditor.Create(ref value, length);
            var ids = TokensOf(row);
            for (var i = 0; i < ids.Length; i++)
            {
                editor.Values[i] = (ushort)(ids[i] + 1);
            }

            value = editor.Commit();
        });
    }

    /// <summary>Reads all rows in one pass.</summary>
    /// <param name="context">The context.</param>
    /// <param name="model">The model whose palette, image size and cropping are used.</param>
    /// <param name="view">The images.</param>
    /// <param name="imageColumn">The column of images.</param>
    /// <param name="labelColumn">The column of classes.</param>
    /// <param name="role">The name of the rows in error messages: "training" or "test".</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    internal static LabeledImages Read(
        MLContext context,
        ImageGptModel model,
        IDataView view,
        string imageColumn,
        string labelColumn,
        string role,
        CancellationToken cancellationToken)
    {
        var label = LabelColumn.Require(view.Schema, context, labelColumn, leastClasses: 1);
        var result = new LabeledImages(role, model.Config, label);
        result.Fill(model, view, ImageColumn.Require(view.Schema, context, imageColumn), label, cancellationToken);
        var complete = result.LeftOut > 0 ? " with an image and a label" : string.Empty;
        return result.Count > 0
            ? result
            : throw new InvalidOperationException($"There is nothing to probe: the {role} data has no rows{complete}.");
    }

    /// <summary>Each image becomes a square once, of which both pixels and tokens are made.</summary>
    private void Fill(ImageGptModel model, IDataView view, DataViewSchema.Column imageColumn, DataViewSchema.Column labelColumn,
        CancellationToken cancellationToken)
    {
        var labels = new List<int>();
        var tokens = new List<ushort>();
        var pixels = new List<byte>();
        var tokenRow = new ushort[Config.ContextLength];
        var quantizer = new PaletteQuantizer(model.Palette!);
        uint label = 0;
        using var cursor = view.GetRowCursor([labelColumn, imageColumn]);
        var getLabel = cursor.GetGetter<uint>(labelColumn);
        var images = new ResizedImages(cursor, imageColumn, Config.ImageSize, model.Cropping);
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            getLabel(ref label);
            if (label == 0 || !images.TryRead(out var square))
            {
                LeftOut++;
                continue;
            }

            quantizer.Assign(square, tokenRow);
            labels.Add((int)label - 1);
            tokens.AddRange(tokenRow);
            pixels.AddRange(square);
        }

        (Labels, TokenIds, Rgb) = ([.. labels], [.. tokens], [.. pixels]);
    }
}
