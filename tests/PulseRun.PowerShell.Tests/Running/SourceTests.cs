using System.Collections.Generic;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

/// <summary>Tests every kind of pipeline input with every cmdlet that takes instances.</summary>
public class SourceTests : CmdletTests
{
    /// <summary>Lists scripts that write three instances, or objects that identify them.</summary>
    private static readonly Dictionary<string, string> s_sources = new()
    {
        ["objects"] = "$instances",
        ["strings"] = "$instances.Id",
        ["objects with an Id"] = "$instances | ForEach-Object { [pscustomobject]@{ Id = $_.Id } }",
        ["objects with an InstanceId"] = "$instances | ForEach-Object { [pscustomobject]@{ InstanceId = $_.Id; Note = 'x' } }",
        ["selected properties"] = "$instances | Select-Object Id, Status",
        ["rows of a CSV file"] = "$instances | Export-Csv \"$folder/i.csv\"; Import-Csv \"$folder/i.csv\"",
        ["objects out of JSON"] = "$instances | ConvertTo-Json -Depth 5 | ConvertFrom-Json",
        ["objects out of CliXml"] = "$instances | Export-Clixml \"$folder/i.xml\"; Import-Clixml \"$folder/i.xml\"",
        ["metrics"] = "$instances | Get-PRInstanceMetrics",
        ["objects read again"] = "$instances | Get-PRInstance",
        ["a mixture"] = "$instances[0]; $instances[1].Id; [pscustomobject]@{ Id = $instances[2].Id }",
    };

    private static readonly string[] s_sinks =
        ["Get-PRInstance", "Get-PRInstanceMetrics", "Stop-PRInstance -Confirm:$false", "Start-PRInstance", "Remove-PRInstance -Force"];

    public static IEnumerable<object[]> Pairs => from source in s_sources.Keys from sink in s_sinks select new object[] { source, sink };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_source_goes_into_every_verb(string source, string sink)
    {
        StartEmulator();
        Shell.Set("folder", Folder);
        Do("$instances = Get-PRInstance -Status running | Select-Object -First 3");
        Outcome done = Do("& { " + s_sources[source] + " } | " + sink);
        Assert.Equal(
            GetAll<string>("$instances.Id"),
            done.Output.Select(static one => one is InstanceMetrics metrics ? metrics.Id : ((Instance)one!).Id));
    }

    [Fact]
    public void A_whole_life_fits_into_one_pipeline()
    {
        StartEmulator();
        Instance[] done = GetAll<Instance>("New-PRInstance rtx_4090 pytorch -Count 2 -Confirm:$false | Get-PRInstance | Stop-PRInstance -Confirm:$false | Start-PRInstance | Remove-PRInstance -Force");
        Assert.Equal(["terminated", "terminated"], done.Select(one => one.Status));
    }
}
