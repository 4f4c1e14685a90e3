using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Samples.WebApi;

/// <summary>A pretrained model that completes pictures and measures them. Several threads may use it at once.</summary>
internal sealed class Generator : IDisposable
{
    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly ITransformer _decode;

    /// <exception cref="InvalidDataException">The file is not a model that draws.</exception>
    internal Generator(MLContext context, string path)
    {
        (_context, _model) = (context, ImageGptModel.Load(path));
        if (_model.Config.Objective == PretrainingObjective.Masked || !_model.HasHead || _model.Palette is null)
        {
            _model.Dispose();
            throw new InvalidDataException($"{path} cannot complete pictures; expected an autoregressive model with a head and a palette.");
        }

        _decode = context.Transforms.DecodeImages("Image", nameof(Upload.Bytes)).Fit(Rows([]));
    }

    public void Dispose() => _model.Dispose();

    /// <summary>Draws the part that is not kept, several times.</summary>
    /// <returns>The PNG of one row: what was kept, the completions.</returns>
    internal byte[] Complete(byte[] picture, CompleteRequest request)
    {
        var options = new ImageCompletingEstimator.Options
        {
            Completions = request.Completions,
            Temperature = request.Temperature,
            TopK = request.TopK,
            Seed = request.Seed,
            KeptRegion = request.KeepRows is { } rows ? KeptRegion.Rows(rows) : KeptRegion.TopHalf,
            KeptColumnName = "Kept",
        };
        var image = _decode.Transform(Rows(picture));
        using var completing = _context.Transforms.CompleteImages(_model, options).Fit(image);
        return Png(completing.Transform(image), ["Kept", .. completing.OutputColumnNames]);
    }

    /// <summary>How unusual the picture is, and which part of it.</summary>
    internal SurpriseAnswer Surprise(byte[] picture)
    {
        var measure = _context.Transforms.QuantizeToPalette("Tokens", "Image", _model)
            .Append(_context.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", _model, surpriseMapColumnName: "Map"));
        var image = _decode.Transform(Rows(picture));
        using var transformer = measure.Fit(image);
        var measured = transformer.Transform(image);
        var nats = measured.GetColumn<float>("NatsPerToken").First();
        return new SurpriseAnswer(nats, measured.GetColumn<float>("BitsPerDimension").First(), Png(measured, ["Map"]));
    }

    private static byte[] Png(IDataView data, IReadOnlyList<string> columns)
    {
        using var grid = ImageGrid.Create(data, columns, maximumRows: 1);
        using var stream = new MemoryStream();
        using (var bitmap = SkiaSharp.SKImage.FromPixelCopy(
            new SkiaSharp.SKImageInfo(grid.Width, grid.Height, SkiaSharp.SKColorType.Rgba8888, SkiaSharp.SKAlphaType.Opaque), grid.Pixels))
        using (var png = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, quality: 100))
        {
            png.SaveTo(stream);
        }

        return stream.ToArray();
    }

    private IDataView Rows(params byte[][] pictures) => _context.Data.LoadFromEnumerable(pictures.Select(picture => new Upload { Bytes = picture }));

    private sealed class Upload
    {
        public byte[] Bytes { get; set; } = [];
    }
}
