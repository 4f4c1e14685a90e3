namespace IGptMl.Tests.Download;

/// <summary>A request to a <see cref="WebServer"/>; headers that it lacks are empty.</summary>
internal sealed record WebRequest(string Method, string Path, string Authorization, string Range, string IfRange);
