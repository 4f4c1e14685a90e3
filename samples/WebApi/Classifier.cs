using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Samples.WebApi;

/// <summary>A saved classifier with a pool of engines.</summary>
internal sealed class Classifier : IDisposable
{
    private readonly EnginePool<Upload, Scores> _pool;

    /// <summary>
    /// Loads a zip whose input is the column ImageSource (bytes, as Model Builder's) or Image (as igpt's), and whose output has the column Score.
    /// </summary>
    /// <exception cref="InvalidDataException">The zip is another model.</exception>
    internal Classifier(MLContext context, string path)
    {
        var model = Load(context, path, out var input);
        var decode = context.Transforms.DecodeImages("Image", nameof(Upload.ImageSource)).Fit(context.Data.LoadFromEnumerable<Upload>([]));
        var takesBytes = input.Any(column => column.Name == nameof(Upload.ImageSource));
        _pool = new EnginePool<Upload, Scores>(context, takesBytes ? model : decode.Append(model));
        try
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            _pool.OutputSchema["Score"].GetSlotNames(ref names);
            Names = [.. names.DenseValues().Select(name => name.ToString())];
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            _pool.Dispose();
            throw new InvalidDataException($"{path} is no classifier of pictures: {e.Message}", e);
        }
    }

    internal IReadOnlyList<string> Names { get; }

    public void Dispose() => _pool.Dispose();

    /// <summary>The classes of a picture with their probabilities, the likeliest first.</summary>
    internal PredictAnswer Predict(byte[] picture)
    {
        var scores = _pool.Predict(new Upload { ImageSource = picture }).Score;
        return new PredictAnswer([.. Names.Zip(scores, (name, score) => new ClassProbability(name, score)).OrderByDescending(score => score.Probability)]);
    }

    private static ITransformer Load(MLContext context, string path, out DataViewSchema input)
    {
        try
        {
            return context.Model.Load(path, out input);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is no saved pipeline: {e.Message}", e);
        }
    }

    private sealed class Upload
    {
        public string Label { get; set; } = string.Empty; // pipelines that were trained on names of classes ask for one

        public byte[] ImageSource { get; set; } = [];
    }

    private sealed class Scores
    {
        public float[] Score { get; set; } = [];
    }
}
