using System.Text.RegularExpressions;

namespace IGptMl.Tests.Docs;

/// <summary>The form of the pages: links, line lengths, names of options.</summary>
[TestClass]
public sealed partial class PageTests
{
    private const int LongestLine = 160;

    private const int LongestReadme = 150;

    [TestMethod]
    public void Links_LeadSomewhere()
    {
        var faults =
            from page in Page.All
            from link in page.Links
            where !IsWeb(link.Target) && !LeadsSomewhere(page, link.Target)
            select $"{page}({link.Number}): {link.Target}";
        Assert.AreEqual(string.Empty, string.Join("\n", faults));
    }

    [TestMethod]
    [DataRow("glossary.md#nats-per-token", true)]
    [DataRow("glossary.md#nats-per-pixel", false)]
    [DataRow("../LICENSE", true)]
    [DataRow("nowhere.md", false)]
    public void Link_ToWhatIsNotThere_IsFound(string target, bool exists)
        => Assert.AreEqual(exists, LeadsSomewhere(Page.Find("docs/pretraining.md"), target));

    [TestMethod]
    public void Pages_AreReachedFromTheReadme()
    {
        var readme = Page.Find("README.md");
        var linked = readme.Links.Select(link => link.Target.Split('#')[0]).ToHashSet(StringComparer.Ordinal);
        CollectionAssert.IsSubsetOf(Page.All.Where(page => page != readme).Select(page => page.Name).ToArray(), linked.ToArray());
    }

    [TestMethod]
    public void Lines_AreNotTooLong()
    {
        var faults =
            from page in Page.All
            from line in page.Lines.Index()
            where line.Item.Length > LongestLine
            select $"{page}({line.Index + 1}): {line.Item.Length} characters";
        Assert.AreEqual(string.Empty, string.Join("\n", faults));
    }

    [TestMethod]
    public void Readme_IsShort() => Assert.IsLessThanOrEqualTo(LongestReadme, Page.Find("README.md").Lines.Count);

    [TestMethod]
    public void OptionsInTables_AreProperties()
    {
        var properties = new[] { typeof(ImageGptModel), typeof(ImageGptTrainer), typeof(LinearProbeExperiment) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .SelectMany(type => type.GetProperties())
            .Select(property => property.Name)
            .ToHashSet(StringComparer.Ordinal);
        var options =
            (from page in Page.All
             from line in RowsOfOptions(page)
             from Match name in Name().Matches(line.Text.Split('|')[1])
             select (page, line.Number, Name: name.Groups[1].Value)).ToArray();
        Assert.IsNotEmpty(options);
        var faults = options.Where(option => !properties.Contains(option.Name)).Select(option => $"{option.page}({option.Number}): {option.Name}");
        Assert.AreEqual(string.Empty, string.Join("\n", faults));
    }

    /// <summary>The rows of tables whose first column has the header "option".</summary>
    private static IEnumerable<(int Number, string Text)> RowsOfOptions(Page page)
    {
        var isTable = false;
        foreach (var line in page.Prose)
        {
            var isHead = line.Text.StartsWith("| option |", StringComparison.Ordinal);
            isTable = isHead || (isTable && line.Text.StartsWith('|'));
            if (isTable && !isHead)
            {
                yield return line;
            }
        }
    }

    private static bool IsWeb(string target) => target.StartsWith("https://", StringComparison.Ordinal);

    private static bool LeadsSomewhere(Page page, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0 ? Path.Combine(Page.Root, page.Name) : Path.Combine(Page.Root, Path.GetDirectoryName(page.Name)!, parts[0]);
        if (!Path.Exists(path) || parts.Length == 1)
        {
            return Path.Exists(path);
        }

        var name = Path.GetRelativePath(Page.Root, path).Replace('\\', '/');
        return Page.All.Any(other => other.Name == name && other.Anchors.Contains(parts[1]));
    }

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Name();
}
