namespace IGptMl.Hosting;

/// <summary>The first entry of a saved component: its name, and the version that wrote it.</summary>
/// <param name="Component">The component's name.</param>
/// <param name="Version">The version of the assembly that wrote it; informational only, never compared.</param>
internal sealed record ComponentHeader(string Component, string Version)
{
    internal const string EntryName = "component.json";

    internal static string CurrentVersion { get; } = typeof(ComponentHeader).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
