using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Completion;

/// <summary>Tests completion while the server does not answer: it ends at its time limit with what is known by then.</summary>
public class SlowServerTests : CmdletTests
{
    public SlowServerTests() => StartEmulator();

    // The server never answers, so a completion without a limit would end this test only by its timeout.
    [Fact]
    public void Without_an_answer_the_cache_is_offered_and_one_request_is_sent()
    {
        string known = Running[0].Id;
        Do("$null = Get-PRInstance -Id '" + known + "'");
        Emulator.ClearRequests();
        Fail(new() { Kind = EmulatorFaultKind.Hang });

        Assert.Equal([known], Offers("Stop-PRInstance -Id "));
        Assert.Equal([known], Offers("Stop-PRInstance "));
        WaitUntil(() => Sent.Length > 0);
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    private string[] Offers(string line) =>
        GetAll<CompletionResult>("(TabExpansion2 '" + line + "' " + line.Length + ").CompletionMatches | Where-Object ResultType -NE ProviderItem").Select(static one => one.CompletionText).ToArray();
}
