using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace PulseRun.PowerShell.Tests.Support;

public class StagedModuleTests : CmdletTests
{
    [Fact]
    public void The_tests_and_the_shell_use_the_staged_files()
    {
        string bin = Path.Combine(StagedModule.Folder, "bin", "net8.0");
        Assert.Equal(Path.Combine(bin, "PulseRun.Core.dll"), typeof(Emulator).Assembly.Location);
        Assert.Equal(Path.Combine(bin, "PulseRun.PowerShell.dll"), Get<string>("(Get-Command Get-PRInstance).ImplementingType.Assembly.Location"));
        StartEmulator();
        Assert.Equal(Path.Combine(bin, "deps"), Path.GetDirectoryName(System.AppDomain.CurrentDomain.GetAssemblies().Single(static one => one.GetName().Name == "PulseRun.Emulator").Location));
    }

    [Fact]
    public void A_script_that_fails_fails_its_test()
    {
        Assert.Throws<System.InvalidOperationException>(() => Do("Write-Error 'one'"));
        Assert.Throws<System.InvalidOperationException>(() => Do("throw 'one'"));
        Assert.Throws<System.InvalidOperationException>(() => Do("Get-PRInstance -NoSuchParameter"));
        Assert.Throws<ParseException>(() => Do("if ("));
    }

    [Fact]
    public void An_outcome_has_every_stream_in_the_order_of_writing()
    {
        Outcome done = Run("Write-Warning a; 1; Write-Error b; Write-Verbose c -Verbose; Write-Debug d -Debug; Write-Information e; throw 'f'; 2");
        Assert.Equal(["a", "1", "b", "c", "d", "e"], done.All.Select(static one => one is ErrorRecord error ? error.Exception.Message : one!.ToString()));
        Assert.Equal([1], done.Output);
        Assert.Equal(["a"], done.Warnings);
        Assert.Equal(["c"], done.Verbose);
        Assert.Equal(["d"], done.Debug);
        Assert.Equal("f", done.EndedId);
    }
}
