using System.Reflection;
using Microsoft.ML;

namespace IGptMl.Tests.Contracts;

/// <summary>Compares schemas, and estimators' promises about them.</summary>
public static class SchemaFacts
{
    /// <summary>A schema as a schema shape, by ML.NET's own conversion, which is not public.</summary>
    public static SchemaShape ShapeOf(DataViewSchema schema)
    {
        var create = typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic, [typeof(DataViewSchema)])!;
        return (SchemaShape)create.Invoke(null, [schema])!;
    }

    /// <summary>Checks that both promise the same columns, with the same types and annotations.</summary>
    public static void AssertSame(SchemaShape promised, SchemaShape delivered) => Assert.AreEqual(Describe(delivered), Describe(promised));

    /// <summary>Checks that both have the same columns in the same order, with the same types and the same names and types of annotations.</summary>
    public static void AssertSame(DataViewSchema expected, DataViewSchema actual) => Assert.AreEqual(Describe(expected), Describe(actual));

    private static string Describe(SchemaShape shape) => string.Join("\n", shape
        .OrderBy(column => column.Name, StringComparer.Ordinal)
        .Select(c => $"{c.Name}: {c.Kind} {(c.IsKey ? "key " : string.Empty)}{c.ItemType} {{{DescribeInLine(c.Annotations)}}}"));

    private static string DescribeInLine(SchemaShape shape) => Describe(shape).Replace("\n", ", ", StringComparison.Ordinal);

    private static string Describe(DataViewSchema schema) => string.Join("\n", schema
        .Select(c => $"{c.Name}: {c.Type}{(c.IsHidden ? " hidden" : string.Empty)} {{{Describe(c.Annotations)}}}"));

    private static string Describe(DataViewSchema.Annotations annotations) => string.Join(", ", annotations.Schema.Select(a => $"{a.Name}: {a.Type}"));
}
