using IGptMl.Data;
using IGptMl.Hosting;
using IGptMl.Images;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that decodes image files, given as paths or as bytes.</summary>
public sealed class ImageDecodingTransformer : RowTransformerBase, ISavedComponent<ImageDecodingTransformer>
{
    private const string SettingsEntry = "decoding.json";

    private readonly Settings _settings;

    internal ImageDecodingTransformer(IHostEnvironment environment, Settings settings)
        : base(environment)
    {
        _settings = settings;
        Mapping = new DecodingMapping(this, Host);
    }

    /// <summary>The column of images.</summary>
    public string OutputColumnName => _settings.OutputColumnName;

    private protected override ColumnMapping Mapping { get; }

    private protected override void Save(ComponentWriter writer) => writer.WriteJson(SettingsEntry, _settings);

    static ImageDecodingTransformer ISavedComponent<ImageDecodingTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        return settings.Unreadable is UnreadableImages.Refuse or UnreadableImages.Missing
            ? new ImageDecodingTransformer(environment, settings)
            : throw new InvalidDataException($"The model file is damaged: entry '{SettingsEntry}' has an unknown treatment of unreadable images.");
    }

    /// <summary>The settings that the zip stores.</summary>
    internal sealed record Settings(string InputColumnName, string OutputColumnName, UnreadableImages Unreadable, long? MaximumPixels = null);

    private sealed class DecodingMapping(ImageDecodingTransformer transformer, IHost host)
        : RowMapping(transformer, host, transformer._settings.InputColumnName)
    {
        internal override IEnumerable<DataViewSchema.DetachedColumn> Definitions { get; } = [ImageColumn.Define(transformer.OutputColumnName)];

        internal override DataViewSchema.Column FindInput(DataViewSchema schema) => EncodedImageColumn.Require(schema, Host, InputColumnName);

        internal override Delegate CreateGetter(DataViewRow input, int output)
        {
            var column = FindInput(input.Schema);
            var decode = EncodedImageColumn.IsPath(column)
                ? FromPath(input.GetGetter<ReadOnlyMemory<char>>(column))
                : FromContent(input.GetGetter<VBuffer<byte>>(column), transformer._settings.MaximumPixels ?? ImageDecoder.MostPixels);
            return ImageColumn.CreateGetter(Read);

            MLImage? Read()
            {
                try
                {
                    return decode();
                }
                catch (InvalidDataException) when (transformer._settings.Unreadable == UnreadableImages.Missing)
                {
                    return null;
                }
            }
        }

        private static Func<MLImage?> FromPath(ValueGetter<ReadOnlyMemory<char>> getter)
        {
            ReadOnlyMemory<char> path = default;
            return () =>
            {
                getter(ref path);
                return path.IsEmpty ? null : ImageDecoder.Decode(path.ToString());
            };
        }

        private static Func<MLImage?> FromContent(ValueGetter<VBuffer<byte>> getter, long mostPixels)
        {
            VBuffer<byte> content = default;
            return () =>
            {
                getter(ref content);
                return content.Length == 0 || content.GetValues().IsEmpty ? null : ImageDecoder.Decode(content.DenseValues().ToArray(), mostPixels);
            };
        }
    }
}
