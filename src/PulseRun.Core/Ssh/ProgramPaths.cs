using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Ssh;

/// <summary>Determines where a program may be. The current folder is never searched, so that a file in it cannot run as ssh.</summary>
internal static class ProgramPaths
{
    /// <summary>Returns the paths to try, in order.</summary>
    /// <param name="name">The program's name, without extension.</param>
    /// <param name="path">The value of the PATH variable.</param>
    /// <param name="systemDirectory">The System32 folder on Windows, because its OpenSSH is not always on PATH; null on other systems.</param>
    public static IReadOnlyList<string> Candidates(string name, string? path, string? systemDirectory)
    {
        bool isWindows = systemDirectory is not null;
        char slash = isWindows ? '\\' : '/';
        string file = isWindows ? name + ".exe" : name;
        IEnumerable<string> folders = (path ?? "").Split(isWindows ? ';' : ':')
            .Select(folder => isWindows ? folder.Trim().Trim('"') : folder)
            .Where(folder => IsWhole(folder, isWindows));
        if (isWindows)
            folders = folders.Concat([systemDirectory!.TrimEnd(slash) + "\\OpenSSH"]);
        return folders.Select(folder => folder.TrimEnd(slash) + slash + file).Distinct(StringComparer.Ordinal).ToList();
    }

    private static bool IsWhole(string folder, bool isWindows) => isWindows
        ? (folder.Length >= 3 && char.IsLetter(folder[0]) && folder[1] == ':' && folder[2] is '\\' or '/') || folder.StartsWith("\\\\", StringComparison.Ordinal)
        : folder.Length > 0 && folder[0] == '/';
}
