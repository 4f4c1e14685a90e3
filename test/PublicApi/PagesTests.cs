using System.Reflection;

namespace IGptMl.PublicApi.Tests;

/// <summary>The code that the pages show, compiled from them, on a folder of small photographs.</summary>
[TestClass]
public sealed class PagesTests
{
    private const string Namespace = "IGptMl.PublicApi.Tests.Pages";

    public static IEnumerable<object[]> Pages
        => typeof(PagesTests).Assembly.GetTypes().Where(type => type.Namespace == Namespace && !type.IsNested).Select(type => new object[] { type.Name });

    [TestMethod]
    [DynamicData(nameof(Pages))]
    public void Page_Code_Runs(string page)
    {
        using var folder = new WorkFolder();
        folder.WritePhotos("photos");
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            var run = typeof(PagesTests).Assembly.GetType($"{Namespace}.{page}")!.GetMethod("Run", BindingFlags.Static | BindingFlags.NonPublic)!;
            run.CreateDelegate<Action>()();
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [TestMethod]
    public void Readme_IsAmongThePages() => CollectionAssert.Contains(Pages.Select(page => (string)page[0]).ToArray(), "README_md");
}
