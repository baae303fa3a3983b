using System;
using System.Linq;

namespace PulseRun.Tests.Shared;

/// <summary>Selects tests by their class and method, with that part of the language of <c>dotnet test --filter</c> that build.ps1 uses.</summary>
internal sealed class TestFilter
{
    private const string Name = "FullyQualifiedName";

    /// <summary>All groups must match; a group matches when one of its conditions does.</summary>
    private readonly Func<string, bool>[][] _groups;

    private TestFilter(Func<string, bool>[][] groups) => _groups = groups;

    /// <summary>Gets the filter that every test matches.</summary>
    public static TestFilter All { get; } = new([]);

    /// <summary>Returns the filter of a text such as <c>(FullyQualifiedName~A|FullyQualifiedName~B)&amp;FullyQualifiedName!~C</c>.</summary>
    /// <exception cref="FormatException">The text has another condition.</exception>
    public static TestFilter Parse(string text) =>
        new(text.Split('&').Select(static group => group.Trim('(', ')').Split('|').Select(Condition).ToArray()).ToArray());

    public bool Matches(string name) => Array.TrueForAll(_groups, group => Array.Exists(group, condition => condition(name)));

    private static Func<string, bool> Condition(string text)
    {
        if (!text.StartsWith(Name, StringComparison.Ordinal))
            throw new FormatException("Not a condition of a filter: " + text);
        string rest = text.Substring(Name.Length);
        if (rest.StartsWith("!~", StringComparison.Ordinal))
            return name => !Contains(name, rest.Substring(2));
        if (rest.Length > 0 && rest[0] == '~')
            return name => Contains(name, rest.Substring(1));
        if (rest.Length > 0 && rest[0] == '=')
            return name => string.Equals(name, rest.Substring(1), StringComparison.OrdinalIgnoreCase);
        throw new FormatException("Not a condition of a filter: " + text);
    }

    private static bool Contains(string name, string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);
}
