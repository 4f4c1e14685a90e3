namespace IGptMl.Tests;

/// <summary>No line of code or prose is longer than 160 characters. Files for tools, such as the public API lists, are excluded.</summary>
[TestClass]
public sealed class LineLengthTests
{
    private const int Longest = 160;

    private static readonly string[] Endings = [".cs", ".md", ".props", ".targets", ".csproj", ".sh", ".cmd", ".css"];

    private static readonly string[] LeftOut = [".git", "bin", "obj", "Data", "node_modules"];

    [TestMethod]
    public void Lines_OfTheSources_AreNotTooLong()
    {
        var root = FindRoot();
        if (root is null)
        {
            Assert.Inconclusive("The sources are not there.");
        }

        var files = Files(root!).ToList();
        Assert.IsGreaterThan(500, files.Count);
        var found = files.SelectMany(file => File.ReadLines(file)
            .Select((line, i) => (Line: line, Number: i + 1))
            .Where(line => line.Line.Length > Longest)
            .Select(line => $"{Path.GetRelativePath(root!, file)}:{line.Number}"));
        Assert.AreEqual(string.Empty, string.Join("\n", found));
    }

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IGptMl.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    private static IEnumerable<string> Files(string folder)
        => Directory.EnumerateFiles(folder).Where(file => Endings.Contains(Path.GetExtension(file)))
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(each => !LeftOut.Contains(Path.GetFileName(each)) || each.EndsWith(Path.Combine("Pipelines", "Data"), StringComparison.Ordinal))
                .SelectMany(Files));
}
