using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

/// <summary>Tests objects of two connections. The second connection is the current one.</summary>
public class ConnectionTests : CmdletTests
{
    private readonly Emulator _one;
    private readonly Emulator _two;

    public ConnectionTests()
    {
        _one = StartEmulator(seed: 1);
        Do("$first = Get-PRContext; $one = $emulator");
        _two = StartEmulator(seed: 2);
        Do("$second = Get-PRContext; $two = $emulator");
    }

    [Fact]
    public void Objects_are_acted_on_with_the_connection_they_came_from()
    {
        Do("$of = Get-PRInstance -Context $first -Status running | Select-Object -First 2");
        _one.ClearRequests();
        Assert.Equal(["stopped", "stopped"], GetAll<Instance>("$of | Stop-PRInstance -Confirm:$false").Select(one => one.Status));
        Assert.Equal(2, SentTo(_one).Length);
        Assert.Empty(SentTo(_two));
    }

    [Fact]
    public void Objects_of_two_connections_may_be_mixed()
    {
        Do("$both = $first, $second | ForEach-Object { Get-PRInstance -Context $_ -Status running | Select-Object -First 1 }");
        string[] ids = GetAll<string>("$both.Id");
        Assert.Equal(2, ids.Length);
        Assert.Equal(ids, GetAll<Instance>("$both | Stop-PRInstance -Confirm:$false").Select(one => one.Id));
        Assert.Equal(ids, GetAll<Instance>("$both | Get-PRInstance").Select(one => one.Id));
        Assert.Single(SentTo(_one), line => line.EndsWith("/stop", System.StringComparison.Ordinal));
        Assert.Single(SentTo(_two), line => line.EndsWith("/stop", System.StringComparison.Ordinal));
    }

    [Fact]
    public void The_connection_is_kept_through_every_verb()
    {
        Do("Get-PRInstance -Context $first -Status running | Select-Object -First 1 | Get-PRInstanceMetrics | Stop-PRInstance -Confirm:$false | Start-PRInstance | Get-PRInstance | Remove-PRInstance -Force");
        Assert.Equal("DELETE", _one.Requests[^1].Method);
        Assert.Empty(SentTo(_two));
    }

    [Theory]
    [InlineData("$of | Stop-PRInstance -Context $second -Confirm:$false")]
    [InlineData("$of | Start-PRInstance -Context $second")]
    [InlineData("$of | Remove-PRInstance -Context $second -Force")]
    [InlineData("$of | Get-PRInstanceMetrics -Context $second")]
    [InlineData("$of | Get-PRInstance -Context $second")]
    [InlineData("Stop-PRInstance $of -Context $second -Confirm:$false")]
    public void Another_connection_than_the_object_s_is_refused_and_nothing_is_sent(string script)
    {
        Do("$of = Get-PRInstance -Context $first -Status running | Select-Object -First 1");
        _one.ClearRequests();
        Outcome done = Run(script);
        Assert.Equal(["ContextMismatch"], done.ErrorIds);
        Assert.Same(Shell.Get("of"), done.Errors[0].TargetObject);
        Assert.Empty(SentTo(_one));
        Assert.Empty(SentTo(_two));
    }

    [Fact]
    public void An_equal_connection_is_accepted() => Assert.Equal("stopped", Get<Instance>(
        """
        $of = Get-PRInstance -Context $first -Status running | Select-Object -First 1
        $again = $one | Connect-PulseRun -PassThru
        $of | Stop-PRInstance -Context $again -Confirm:$false
        """).Status);

    [Fact]
    public void Ids_use_the_connection_that_is_named()
    {
        Assert.Equal(_one.Instances.Select(one => one.Id), GetAll<Instance>("Get-PRInstance -Context $first").Select(one => one.Id));
        Assert.Equal("stopped", Get<Instance>("Stop-PRInstance -Id $one.Instances[0].Id -Context $first -Confirm:$false").Status);
    }

    [Fact]
    public void Accounts_stay_apart_in_ForEach_Object_Parallel()
    {
        Shell.Set("module", StagedModule.Folder);
        string[] firsts = GetAll<string>(
            """
            $one, $two | ForEach-Object -ThrottleLimit 2 -Parallel {
                Import-Module $using:module
                $_ | Connect-PulseRun
                1..5 | ForEach-Object { $null = Get-PRInstance }
                (Get-PRInstance)[0].Id
            }
            """);
        Assert.Equal(new[] { _one.Instances[0].Id, _two.Instances[0].Id }.Order(), firsts.Order());
        Assert.Equal((6, 6), (_one.Requests.Count, _two.Requests.Count));
    }

    [Fact]
    public void A_parallel_block_without_a_connection_says_how_to_take_one_along_and_that_works()
    {
        Shell.Set("module", StagedModule.Folder);
        string[] lines = GetAll<string>(
            """
            $fail = 'param($module) Import-Module $module; try { Get-PRInstance -ErrorAction Stop } catch { ($_.FullyQualifiedErrorId -split ",")[0]; $_.ErrorDetails.RecommendedAction }'
            1 | ForEach-Object -Parallel { & ([scriptblock]::Create($using:fail)) $using:module }
            $ctx = $first
            1 | ForEach-Object -Parallel { Import-Module $using:module; "$((Get-PRInstance -Context $using:ctx).Count)" }
            Disconnect-PulseRun
            & ([scriptblock]::Create($fail)) $module
            """);
        Assert.Equal(5, lines.Length);
        Assert.Equal("NotConnected", lines[0]);
        Assert.Contains("-Context $using:ctx", lines[1]);
        Assert.Equal("6", lines[2]);
        Assert.Equal("NotConnected", lines[3]);
        Assert.Contains("Connect-PulseRun -ApiKey", lines[4]);
    }
}
