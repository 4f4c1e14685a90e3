namespace IGptMl.Reports;

/// <summary>A picture of a report.</summary>
/// <param name="File">The path relative to the report's folder.</param>
/// <param name="Caption">The caption.</param>
/// <param name="Png">The content.</param>
internal sealed record ReportedPicture(string File, string Caption, [property: System.Text.Json.Serialization.JsonIgnore] byte[] Png);
