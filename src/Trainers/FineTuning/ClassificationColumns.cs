using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.FineTuning;

/// <summary>
/// The output columns of a multiclass scorer, annotated as by ML.NET's own scorers. The estimator's schema and the transformer's both come from this
/// description.
/// </summary>
internal static class ClassificationColumns
{
    internal const string PredictedLabel = "PredictedLabel";
    internal const string Score = "Score";

    private const string MulticlassKind = "MulticlassClassification";

    /// <param name="classes">The number of classes.</param>
    /// <param name="values">The values of the label's keys, if annotated.</param>
    internal static IReadOnlyList<BatchedColumn> Create(int classes, ClassValues? values)
    {
        var label = CreateAnnotations(PredictedLabel);
        values?.AddTo(label, AnnotationNames.KeyValues);
        var score = CreateAnnotations(Score);
        values?.AddTo(score, AnnotationNames.TrainingLabelValues);
        if (values is { IsText: true })
        {
            values.AddTo(score, AnnotationNames.SlotNames);
        }

        return
        [
            BatchedColumn.ArgMax(new DataViewSchema.DetachedColumn(PredictedLabel, new KeyDataViewType(typeof(uint), classes), label.ToAnnotations()), 0,
                classes),
            BatchedColumn.Vector(new DataViewSchema.DetachedColumn(Score, new VectorDataViewType(NumberDataViewType.Single, classes), score.ToAnnotations()),
                0, classes),
        ];
    }

    private static DataViewSchema.Annotations.Builder CreateAnnotations(string valueKind)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddText(AnnotationNames.ScoreColumnKind, MulticlassKind);
        AddText(AnnotationNames.ScoreValueKind, valueKind);
        annotations.Add(AnnotationNames.ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), (ref uint value) => value = 1);
        return annotations;

        void AddText(string name, string text) => annotations.Add(name, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());
    }
}
