using IGptMl.Hosting;
using IGptMl.Numerics;
using Microsoft.ML;

namespace IGptMl.Classification;

/// <summary>The classes of an experiment's training and test data.</summary>
internal static class ClassNames
{
    /// <summary>
    /// Labels are numbers to ML.NET, so the same number must mean the same class in both columns. Where a column does not name its classes, the numbers of
    /// classes are compared alone.
    /// </summary>
    /// <exception cref="InvalidOperationException">The classes differ.</exception>
    internal static void RequireSame(DataViewSchema.Column training, DataViewSchema.Column test)
    {
        var (expected, found) = (ClassValues.NamesOf(training), ClassValues.NamesOf(test));
        var areNamed = ClassValues.Of(training) is not null && ClassValues.Of(test) is not null;
        if (expected.Count != found.Count || (areNamed && !expected.SequenceEqual(found, StringComparer.Ordinal)))
        {
            throw new InvalidOperationException(
                $"The classes of the test data differ from those of the training data: {NameList.Of(found)} instead of {NameList.Of(expected)}.");
        }
    }
}
