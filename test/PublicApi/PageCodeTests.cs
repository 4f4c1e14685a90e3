using System.Reflection;
using IGptMl.Tests.Docs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.ML;

namespace IGptMl.PublicApi.Tests;

/// <summary>The C# code of each page is one program that compiles against the public API. Programs that need no data sets are also run.</summary>
[TestClass]
public sealed class PageCodeTests
{
    /// <summary>The implicit usings of a console project.</summary>
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
    [DataRow("README.md")]
    [DataRow("docs/fine-tuning.md")]
    [DataRow("docs/likelihood.md")]
    [DataRow("docs/pipelines.md")]
    [DataRow("docs/sampling.md")]
    public void Code_Runs(string page)
    {
        using var folder = new WorkFolder();
        PrepareFiles(folder);
        var (before, console) = (Environment.CurrentDirectory, Console.Out);
        Environment.CurrentDirectory = folder.Path;
        Console.SetOut(TextWriter.Null);
        try
        {
            Load(Page.Find(page)).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Console.SetOut(console);
        }
    }

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

    /// <summary>Creates the files that the pages use: photographs of two classes, and a model that is trained on them.</summary>
    private static void PrepareFiles(WorkFolder folder)
    {
        var ml = new MLContext(seed: 1);
        var photos = ml.Data.LoadImageFolder(folder.WritePhotos("photos", count: 3));
        folder.WritePhotos("test-photos", count: 2);
        folder.WritePhotos("validation-photos", count: 2);
        File.Copy(folder.Combine("photos", "dark", "0.png"), folder.Combine("cat.jpg")); // the content determines the image format
        var config = new ImageGptConfig { ImageSize = 16, Colors = 16, EmbeddingSize = 8, Layers = 6, Heads = 2 };
        var quantizer = ml.Transforms.QuantizeToPalette("Tokens", "Image", config.ImageSize, config.Colors).Fit(photos);
        using var model = ImageGptModel.CreateUntrained(config, quantizer.Palette);
        model.Save(folder.Combine("model.zip"));
        using var masked = ImageGptModel.CreateUntrained(config with { Objective = PretrainingObjective.Masked }, quantizer.Palette);
        masked.Save(folder.Combine("masked.zip"));
    }

    /// <summary>The errors, with the page's line numbers. Warnings are not errors, as pages may show unused code.</summary>
    private static IEnumerable<string> Compile(Page page) => CreateCompilation(page).GetDiagnostics()
        .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
        .Select(diagnostic => $"{page.Name}({diagnostic.Location.GetMappedLineSpan().StartLinePosition.Line + 1}): {diagnostic.GetMessage()}");

    private static Assembly Load(Page page)
    {
        using var stream = new MemoryStream();
        var result = CreateCompilation(page).Emit(stream);
        Assert.IsTrue(result.Success, string.Join("\n", result.Diagnostics));
        return Assembly.Load(stream.ToArray());
    }

    private static CSharpCompilation CreateCompilation(Page page)
    {
        var blocks = CodeOf(page).Select(block => $"#line {block.FirstLine} \"{page.Name}\"\n{string.Join('\n', block.Lines)}\n");
        return CSharpCompilation.Create(
            $"Page{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, Language), CSharpSyntaxTree.ParseText(string.Concat(blocks), Language)],
            References.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
    }
}
