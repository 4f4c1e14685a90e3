namespace IGptMl.Tests.Hosting;

/// <summary>Names the non-public members of ML.NET that a test watches, as <c>Namespace.Type</c> or <c>Namespace.Type.Member</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CanaryAttribute(params string[] members) : Attribute
{
    public IReadOnlyList<string> Members => members;
}
