using System.Reflection;
using Microsoft.ML;

namespace IGptMl.Tests.Contracts;

/// <summary>Comparisons of schemas and of what estimators promise about them.</summary>
public static class SchemaFacts
{
    /// <summary>What a schema looks like as a promise (ML.NET's own conversion, which is not public).</summary>
    public static SchemaShape ShapeOf(DataViewSchema schema)
        => (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic, [typeof(DataViewSchema)])!.Invoke(null, [schema])!;

    /// <summary>Both promise the same columns, of the same types, with the same annotations.</summary>
    public static void AssertSame(SchemaShape promised, SchemaShape delivered) => Assert.AreEqual(Describe(delivered), Describe(promised));

    /// <summary>Both have the same columns in the same order, of the same types, with annotations of the same names and types.</summary>
    public static void AssertSame(DataViewSchema expected, DataViewSchema actual) => Assert.AreEqual(Describe(expected), Describe(actual));

    private static string Describe(SchemaShape shape) => string.Join("\n", shape
        .OrderBy(column => column.Name, StringComparer.Ordinal)
        .Select(c => $"{c.Name}: {c.Kind} {(c.IsKey ? "key " : string.Empty)}{c.ItemType} {{{Describe(c.Annotations).Replace("\n", ", ", StringComparison.Ordinal)}}}"));

    private static string Describe(DataViewSchema schema) => string.Join("\n", schema
        .Select(c => $"{c.Name}: {c.Type}{(c.IsHidden ? " hidden" : string.Empty)} {{{string.Join(", ", c.Annotations.Schema.Select(a => $"{a.Name}: {a.Type}"))}}}"));
}
