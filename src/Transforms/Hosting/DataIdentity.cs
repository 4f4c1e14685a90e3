using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Hosting;

/// <summary>Tells data from other data without reading its rows: by the views that it went through, and by what the first of them says of itself.</summary>
internal static class DataIdentity
{
    /// <summary>The identity of a view, or null where its source has none.</summary>
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
