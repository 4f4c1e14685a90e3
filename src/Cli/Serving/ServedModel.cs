using System.Text.RegularExpressions;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Serving;

/// <summary>The model, and the classifier if there is one, which all requests share.</summary>
internal sealed partial class ServedModel : IDisposable
{
    internal const int MostBytes = 20 << 20, MostPixels = 50_000_000, MostCompletions = 8;

    private const string ContentColumn = nameof(Upload.Content), ImageColumn = OpenedData.ImageColumn, TokensColumn = OpenedData.TokensColumn,
        NatsColumn = "Nats", MapColumn = "Map", NatsPerTokenColumn = "NatsPerToken", BitsColumn = "BitsPerDimension";

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly ClassifierFile? _classifier;
    private readonly ITransformer _decoding;
    private readonly ITransformer _quantizing;
    private readonly ImageLikelihoodTransformer _likelihood;

    /// <param name="context">The context, with the device.</param>
    /// <param name="model">The model, of which this keeps handles of its own.</param>
    /// <param name="classifier">The classifier, which stays the caller's.</param>
    /// <exception cref="UsageException">The model cannot complete pictures, or the classifier sees other pictures than the model.</exception>
    internal ServedModel(MLContext context, ImageGptModel model, ClassifierFile? classifier)
    {
        RequireCompletion(model);
        RequireSameSize(model, classifier);
        (_context, _model, _classifier) = (context, model, classifier);
        var empty = context.Data.LoadFromEnumerable<Upload>([]);
        _decoding = context.Transforms.DecodeImages(ImageColumn, ContentColumn, maximumPixels: MostPixels).Fit(empty);
        var decoded = _decoding.Transform(empty);
        _quantizing = context.Transforms.QuantizeToPalette(TokensColumn, ImageColumn, model).Fit(decoded);
        _likelihood = context.Transforms.CalculateImageLikelihood(model, new()
        {
            InputColumnName = TokensColumn,
            NatsPerTokenColumnName = NatsPerTokenColumn,
            BitsPerDimensionColumnName = BitsColumn,
            TokenNatsColumnName = NatsColumn,
            SurpriseMapColumnName = MapColumn,
        }).Fit(_quantizing.Transform(decoded));
    }

    /// <summary>Describes the model to the page.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="hasRun">Whether a run is shown.</param>
    internal ModelFacts Describe(string name, bool hasRun)
    {
        var palette = _model.Palette!;
        return new ModelFacts(name, _model.Config.ImageSize, [.. Enumerable.Range(0, palette.Count).Select(palette.GetColor)
            .Select(color => $"#{color.R:X2}{color.G:X2}{color.B:X2}")], _model.Config.Layers, _model.Config.ParameterCount, _classifier is not null, hasRun,
            MostBytes, MostPixels, MostCompletions);
    }

    /// <summary>Looks at the bytes of a picture's file.</summary>
    /// <exception cref="RequestProblem">They are not a picture, or it is too large.</exception>
    internal PictureFacts Look(byte[] content)
    {
        try
        {
            var decoded = _decoding.Transform(_context.Data.LoadFromEnumerable([new Upload { Content = content, Name = "picture" }]));
            var view = _likelihood.Transform(_quantizing.Transform(decoded));
            var schema = view.Schema;
            using var cursor = view.GetRowCursor([schema[TokensColumn], schema[NatsColumn], schema[MapColumn], schema[NatsPerTokenColumn],
                schema[BitsColumn]]);
            cursor.MoveNext();
            var tokens = Read<VBuffer<ushort>>(cursor, TokensColumn).DenseValues().Select(key => key - 1).ToList();
            if (tokens.Contains(-1))
            {
                throw new RequestProblem(400, "The file is empty; expected a PNG, JPEG, BMP, WebP or GIF picture.");
            }

            var nats = Read<VBuffer<float>>(cursor, NatsColumn).DenseValues().Select(value => Math.Round((double)value, 4)).ToList();
            using var map = Read<MLImage>(cursor, MapColumn);
            return new PictureFacts(tokens, nats, Convert.ToBase64String(RgbOf(map)), Read<float>(cursor, NatsPerTokenColumn),
                Read<float>(cursor, BitsColumn), _classifier?.Rank(decoded).Select(pair => new ClassProbability(pair.Name, pair.Score)).ToList());
        }
        catch (Exception e) when (ErrorCause.Of(e) is InvalidDataException)
        {
            throw new RequestProblem(400, NameOfBytes().Replace(ErrorCause.Of(e).Message, "The file ", 1));
        }
    }

    /// <summary>Checks a request for completions.</summary>
    /// <returns>Samples the completions, and passes on each token as soon as it is sampled.</returns>
    /// <exception cref="RequestProblem">It is not possible.</exception>
    internal Action<Action<SampledToken>, CancellationToken> Prepare(CompletionRequest request)
    {
        var config = _model.Config;
        if (request.Tokens.Count != config.ContextLength || request.Tokens.Any(token => token < 0 || token >= config.Colors))
        {
            throw new RequestProblem(400, $"The picture is not one of this model; expected {config.ContextLength:N0} tokens from 0 to {config.Colors - 1}.");
        }

        if (request.Completions is < 1 or > MostCompletions)
        {
            throw new RequestProblem(400, $"The number of completions is {request.Completions}; expected 1 to {MostCompletions}.");
        }

        try
        {
            var options = new ImageCompletingEstimator.Options
            {
                KeptRegion = RegionOf(request.Keep),
                Completions = request.Completions,
                Temperature = request.Temperature,
                TopK = request.TopK,
                Seed = request.Seed,
            };
            _ = _context.Transforms.CompleteImages(_model, options);
            return (report, cancellation) => Complete(request.Tokens, options with { TokenProgress = new Relay<SampledToken>(report),
                CancellationToken = cancellation });
        }
        catch (ArgumentException e)
        {
            throw new RequestProblem(400, ErrorMessage.Of(e));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _likelihood.Dispose();

    private static KeptRegion RegionOf(IReadOnlyList<int>? keep) => keep switch
    {
        null => KeptRegion.Rows(0),
        [var left, var top, var width, var height] => KeptRegion.Rectangle(left, top, width, height),
        _ => throw new RequestProblem(400, "The kept part has four numbers: left, top, width, height."),
    };

    private static void RequireCompletion(ImageGptModel model)
    {
        if (model.Config.Objective != PretrainingObjective.Autoregressive)
        {
            throw new UsageException("The model is a masked (BERT) one, which cannot complete pictures, so there is nothing to serve. Expected an "
                + "autoregressive model; 'igpt evaluate --surprise-maps' shows what surprises a masked one.");
        }
    }

    private static void RequireSameSize(ImageGptModel model, ClassifierFile? classifier)
    {
        if (classifier?.Tokens is { } tokens && tokens != (model.Config.ContextLength, model.Config.Colors))
        {
            var side = (int)Math.Sqrt(tokens.Positions);
            throw new UsageException($"The classifier sees pictures of {side}x{side} pixels in {tokens.Colors:N0} colors, the model those of "
                + $"{model.Config.ImageSize}x{model.Config.ImageSize} pixels in {model.Config.Colors:N0} colors; expected a classifier that was "
                + "made from this model.");
        }
    }

    private void Complete(IReadOnlyList<int> tokens, ImageCompletingEstimator.Options options)
    {
        var definition = SchemaDefinition.Create(typeof(Picture));
        definition[nameof(Picture.Tokens)].ColumnType = new VectorDataViewType(new KeyDataViewType(typeof(ushort), _model.Config.Colors), tokens.Count);
        var view = _context.Data.LoadFromEnumerable([new Picture { Tokens = [.. tokens.Select(token => (ushort)(token + 1))] }], definition);
        var decoded = _context.Transforms.DecodeFromPalette(ImageColumn, TokensColumn, _model.Palette).Fit(view).Transform(view);
        using var completing = _context.Transforms.CompleteImages(_model, options).Fit(decoded);
        var completed = completing.Transform(decoded);
        using var cursor = completed.GetRowCursor([completed.Schema[completing.OutputColumnNames[0]]]);
        cursor.MoveNext();
        Read<MLImage>(cursor, completing.OutputColumnNames[0]).Dispose(); // samples all completions
    }

    private static T Read<T>(DataViewRow row, string column)
    {
        T value = default!;
        row.GetGetter<T>(row.Schema[column])(ref value);
        return value;
    }

    private static byte[] RgbOf(MLImage image)
    {
        var pixels = image.Pixels;
        var step = image.BitsPerPixel / 8;
        var (red, blue) = image.PixelFormat == MLPixelFormat.Bgra32 ? (2, 0) : (0, 2);
        var rgb = new byte[3 * image.Width * image.Height];
        for (var i = 0; i < rgb.Length / 3; i++)
        {
            (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = (pixels[(step * i) + red], pixels[(step * i) + 1], pixels[(step * i) + blue]);
        }

        return rgb;
    }

    /// <summary>The name that the decoder gives to content without a file name.</summary>
    [GeneratedRegex("^'[^']*' ", RegexOptions.CultureInvariant)]
    private static partial Regex NameOfBytes();

    private sealed class Upload
    {
        public byte[] Content { get; set; } = [];

        public string Name { get; set; } = string.Empty;
    }

    private sealed class Picture
    {
        public ushort[] Tokens { get; set; } = [];
    }
}
