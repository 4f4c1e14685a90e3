using IGptMl.Caching;
using IGptMl.Hosting;
using IGptMl.Images;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Classification;

/// <summary>Labeled images in memory, as a model gets them: tokens, the pixels that they stand for, and classes. Rows without an image or a label are left out.</summary>
internal sealed class LabeledImages
{
    internal const string Tokens = "Tokens";

    private LabeledImages(string role, ImageGptConfig config, IReadOnlyList<string> classNames, bool named)
    {
        Role = role;
        Config = config;
        ClassNames = classNames;
        HasClassNames = named;
    }

    /// <summary>"training" or "test".</summary>
    internal string Role { get; }

    /// <summary>The sizes of the model that the images are for.</summary>
    internal ImageGptConfig Config { get; }

    /// <summary>The names of the classes; their numbers where the label column has none.</summary>
    internal IReadOnlyList<string> ClassNames { get; }

    internal bool HasClassNames { get; }

    internal int Count => Labels.Length;

    /// <summary>Classes, 0-based.</summary>
    internal int[] Labels { get; private set; } = [];

    /// <summary>Palette colors, 0-based: (rows, T).</summary>
    internal ushort[] TokenIds { get; private set; } = [];

    /// <summary>Channel values, 0 to 255: (rows, T, 3).</summary>
    internal byte[] Rgb { get; private set; } = [];

    /// <summary>Rows that had no image or no label.</summary>
    internal int LeftOut { get; private set; }

    /// <summary>What features of the network depend on, beside the network.</summary>
    internal string TokenDigest => field ??= Digest.Of<ushort>(TokenIds);

    /// <summary>The same of some of the images.</summary>
    internal string TokenDigestOf(Range rows)
    {
        var (first, count) = rows.GetOffsetAndLength(Count);
        return Digest.Of<ushort>(TokenIds.AsSpan(first * Config.ContextLength, count * Config.ContextLength));
    }

    /// <summary>What a classifier depends on, beside the features.</summary>
    internal string LabelDigest => field ??= Digest.Of<int>(Labels) + ClassNames.Count;

    /// <summary>What the baselines depend on.</summary>
    internal string PixelDigest => field ??= Digest.Of<byte>(Rgb);

    /// <summary>The channel values of an image: (T, 3).</summary>
    internal ReadOnlySpan<byte> RgbOf(int row) => Rgb.AsSpan(row * Config.ContextLength * 3, Config.ContextLength * 3);

    /// <summary>The tokens of an image: (T).</summary>
    internal ReadOnlySpan<ushort> TokensOf(int row) => TokenIds.AsSpan(row * Config.ContextLength, Config.ContextLength);

    /// <summary>The tokens of some rows as a data view with one column.</summary>
    internal MemoryView TokenView(int[] rows)
    {
        var length = Config.ContextLength;
        return new MemoryView(rows).Add(Tokens, new VectorDataViewType(new KeyDataViewType(typeof(ushort), Config.Colors), length), (int row, ref VBuffer<ushort> value) =>
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

    /// <summary>Reads all rows once.</summary>
    /// <param name="context">The context.</param>
    /// <param name="model">The model whose palette and size the images get.</param>
    /// <param name="view">The images.</param>
    /// <param name="imageColumn">The column of images.</param>
    /// <param name="labelColumn">The column of classes.</param>
    /// <param name="role">What errors call the rows.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    internal static LabeledImages Read(MLContext context, ImageGptModel model, IDataView view, string imageColumn, string labelColumn, string role, CancellationToken cancellation)
    {
        var label = RequireLabel(context, view.Schema, labelColumn);
        var (names, named) = NamesOf(label);
        var result = new LabeledImages(role, model.Config, names, named);
        result.Fill(model, view, ImageColumn.Require(view.Schema, context, imageColumn), label, cancellation);
        return result.Count > 0 ? result : throw new InvalidOperationException($"There is nothing to probe: the {role} data has no rows{(result.LeftOut > 0 ? " with an image and a label" : string.Empty)}.");
    }

    /// <summary>Checks a label column.</summary>
    internal static DataViewSchema.Column RequireLabel(MLContext context, DataViewSchema schema, string name)
    {
        var label = SchemaErrors.Require(schema, context, "label", name);
        return label.Type is KeyDataViewType key && key.RawType == typeof(uint)
            ? label
            : throw SchemaErrors.Mismatch(context, "label", label.Name, "Key<UInt32>", label.Type.ToString() ?? string.Empty);
    }

    private static (IReadOnlyList<string> Names, bool Named) NamesOf(DataViewSchema.Column label)
    {
        var count = checked((int)((KeyDataViewType)label.Type).Count);
        if (label.Annotations.Schema.GetColumnOrNull(AnnotationNames.KeyValues)?.Type is not VectorDataViewType { ItemType: TextDataViewType })
        {
            return ([.. Enumerable.Range(1, count).Select(number => $"{number}")], false);
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        label.GetKeyValues(ref names);
        return ([.. names.DenseValues().Select(name => name.ToString())], true);
    }

    /// <summary>Each image becomes a square once, of which both pixels and tokens are made.</summary>
    private void Fill(ImageGptModel model, IDataView view, DataViewSchema.Column imageColumn, DataViewSchema.Column labelColumn, CancellationToken cancellation)
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
            cancellation.ThrowIfCancellationRequested();
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
