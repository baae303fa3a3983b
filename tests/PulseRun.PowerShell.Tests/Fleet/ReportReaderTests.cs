using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Idle;
using PulseRun.Core.Report;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Fleet;

public class ReportReaderTests : CmdletTests
{
    private readonly List<string> _warnings = [];

    public ReportReaderTests() => StartEmulator();

    private async Task<FleetReport> ReadAsync(Func<PulseRunException, bool>? listFailed = null, LocalStore? store = null)
    {
        Context context = Get<Context>("Get-PRContext");
        Emulator.ClearRequests();
        var reader = new ReportReader(context, store ?? new LocalStore(static () => Stores.Current, _warnings.Add), new SilentObserver(), listFailed ?? (static _ => false));
        DateTimeOffset now = context.UtcNow;
        return await reader.ReadAsync(now.AddDays(-1), now, new IdleRule(), top: 3, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task It_costs_one_list_whatever_was_recorded()
    {
        Do("$null = Get-PRInstance -Status running | Get-PRInstanceMetrics -ErrorAction SilentlyContinue");
        FleetReport report = await ReadAsync();
        Assert.Equal(["GET /v1/instances"], Sent);
        Assert.True(report.IsListed);
        Assert.True(report.Readings > 0);
    }

    [Fact]
    public async Task Without_the_list_the_page_says_so_where_the_caller_goes_on()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "*/instances", Status = 403 });
        var errors = new List<string>();
        FleetReport report = await ReadAsync(error =>
        {
            errors.Add(error.ErrorId);
            return true;
        });
        Assert.False(report.IsListed);
        Assert.Null(report.BurnNow);
        Assert.Equal(["Forbidden"], errors);
        Assert.Equal("Forbidden", (await Assert.ThrowsAsync<PulseRunException>(() => ReadAsync(static _ => false))).ErrorId);
    }

    [Fact]
    public async Task Without_a_store_the_report_has_the_list_and_one_warning()
    {
        FleetReport report = await ReadAsync(store: new LocalStore(static () => throw new StoreUnavailableException(StoreFailure.Locked, "Locked."), _warnings.Add));
        Assert.True(report.IsListed);
        Assert.True(report.IsEmpty);
        Assert.Single(_warnings);
    }
}
