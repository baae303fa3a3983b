using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace PulseRun.Conventions.Tests;

/// <summary>Checks that a cmdlet file consists of parameters and one call, on one of two base classes or on the base class for instance input.</summary>
public partial class CmdletFileTests
{
    private const int MaxLines = 120;

    private static IReadOnlyList<string> Files => Repository.Files(["src/PulseRun.PowerShell/Cmdlets"], ".cs");

    [Fact]
    public void CmdletFile_IsShort()
    {
        Assert.InRange(Files.Count, 20, int.MaxValue);
        var found = Files.ToDictionary(static path => path, static path => Repository.Read(path).TrimEnd('\n').Split('\n').Length).Where(static file => file.Value > MaxLines).ToDictionary();
        Offenders.AssertOnlyKnown("cmdlet-length", found, static _ => "the limit is 120 lines; decisions go to Core, work to Fleet or Running");
    }

    [Fact]
    public void Cmdlets_HaveTwoBasesAndOneForInstances()
    {
        var bases = Files.SelectMany(static path => AbstractClass().Matches(Repository.Read(path)).Select(static match => match.Groups[1].Value))
            .Except(["PulseRunCmdlet", "ConnectedCmdlet", "InstanceInput"]).ToDictionary(static name => name, static _ => 1);
        Offenders.AssertOnlyKnown("cmdlet-bases", bases, static _ => "share by a part that a cmdlet has, not by a base");
    }

    [GeneratedRegex(@"\babstract (?:partial )?class (\w+)")]
    private static partial Regex AbstractClass();
}
