namespace IGptMl.PublicApi.Tests;

/// <summary>Deletes the files of the pages after all tests.</summary>
[TestClass]
public static class PageFilesCleanup
{
    [AssemblyCleanup]
    public static void Clean() => PageFiles.Clean();
}
