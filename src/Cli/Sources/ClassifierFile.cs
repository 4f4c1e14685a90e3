using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Sources;

/// <summary>A saved pipeline from images to class names and scores.</summary>
internal sealed class ClassifierFile : IDisposable
{
    /// <summary>The column of class names.</summary>
    internal const string ClassColumn = "PredictedClass";

    /// <summary>The column of one score a class.</summary>
    internal const string ScoreColumn = "Score";

    private const string Makers = "igpt finetune, or igpt probe with --out, makes a classifier from a pretrained model";

    private readonly MLContext _context;
    private readonly ITransformer _pipeline;

    private ClassifierFile(MLContext context, ITransformer pipeline)
    {
        _context = context;
        _pipeline = pipeline;
    }

    /// <summary>Loads a classifier, and finds out at once whether it is one.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is something else; the message says what, and which command makes a classifier.</exception>
    internal static ClassifierFile Load(MLContext context, string path)
    {
        var classifier = new ClassifierFile(context, LoadPipeline(context, path));
        try
        {
            classifier.Check(path);
            return classifier;
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    /// <summary>The predictions of images, with the columns Name, <see cref="ClassColumn"/> and <see cref="ScoreColumn"/>.</summary>
    internal IDataView Predict(IDataView images) => _pipeline.Transform(
        _context.Transforms.SelectColumns(OpenedData.ImageColumn, OpenedData.NameColumn).Fit(images).Transform(images));

    /// <summary>The number of tokens and of colors in which the classifier sees an image; null if it does not see tokens.</summary>
    internal (int Positions, int Colors)? Tokens { get; private set; }

    /// <summary>The classes of the first image with their scores, the highest first; none if the image gets no scores.</summary>
    internal IReadOnlyList<(string Name, float Score)> Rank(IDataView images)
    {
        var predictions = Predict(images);
        var column = predictions.Schema[ScoreColumn];
        VBuffer<ReadOnlyMemory<char>> names = default;
        if (column.HasSlotNames())
        {
            column.GetSlotNames(ref names);
        }

        using var cursor = predictions.GetRowCursor([column]);
        VBuffer<float> scores = default;
        if (cursor.MoveNext())
        {
            cursor.GetGetter<VBuffer<float>>(column)(ref scores);
        }

        var known = names.DenseValues().Select(name => name.ToString()).ToList();
        return [.. scores.DenseValues()
            .Select((score, i) => (Name: i < known.Count && known[i].Length > 0 ? known[i] : $"class {i + 1}", Score: score))
            .Where(pair => !float.IsNaN(pair.Score))
            .OrderByDescending(pair => pair.Score)];
    }

    /// <inheritdoc/>
    public void Dispose() => (_pipeline as IDisposable)?.Dispose();

    /// <summary>Loads a pipeline.</summary>
    /// <inheritdoc cref="Load"/>
    internal static ITransformer LoadPipeline(MLContext context, string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new FileNotFoundException($"The classifier '{path}' does not exist. {Makers}.", path);
        }

        try
        {
            return context.Model.Load(path, out _);
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or FormatException or ArgumentException or UnauthorizedAccessException)
        {
            var what = FileContent.Describe(path) ?? "a file of an unknown kind";
            throw new InvalidDataException(
                $"'{path}' is {what}, not a classifier: it is no pipeline that mlContext.Model.Save wrote. {e.Message.TrimEnd('.')}. {Makers}.", e);
        }
    }

    private void Check(string path)
    {
        DataViewSchema schema;
        try
        {
            schema = Predict(_context.Data.LoadShapes(1)).Schema;
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException($"'{path}' is a pipeline that cannot be run on a column of images: {e.Message} {Makers}.", e);
        }

        if (schema.GetColumnOrNull(ClassColumn)?.Type is not TextDataViewType
            || schema.GetColumnOrNull(ScoreColumn)?.Type is not VectorDataViewType { ItemType.RawType: var score } || score != typeof(float))
        {
            var what = schema.GetColumnOrNull("NatsPerToken") is null ? "a pipeline without classes" : "a pretrained model, not a classifier";
            throw new InvalidDataException($"'{path}' is {what}: it gives no columns {ClassColumn} (text) and {ScoreColumn} (vector of Single). {Makers}.");
        }

        Tokens = schema.Select(column => column.Type)
            .OfType<VectorDataViewType>()
            .Where(type => type is { Size: > 0, ItemType: KeyDataViewType { RawType: var raw } } && raw == typeof(ushort))
            .Select(type => ((int, int)?)(type.Size, (int)((KeyDataViewType)type.ItemType).Count))
            .FirstOrDefault();
    }
}
