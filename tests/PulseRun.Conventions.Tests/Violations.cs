using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace PulseRun.Conventions.Tests;

/// <summary>Fails a test with every violation of its rule, and with what to do.</summary>
internal static class Violations
{
    /// <param name="rule">The rule, and what to do about a violation.</param>
    /// <param name="violations">One line for each violation.</param>
    public static void AssertNone(string rule, IEnumerable<string> violations)
    {
        string[] all = violations.Order(StringComparer.Ordinal).ToArray();
        Assert.True(all.Length == 0, rule + Environment.NewLine + string.Join(Environment.NewLine, all));
    }
}
