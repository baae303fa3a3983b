using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Copy;

/// <summary>Leaves out files and folders by their names or their paths below the copied folder, ignoring case.</summary>
/// <param name="patterns">Wildcard patterns; null for none.</param>
internal sealed class CopyFilter(IReadOnlyList<string>? patterns)
{
    private readonly Func<string, bool>[] _matchers = [.. (patterns ?? []).Select(static one => Patterns.Matcher(one.Replace('\\', '/').TrimEnd('/')))];

    /// <summary>Gets the patterns that mean the same to GNU tar, so that it does not send what is left out here anyway.</summary>
    public IReadOnlyList<string> ForTar { get; } = [.. (patterns ?? []).Select(static one => one.TrimEnd('/')).Where(static one => one.Length > 0 && one.All(static c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '.' or '_' or '-' or '*' or '?') && one[0] != '-')];

    /// <summary>Returns true when an entry, or a folder that contains it, is left out.</summary>
    /// <param name="parts">The name below the copied folder.</param>
    public bool Excludes(IReadOnlyList<string> parts)
    {
        if (_matchers.Length == 0)
            return false;
        string path = "";
        foreach (string part in parts)
        {
            path = path.Length == 0 ? part : path + "/" + part;
            if (Array.Exists(_matchers, matches => matches(part) || matches(path)))
                return true;
        }
        return false;
    }
}
