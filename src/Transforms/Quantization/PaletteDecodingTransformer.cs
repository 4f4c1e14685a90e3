using IGptMl;
using IGptMl.Hosting;
using IGptMl.Images;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: SavedComponent<PaletteDecodingTransformer>]

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that turns sequences of palette colors back into images.</summary>
public sealed class PaletteDecodingTransformer : ITransformer, ISavedComponent<PaletteDecodingTransformer>
{
    private const string SettingsEntry = "decoding.json";
    private const string PaletteEntry = "palette.npy";

    private readonly Mapping _mapping;

    internal PaletteDecodingTransformer(IHostEnvironment environment, string outputColumnName, string inputColumnName, Palette palette)
    {
        (OutputColumnName, InputColumnName, Palette) = (outputColumnName, inputColumnName, palette);
        _mapping = new Mapping(this, HostSettings.Register(environment, nameof(PaletteDecodingTransformer)));
    }

    /// <summary>The colors.</summary>
    public Palette Palette { get; }

    /// <summary>The column of tokens.</summary>
    public string InputColumnName { get; }

    /// <summary>The column of images.</summary>
    public string OutputColumnName { get; }

    static string ISavedComponent<PaletteDecodingTransformer>.ComponentName => "PaletteDecoding";

    bool ITransformer.IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => _mapping.Transform(input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _mapping.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        var writer = ComponentWriter.Begin<PaletteDecodingTransformer>(ctx);
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

    private sealed class Mapping(PaletteDecodingTransformer transformer, IHost host) : RowMapping(transformer, host)
    {
        internal override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs { get; } = [ImageColumn.Define(transformer.OutputColumnName)];

        internal override DataViewSchema.Column FindInput(DataViewSchema schema)
        {
            var column = TokenColumn.Require(schema, Host, transformer.InputColumnName, transformer.Palette.Count, null);
            var side = SideOf(column);
            return side * side == TokenColumn.Sizes(column).Context
                ? column
                : throw SchemaErrors.Mismatch(Host, "token", column.Name, "Vector<Key<UInt16>> whose length is a square", column.Type.ToString() ?? string.Empty);
        }

        internal override Delegate CreateGetter(DataViewRow input, int output)
        {
            var column = FindInput(input.Schema);
            var (size, palette) = (SideOf(column), transformer.Palette);
            var getter = input.GetGetter<VBuffer<ushort>>(column);
            var tokens = new ushort[size * size];
            var rgb = new byte[3 * tokens.Length];
            VBuffer<ushort> keys = default;
            return ImageColumn.CreateGetter(() =>
            {
                getter(ref keys);
                if (!TokenColumn.TryRead(keys, tokens))
                {
                    return null;
                }

                palette.Decode(tokens, rgb);
                return ImagePixels.FromRgb(rgb, size, size);
            });
        }

        /// <summary>The side of the square that a column's tokens fill, if they fill one.</summary>
        private static int SideOf(DataViewSchema.Column column) => (int)Math.Round(Math.Sqrt(TokenColumn.Sizes(column).Context));
    }
}
