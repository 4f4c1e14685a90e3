namespace IGptMl.Tests.Formats;

/// <summary>The reference files, which the build copies next to the tests.</summary>
internal static class TestData
{
    public static string PathOf(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "Data", .. parts]);
}
