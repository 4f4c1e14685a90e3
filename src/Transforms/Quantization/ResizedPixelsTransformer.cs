using IGptMl.Hosting;
using IGptMl.Images;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: SavedComponent<ResizedPixelsTransformer>]

namespace IGptMl.Quantization;

/// <summary>Images to vectors of size · size · 3 numbers in [0, 1] (raster order, R, G, B), resized as for tokens; NaN where there is no image.</summary>
internal sealed class ResizedPixelsTransformer : ITransformer, ISavedComponent<ResizedPixelsTransformer>
{
    private const string SettingsEntry = "pixels.json";

    private readonly Mapping _mapping;
    private readonly Settings _settings;

    internal ResizedPixelsTransformer(IHostEnvironment environment, string outputColumnName, string inputColumnName, int imageSize, ImageCropping cropping)
    {
        _settings = new Settings(inputColumnName, outputColumnName, imageSize, cropping);
        _mapping = new Mapping(this, HostSettings.Register(environment, nameof(ResizedPixelsTransformer)));
    }

    static string ISavedComponent<ResizedPixelsTransformer>.ComponentName => "ResizedPixels";

    bool ITransformer.IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => _mapping.Transform(input);

    internal static DataViewSchema.DetachedColumn Column(string name, int imageSize) => new(name, new VectorDataViewType(NumberDataViewType.Single, imageSize * imageSize * 3), null);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _mapping.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => ComponentWriter.Begin<ResizedPixelsTransformer>(ctx).WriteJson(SettingsEntry, _settings);

    static ResizedPixelsTransformer ISavedComponent<ResizedPixelsTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        if (settings.ImageSize is < 1 or > 256)
        {
            throw new InvalidDataException($"The model file is damaged: entry '{SettingsEntry}' has an image size of {settings.ImageSize}; expected 1 to 256.");
        }

        if (!Enum.IsDefined(settings.Cropping))
        {
            throw new InvalidDataException($"The model file is damaged: entry '{SettingsEntry}' has the cropping {settings.Cropping}; expected {string.Join(", ", Enum.GetNames<ImageCropping>())}.");
        }

        return new ResizedPixelsTransformer(environment, settings.OutputColumnName, settings.InputColumnName, settings.ImageSize, settings.Cropping);
    }

    private sealed record Settings(string InputColumnName, string OutputColumnName, int ImageSize, ImageCropping Cropping = ImageCropping.Squash);

    private sealed class Mapping(ResizedPixelsTransformer transformer, IHost host) : RowMapping(transformer, host)
    {
        internal override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs { get; } = [Column(transformer._settings.OutputColumnName, transformer._settings.ImageSize)];

        internal override DataViewSchema.Column FindInput(DataViewSchema schema) => ImageColumn.Require(schema, Host, transformer._settings.InputColumnName);

        internal override Delegate CreateGetter(DataViewRow input, int output)
        {
            var size = transformer._settings.ImageSize;
            var images = new ResizedImages(input, FindInput(input.Schema), size, transformer._settings.Cropping);

            void Get(ref VBuffer<float> value)
            {
                var editor = VBufferEditor.Create(ref value, size * size * 3);
                if (images.TryRead(out var pixels))
                {
                    for (var i = 0; i < pixels.Length; i++)
                    {
                        editor.Values[i] = pixels[i] / 255f;
                    }
                }
                else
                {
                    editor.Values.Fill(float.NaN);
                }

                value = editor.Commit();
            }

            return (ValueGetter<VBuffer<float>>)Get;
        }
    }
}
