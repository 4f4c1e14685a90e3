using IGptMl.Hosting;
using IGptMl.Images;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that converts sequences of palette colors back to images.</summary>
public sealed class PaletteDecodingTransformer : RowTransformerBase, ISavedComponent<PaletteDecodingTransformer>
{
    private const string SettingsEntry = "decoding.json";
    private const string PaletteEntry = "palette.npy";

    internal PaletteDecodingTransformer(IHostEnvironment environment, string outputColumnName, string inputColumnName, Palette palette)
        : base(environment)
    {
        (OutputColumnName, Palette) = (outputColumnName, palette);
        Mapping = new DecodingMapping(this, Host, inputColumnName);
    }

    /// <summary>The colors.</summary>
    public Palette Palette { get; }

    /// <summary>The column of images.</summary>
    public string OutputColumnName { get; }

    private protected override ColumnMapping Mapping { get; }

    private protected override void Save(ComponentWriter writer)
    {
        writer.WriteJson(SettingsEntry, new Settings(InputColumnName, OutputColumnName));
        writer.Write(PaletteEntry, Palette.Write);
    }

    static PaletteDecodingTransformer ISavedComponent<PaletteDecodingTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var palette = reader.Read(PaletteEntry, stream => Palette.Read(stream, PaletteEntry));
        return new PaletteDecodingTransformer(environment, settings.OutputColumnName, settings.InputColumnName, palette);
    }

    private sealed record Settings(string InputColumnName, string OutputColumnName);

    private sealed class DecodingMapping(PaletteDecodingTransformer transformer, IHost host, string inputColumnName)
        : RowMapping(transformer, host, inputColumnName)
    {
        internal override IEnumerable<DataViewSchema.DetachedColumn> Definitions { get; } = [ImageColumn.Define(transformer.OutputColumnName)];

        internal override DataViewSchema.Column FindInput(DataViewSchema schema)
        {
            var column = TokenColumn.Require(schema, Host, InputColumnName, transformer.Palette.Count, null);
            var side = SideOf(column);
            return side * side == TokenColumn.Sizes(column).Context
                ? column
                : throw SchemaErrors.Mismatch(Host, "token", column.Name, "Vector<Key<UInt16>> whose length is a square", column.Type.ToString()
                    ?? string.Empty);
        }

        internal override Delegate CreateGetter(DataViewRow input, int output)
        {
            var column = FindInput(input.Schema);
            var (size, palette) = (SideOf(column), transformer.Palette);
            var read = TokenColumn.CreateReader(input, column);
            var tokens = new ushort[size * size];
            var rgb = new byte[3 * tokens.Length];
            return ImageColumn.CreateGetter(() =>
            {
                if (!read(tokens))
                {
                    return null;
                }

                palette.Decode(tokens, rgb);
                return ImagePixels.FromRgb(rgb, size, size);
            });
        }

        /// <summary>The side of the square image of a column's tokens, rounded if their number is not a square.</summary>
        private static int SideOf(DataViewSchema.Column column) => (int)Math.Round(Math.Sqrt(TokenColumn.Sizes(column).Context));
    }
}
