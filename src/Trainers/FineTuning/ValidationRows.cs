using System.Numerics.Tensors;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.FineTuning;

/// <summary>Rows on which a classifier is measured while it learns, as it will be scored when it has learned.</summary>
internal sealed class ValidationRows(LabeledTokens rows, ClassScorer scorer, torch.Device device)
{
    private const int RowsPerBatch = 32;

    /// <summary>Classifies all rows.</summary>
    internal Measurement Measure(ClassifierNetwork network)
    {
        var context = network.Config.ContextLength;
        var tokens = new ushort[RowsPerBatch * context];
        var labels = new long[RowsPerBatch];
        var scores = new float[RowsPerBatch * rows.Classes];
        var (correct, loss) = (0L, 0.0);
        for (var start = 0; start < rows.Count; start += RowsPerBatch)
        {
            var count = Math.Min(RowsPerBatch, rows.Count - start);
            rows.Copy([.. Enumerable.Range(start, count)], tokens, labels);
            scorer.Score(network.Config, tokens.AsSpan(0, count * context), count, Logits, scores.AsSpan(0, count * rows.Classes));
            for (var row = 0; row < count; row++)
            {
                ReadOnlySpan<float> probabilities = scores.AsSpan(row * rows.Classes, rows.Classes);
                var label = (int)labels[row];
                correct += TensorPrimitives.IndexOfMax(probabilities) == label ? 1 : 0;
                loss -= Math.Log(Math.Max(probabilities[label], float.Epsilon));
            }
        }

        return new Measurement((double)correct / rows.Count, loss / rows.Count);

        void Logits(ReadOnlySpan<ushort> images, int count, TokenMask? mask, Span<float> logits)
        {
            using var noGradients = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            network.Logits(TokenTensor.Create(images, count, device), mask).cpu().data<float>().CopyTo(logits);
        }
    }

    /// <summary>How well a classifier does.</summary>
    /// <param name="Accuracy">The share of rows whose class is predicted, 0 to 1.</param>
    /// <param name="Loss">The cross-entropy in nats an image.</param>
    internal readonly record struct Measurement(double Accuracy, double Loss)
    {
        /// <summary>Whether the accuracy is greater, or equal with a smaller loss: small validation sets know few accuracies.</summary>
        internal bool IsBetterThan(Measurement other) => Accuracy > other.Accuracy || (Accuracy == other.Accuracy && Loss < other.Loss);
    }
}
