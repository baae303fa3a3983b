using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Xunit;

namespace PulseRun.Conventions.Tests;

/// <summary>
/// Compares the violations of a rule with the known ones (Offenders/*.txt: a number and a name in each line). A new violation fails,
/// and so does a line whose violation was removed, so the lists only get shorter.
/// </summary>
internal static class Offenders
{
    public static void AssertOnlyKnown(string rule, IReadOnlyDictionary<string, int> found, Func<string, string> detail)
    {
        string list = "tests/PulseRun.Conventions.Tests/Offenders/" + rule + ".txt";
        Dictionary<string, int> known = Repository.Exists(list)
            ? Repository.Read(list).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => !line.StartsWith('#'))
                .Select(static line => line.Split(' ', 2)).ToDictionary(static parts => parts[1].Trim(), static parts => int.Parse(parts[0], CultureInfo.InvariantCulture))
            : [];
        var message = new StringBuilder();
        foreach (var (name, count) in found.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            int allowed = known.GetValueOrDefault(name);
            if (count > allowed)
                message.AppendLine(CultureInfo.InvariantCulture, $"{name} breaks the rule {rule} {count} times, {allowed} are known: {detail(name)}");
            else if (count < allowed)
                message.AppendLine(CultureInfo.InvariantCulture, $"{name} breaks the rule {rule} only {count} times now: lower the number in {list}");
        }
        foreach (string name in known.Keys.Where(name => !found.ContainsKey(name)))
            message.AppendLine(CultureInfo.InvariantCulture, $"{name} does not break the rule {rule} any more: remove its line from {list}");
        // Set this variable after a change of many files to write the lists anew. The test still fails while the lists differ.
        if (Environment.GetEnvironmentVariable("PULSERUN_OFFENDERS") is { Length: > 0 } folder)
            File.WriteAllLines(Path.Combine(folder, rule + ".txt"), found.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => one.Value.ToString(CultureInfo.InvariantCulture) + " " + one.Key));
        Assert.True(message.Length == 0, message.ToString());
    }
}
