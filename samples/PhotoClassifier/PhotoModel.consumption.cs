using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Samples.PhotoClassifier;

/// <content>Prediction with the saved model. An application that only predicts needs only this file.</content>
public static partial class PhotoModel
{
    /// <summary>The model's file. Set it before the first prediction, or after <see cref="Reload"/>.</summary>
    public static string MLNetModelPath { get; set; } = Path.GetFullPath("PhotoModel.zip");

    /// <summary>
    /// The engine, which is created when it is first used. An engine predicts one photograph at a time, and is not thread-safe. For a server, see
    /// samples/WebApi.
    /// </summary>
    public static Lazy<PredictionEngine<ModelInput, ModelOutput>> PredictEngine { get; private set; } = new(CreatePredictEngine, true);

    /// <summary>Predicts the class of a photograph.</summary>
    public static ModelOutput Predict(ModelInput input) => PredictEngine.Value.Predict(input);

    /// <summary>Predicts all classes of a photograph with their probabilities, the likeliest first.</summary>
    public static IOrderedEnumerable<KeyValuePair<string, float>> PredictAllLabels(ModelInput input) => GetSortedScoresWithLabels(Predict(input));

    /// <summary>The classes of a prediction with their probabilities, the likeliest first.</summary>
    public static IOrderedEnumerable<KeyValuePair<string, float>> GetSortedScoresWithLabels(ModelOutput result)
        => GetLabels().Zip(result.Score, KeyValuePair.Create).OrderByDescending(pair => pair.Value);

    /// <summary>The names of the classes, in the order of <see cref="ModelOutput.Score"/>.</summary>
    public static IReadOnlyList<string> GetLabels()
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        PredictEngine.Value.OutputSchema["Score"].GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>Frees the engine and its model; the next prediction loads the file again.</summary>
    public static void Reload()
    {
        var former = PredictEngine;
        PredictEngine = new(CreatePredictEngine, true);
        if (former.IsValueCreated)
        {
            former.Value.Dispose();
        }
    }

    private static PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine()
    {
        var mlContext = new MLContext();
        var mlModel = mlContext.Model.Load(MLNetModelPath, out _);
        return mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(mlModel);
    }

    /// <summary>A photograph.</summary>
    public sealed class ModelInput
    {
        /// <summary>The name of the class, for training and evaluation.</summary>
        [ColumnName("Label")]
        public string Label { get; set; } = string.Empty;

        /// <summary>The bytes of a PNG, JPEG, BMP, GIF or WebP file.</summary>
        [ColumnName("ImageSource")]
        public byte[] ImageSource { get; set; } = [];
    }

    /// <summary>The prediction for a photograph.</summary>
    public sealed class ModelOutput
    {
        /// <summary>The name of the likeliest class.</summary>
        [ColumnName("PredictedLabel")]
        public string PredictedLabel { get; set; } = string.Empty;

        /// <summary>The probability of each class, 0 to 1.</summary>
        [ColumnName("Score")]
        public float[] Score { get; set; } = [];
    }
}
