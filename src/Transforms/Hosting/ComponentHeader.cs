namespace IGptMl.Hosting;

/// <summary>The first entry of a saved component: which one it is, and who wrote it.</summary>
/// <param name="Component">The component's name.</param>
/// <param name="Version">The version of the assembly that wrote it; for people, never compared.</param>
internal sealed record ComponentHeader(string Component, string Version)
{
    internal const string EntryName = "component.json";

    internal static string CurrentVersion { get; } = typeof(ComponentHeader).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
