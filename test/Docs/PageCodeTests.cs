using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IGptMl.Tests.Docs;

/// <summary>The C# of each page is one program that compiles against the public API.</summary>
[TestClass]
public sealed class PageCodeTests
{
    /// <summary>What a console project imports by itself.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp14);

    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    public static IEnumerable<object[]> PagesWithCode => Page.All.Where(page => CodeOf(page).Any()).Select(page => (object[])[page.Name]);

    [TestMethod]
    [DynamicData(nameof(PagesWithCode))]
    public void Code_Compiles(string page) => Assert.AreEqual(string.Empty, string.Join("\n", Compile(Page.Find(page))));

    [TestMethod]
    public void Code_OfAnUnknownMember_DoesNotCompile()
    {
        string[] lines = ["```csharp", "using Microsoft.ML;", "```", "", "```csharp", "new MLContext().Transforms.QuantizeToNothing();", "```"];
        var page = new Page("example.md", lines);
        var error = Compile(page).Single();
        Assert.StartsWith("example.md(6)", error);
        Assert.Contains("QuantizeToNothing", error);
    }

    [TestMethod]
    public void Code_OfAnInternalMember_DoesNotCompile()
    {
        var page = new Page("example.md", ["```csharp", "IGptMl.ImageGptModel.Load(\"model.zip\").Share();", "```"]);
        Assert.StartsWith("example.md(2)", Compile(page).Single());
    }

    private static IEnumerable<Page.Block> CodeOf(Page page) => page.Blocks.Where(block => block.Language == "csharp");

    /// <summary>The errors, with the page's line numbers. No warning is an error: pages show what they do not use.</summary>
    private static IEnumerable<string> Compile(Page page)
    {
        var blocks = CodeOf(page).Select(block => $"#line {block.FirstLine} \"{page.Name}\"\n{string.Join('\n', block.Lines)}\n");
        var compilation = CSharpCompilation.Create(
            "Page",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, Language), CSharpSyntaxTree.ParseText(string.Concat(blocks), Language)],
            References.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        return compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => $"{page.Name}({diagnostic.Location.GetMappedLineSpan().StartLinePosition.Line + 1}): {diagnostic.GetMessage()}");
    }
}
