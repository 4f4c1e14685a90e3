using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Hosting;

/// <summary>Identifies data without reading its rows: by the identity of its source, and by the transforms applied to it.</summary>
internal static class DataIdentity
{
    /// <summary>The identity of a view; null if its source has none.</summary>
    internal static string? Of(IDataView view)
    {
        var steps = new StringBuilder();
        while (view is not IIdentifiedData)
        {
            if (view is not IDataTransform transform)
            {
                return null;
            }

            steps.Append(transform.GetType().Name).Append(" of ");
            view = transform.Source;
        }

        return ((IIdentifiedData)view).Identity is { } identity ? $"{steps}{identity}" : null;
    }
}
