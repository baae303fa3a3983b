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
        var found = Files.Select(static path => (Path: path, Lines: Repository.Read(path).TrimEnd('\n').Split('\n').Length)).Where(static file => file.Lines > MaxLines);
        Violations.AssertNone("A cmdlet file has at most 120 lines. Decisions go to Core, work goes to Fleet or Running.", found.Select(static file => $"{file.Path}: {file.Lines} lines"));
    }

    [Fact]
    public void Cmdlets_HaveTwoBasesAndOneForInstances()
    {
        var bases = Files.SelectMany(static path => AbstractClass().Matches(Repository.Read(path)).Select(static match => match.Groups[1].Value))
            .Except(["PulseRunCmdlet", "ConnectedCmdlet", "InstanceInput"]);
        Violations.AssertNone("Cmdlets share code by a part that each of them has (a parameter group or a service), not by a further base class.", bases);
    }

    [GeneratedRegex(@"\babstract (?:partial )?class (\w+)")]
    private static partial Regex AbstractClass();
}
