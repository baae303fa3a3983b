using System;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Resources;

public class BillingTests
{
    [Fact]
    public async Task Balance_ComesFromABodyThatCanBeReadOnce()
    {
        // As from the network: in pieces, and not seekable.
        using var rig = new Rig(new Stub(() => Script.Answer("{\"balance\":\"12", ".50\",\"currency\":\"USD\"}")));
        var balance = await rig.Client.GetBalanceAsync(rig.Observer, Rig.None);
        Assert.Equal((12.5m, "USD"), (balance.Balance, balance.Currency));
        Assert.Contains(rig.Observer.DebugLines, line => line.Contains("\"currency\":\"USD\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ledger_ComesFromBodiesThatCanBeReadOnce()
    {
        using var rig = new Rig(new Stub(
            () => Script.Answer("{\"data\":[{\"id\":\"a\",\"amount\":-1.25}],", "\"next_cursor\":\"2\"}"),
            () => Script.Answer("{\"data\":[{\"id\":\"b\",\"amount\":3}]}")));
        var ledger = await rig.Client.GetTransactionsAsync(null, rig.Observer, Rig.None);
        Assert.Equal([("a", -1.25m), ("b", 3m)], ledger.Select(static line => (line.Id, line.Amount!.Value)));
    }

    [Fact]
    public async Task Balance_LargerThanAnObjectMayBe_IsMalformed()
    {
        string huge = "{\"balance\":1,\"x\":\"" + new string('x', 20 << 20) + "\"}";
        using var rig = new Rig(new Stub(() => Script.Answer(Encoding.UTF8.GetBytes(huge))), configure: static options => options.Timeout = TimeSpan.FromSeconds(100));
        var quiet = new Observer { WantsDebug = false, WantsVerbose = false };
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.GetBalanceAsync(quiet, Rig.None));
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
    }
}
