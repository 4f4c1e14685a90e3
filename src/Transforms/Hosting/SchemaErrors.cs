using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>Schema errors with the texts of ML.NET.</summary>
internal static class SchemaErrors
{
    internal const string ParameterName = "inputSchema";

    /// <summary>"Could not find {role} column '{name}'".</summary>
    internal static Exception ColumnNotFound(IExceptionContext? host, string role, string name) => host.ExceptSchemaMismatch(ParameterName, role, name);

    /// <summary>"Schema mismatch for {role} column '{name}': expected {expected}, got {actual}".</summary>
    internal static Exception Mismatch(IExceptionContext? host, string role, string name, string expected, string actual)
        => host.ExceptSchemaMismatch(ParameterName, role, name, expected, actual);

    /// <summary>Finds a column that is not hidden by a later one of the same name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    internal static DataViewSchema.Column Require(DataViewSchema schema, IExceptionContext? host, string role, string name)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return schema.GetColumnOrNull(name) ?? throw ColumnNotFound(host, role, name);
    }

    /// <summary>Finds a column of a schema shape.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    internal static SchemaShape.Column Require(SchemaShape schema, IExceptionContext? host, string role, string name)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return schema.TryFindColumn(name, out var column) ? column : throw ColumnNotFound(host, role, name);
    }

    /// <summary>The type of a schema shape's column as ML.NET writes it.</summary>
    internal static string Describe(SchemaShape.Column column) => column.GetTypeString();
}
