namespace IGptMl;

/// <summary>A picture of a report.</summary>
/// <param name="File">Its file, below the report's folder.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Png">Its content.</param>
public sealed record ReportedPicture(string File, string Caption, [property: System.Text.Json.Serialization.JsonIgnore] byte[] Png);
