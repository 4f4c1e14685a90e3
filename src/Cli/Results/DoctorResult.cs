namespace IGptMl.Cli.Results;

/// <summary>The result of igpt doctor.</summary>
/// <param name="Works">Whether everything that is needed is there.</param>
/// <param name="Checks">What was looked at.</param>
internal sealed record DoctorResult(bool Works, IReadOnlyList<DoctorResult.Check> Checks)
{
    /// <summary>The result as names and values, each remedy below the value that asks for it.</summary>
    internal IEnumerable<(string Name, string Value)> Facts
        => Checks.SelectMany<Check, (string, string)>(check => check.Remedy is null
            ? [(check.Name, check.Value)]
            : [(check.Name, check.Value), (string.Empty, "→ " + check.Remedy)]);

    /// <summary>One property of the machine or of the installation.</summary>
    /// <param name="Name">What it is.</param>
    /// <param name="Value">What was found.</param>
    /// <param name="Works">False if something that is needed is missing.</param>
    /// <param name="Remedy">What to do; null if there is nothing to do.</param>
    internal sealed record Check(string Name, string Value, bool Works = true, string? Remedy = null);
}
