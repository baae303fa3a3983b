using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Fleet;

public class CostReaderTests : CmdletTests
{
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];

    public CostReaderTests() => StartEmulator();

    private async Task<CostReport> MeasureAsync(LocalStore? store = null)
    {
        Context context = Get<Context>("Get-PRContext");
        Emulator.ClearRequests();
        var reader = new CostReader(context, store ?? new LocalStore(static () => Stores.Current, _warnings.Add), new SilentObserver(), error => _errors.Add(error.ErrorId));
        IReadOnlyList<CostReport> reports = await reader.MeasureAsync(CostGrouping.Total, null, () => context.UtcNow, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        return Assert.Single(reports);
    }

    [Fact]
    public async Task It_costs_one_list_and_one_page_of_the_ledger()
    {
        CostReport report = await MeasureAsync();
        Assert.Equal(Running.Sum(static one => one.CostPerHour!.Value), report.BurnPerHour);
        Assert.Equal(["GET /v1/instances", "GET /v1/billing/transactions"], Sent);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task Without_the_ledger_the_charges_are_unknown_and_the_burn_rate_is_not()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "*/transactions", Status = 403 });
        CostReport report = await MeasureAsync();
        Assert.Null(report.Today);
        Assert.Null(report.ThisMonth);
        Assert.True(report.BurnPerHour > 0);
        Assert.Equal(["Forbidden"], _errors);
    }

    [Fact]
    public async Task Without_the_list_there_is_no_report()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "*/instances", Status = 404 });
        await Assert.ThrowsAsync<PulseRunException>(() => MeasureAsync());
    }

    [Fact]
    public async Task Without_a_store_there_are_no_savings_and_one_warning()
    {
        var broken = new LocalStore(static () => throw new StoreUnavailableException(StoreFailure.Locked, "The file is gone."), _warnings.Add);
        Assert.Equal(0, (await MeasureAsync(broken)).SavedByStops);
        await MeasureAsync(broken);
        AssertLike("*continues without it*The file is gone.*", Assert.Single(_warnings));
    }
}
