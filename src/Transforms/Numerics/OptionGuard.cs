using System.Globalization;
using System.Numerics;

namespace IGptMl.Numerics;

/// <summary>Collects all problems of a set of options, and reports them in one exception.</summary>
internal sealed class OptionGuard
{
    private readonly List<string> _problems = [];

    /// <summary>Whether there have been problems so far.</summary>
    internal bool HasProblems => _problems.Count > 0;

    /// <summary>The value must be between the two bounds, both included.</summary>
    internal OptionGuard Range<T>(string name, T value, T minimum, T maximum)
        where T : INumber<T>
        => Require(value >= minimum && value <= maximum, name, value, $"{Text(minimum)} to {Text(maximum)}");

    /// <summary>The value must be at least the bound.</summary>
    internal OptionGuard AtLeast<T>(string name, T value, T minimum)
        where T : INumber<T>
        => Require(value >= minimum && T.IsFinite(value), name, value, $"at least {Text(minimum)}");

    /// <summary>The value must be greater than zero and finite.</summary>
    internal OptionGuard Positive<T>(string name, T value)
        where T : INumber<T>
        => Require(value > T.Zero && T.IsFinite(value), name, value, "more than 0");

    /// <summary>The name must not be empty.</summary>
    internal OptionGuard Name(string name, string? value) =>
        Require(!string.IsNullOrWhiteSpace(value), name, value is null ? "null" : $"'{value}'", "a column name");

    /// <summary>Reports <paramref name="name"/> unless <paramref name="holds"/>.</summary>
    internal OptionGuard Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value ?? "null"}; expected {expected}."));
        }

        return this;
    }

    /// <summary>Adds problems with complete messages.</summary>
    internal OptionGuard Add(IEnumerable<string> problems)
    {
        _problems.AddRange(problems);
        return this;
    }

    /// <summary>Reports all problems together.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There was at least one problem.</exception>
    internal void ThrowIfAny(string parameterName)
    {
        if (HasProblems)
        {
            throw new ArgumentOutOfRangeException(parameterName, string.Join(" ", _problems));
        }
    }

    /// <summary>Reports all problems together, as problems of a file.</summary>
    /// <exception cref="InvalidDataException">There was at least one problem; the message names the file.</exception>
    internal void ThrowIfDamaged(string path)
    {
        if (HasProblems)
        {
            throw new InvalidDataException($"'{path}': {string.Join(" ", _problems)}");
        }
    }

    private static string Text<T>(T value)
        where T : INumber<T>
        => value.ToString(null, CultureInfo.InvariantCulture);
}
