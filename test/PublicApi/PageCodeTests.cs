using System.Globalization;
using System.Text.RegularExpressions;
using IGptMl.Tests.Docs;

namespace IGptMl.PublicApi.Tests;

/// <summary>The C# code of each page is one program, which compiles against the public API, runs, and prints what the page says.</summary>
[TestClass]
public sealed partial class PageCodeTests
{
    /// <summary>A block of this kind is what the program has printed.</summary>
    private const string OutputBlock = "text output";

    /// <summary>Numbers of a page's training that would take minutes, with those that the test takes.</summary>
    private static readonly (string Page, string Shown, string Taken)[] Shortened =
    [
        ("docs/pretraining.md", "Steps = 5_000", "Steps = 4"),
        ("docs/pretraining.md", "Steps = 3_000", "Steps = 2"),
    ];

    /// <summary>The pages, and the text of the packages.</summary>
    private static readonly Page[] Pages = [.. Page.All, new Page("src/PACKAGE.md", File.ReadAllLines(Path.Combine(Page.Root, "src", "PACKAGE.md")))];

    public static IEnumerable<object[]> PagesWithCode => Pages.Where(page => CodeOf(page).Any()).Select(page => (object[])[page.Name]);

    [TestMethod]
    [DynamicData(nameof(PagesWithCode))]
    public void Code_Compiles(string page) => Assert.AreEqual(string.Empty, string.Join("\n", PageCode.ErrorsOf(SourceOf(Find(page)), page)));

    [TestMethod]
    [DynamicData(nameof(PagesWithCode))]
    public void Code_RunsAndPrintsWhatThePageSays(string page)
    {
        using var folder = new WorkFolder();
        PageFiles.Write(folder);
        if (page == "docs/pretraining.md")
        {
            Directory.Delete(folder.Combine("run"), recursive: true); // its own code begins this run
        }

        if (page == "docs/data.md")
        {
            PageFiles.WriteDownload(folder);
        }

        var output = PageCode.Run(SourceOf(Find(page)), folder).Split('\n');
        var expected = Find(page).Blocks.Where(block => block.Language == OutputBlock).SelectMany(block => block.Lines).ToArray();
        foreach (var line in expected)
        {
            Assert.IsTrue(output.Any(printed => IsAlike(line, printed)), $"{page} says '{line}', but this was printed:\n{string.Join('\n', output)}");
        }
    }

    [TestMethod]
    [DataRow("3.412 nats per token", "3.40 nats per token", true)]
    [DataRow("3.412 nats per token", "4.1 nats per token", false)]
    [DataRow("3.412 nats per token", "3.412 bits per token", false)]
    [DataRow("dark", "bright", false)]
    public void Output_OfOtherWordsOrNumbers_IsFound(string said, string printed, bool alike) => Assert.AreEqual(alike, IsAlike(said, printed));

    [TestMethod]
    public void ShortenedCode_IsThere()
    {
        foreach (var (page, shown, _) in Shortened)
        {
            Assert.Contains(shown, string.Join('\n', Find(page).Lines));
        }
    }

    [TestMethod]
    public void Code_OfAnUnknownMember_DoesNotCompile()
    {
        string[] lines = ["```csharp", "using Microsoft.ML;", "```", "", "```csharp", "new MLContext().Transforms.QuantizeToNothing();", "```"];
        var page = new Page("example.md", lines);
        var error = PageCode.ErrorsOf(SourceOf(page), page.Name).Single();
        Assert.StartsWith("example.md(6)", error);
        Assert.Contains("QuantizeToNothing", error);
    }

    [TestMethod]
    public void Code_OfAnInternalMember_DoesNotCompile()
    {
        var page = new Page("example.md", ["```csharp", "IGptMl.ImageGptModel.Load(\"model.zip\").Share();", "```"]);
        Assert.StartsWith("example.md(2)", PageCode.ErrorsOf(SourceOf(page), page.Name).Single());
    }

    private static Page Find(string name) => Pages.Single(page => page.Name == name);

    private static IEnumerable<Page.Block> CodeOf(Page page) => page.Blocks.Where(block => block.Language == "csharp");

    private static string SourceOf(Page page)
    {
        var source = string.Concat(CodeOf(page).Select(block => $"#line {block.FirstLine} \"{page.Name}\"\n{string.Join('\n', block.Lines)}\n"));
        return Shortened.Where(part => part.Page == page.Name)
            .Aggregate(source, (text, part) => text.Replace(part.Shown, part.Taken, StringComparison.Ordinal));
    }

    /// <summary>Whether two lines have the same words, and numbers that differ by at most 5 %, as processors round differently.</summary>
    private static bool IsAlike(string said, string printed)
    {
        var (numbers, others) = (Numbers(said), Numbers(printed));
        return Number().Replace(said, "#").Trim() == Number().Replace(printed, "#").Trim()
            && numbers.Zip(others).All(pair => Math.Abs(pair.First - pair.Second) <= 0.05 * Math.Abs(pair.First));
    }

    private static double[] Numbers(string line)
        => [.. Number().Matches(line).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex Number();
}
