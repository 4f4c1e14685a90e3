using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Samples.PhotoClassifier;

/// <content>Prediction with the saved zip. An application that only predicts needs only this file.</content>
public static partial class PhotoModel
{
    /// <summary>A photograph.</summary>
    public sealed class ModelInput
    {
        /// <summary>The bytes of a PNG, JPEG, BMP, GIF or WebP file.</summary>
        public byte[] ImageSource { get; set; } = [];

        /// <summary>The name of the class, for training and evaluation.</summary>
        public string Label { get; set; } = string.Empty;
    }

    /// <summary>The prediction for a photograph.</summary>
    public sealed class ModelOutput
    {
        /// <summary>The name of the likeliest class.</summary>
        public string PredictedClass { get; set; } = string.Empty;

        /// <summary>The probability of each class, 0 to 1.</summary>
        public float[] Score { get; set; } = [];
    }

    /// <summary>Loads the zip for single predictions. The engine is not thread-safe, and the caller disposes it.</summary>
    public static PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine(string zipPath)
    {
        var ml = new MLContext();
        return ml.Model.CreatePredictionEngine<ModelInput, ModelOutput>(ml.Model.Load(zipPath, out _));
    }

    /// <summary>Predicts all classes of a photograph with their probabilities, the likeliest first.</summary>
    public static IReadOnlyList<KeyValuePair<string, float>> PredictAllLabels(PredictionEngine<ModelInput, ModelOutput> engine, ModelInput input)
    {
        VBuffer<ReadOnlyMemory<char>> classes = default;
        engine.OutputSchema["Score"].GetSlotNames(ref classes);
        var scores = engine.Predict(input).Score;
        return [.. classes.DenseValues().Select((name, i) => KeyValuePair.Create(name.ToString(), scores[i])).OrderByDescending(pair => pair.Value)];
    }
}
