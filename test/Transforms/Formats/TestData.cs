namespace IGptMl.Tests.Formats;

/// <summary>The reference files, as the build copies them beside the tests.</summary>
internal static class TestData
{
    public static string PathOf(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "Data", .. parts]);
}
