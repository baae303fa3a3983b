using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetProtectionTests : IdleTests
{
    public GetProtectionTests() => StartIdleEmulator(3);

    private string[] Held(string script) => GetAll<Protection>(script).Select(one => one.Id).ToArray();

    [Fact]
    public void It_lists_the_oldest_first_and_sends_nothing()
    {
        foreach (string id in new[] { "inst_2", "inst_0" })
        {
            Do($"Protect-PRInstance {id} -Reason 'for {id}'");
            Emulator.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal([("inst_2", "for inst_2"), ("inst_0", "for inst_0")], GetAll<Protection>("Get-PRProtection").Select(one => (one.Id, one.Reason!)));
        Assert.Empty(Sent);
    }

    [Fact]
    public void It_takes_ids_and_wildcards_from_the_pipeline_too_and_no_match_is_no_error()
    {
        Do("Protect-PRInstance inst_0, inst_1, other_1");
        Assert.Equal(["inst_0", "inst_1"], Held("Get-PRProtection INST_*").Order());
        Assert.Equal(["inst_1"], Held("'inst_1', 'none' | Get-PRProtection"));
        Assert.Equal(["inst_0", "inst_1"], Held("Get-PRInstance | Get-PRProtection"));
    }

    [Fact]
    public void It_pipes_into_Unprotect()
    {
        Do("Protect-PRInstance inst_0, inst_1; Get-PRProtection | Unprotect-PRInstance");
        Assert.Empty(Held("Get-PRProtection"));
    }

    [Fact]
    public void A_list_that_cannot_be_read_is_an_error_as_empty_would_be_a_lie()
    {
        WithoutStore(() =>
        {
            Outcome done = Run("Get-PRProtection");
            Assert.Empty(done.Output);
            Assert.Equal(["JournalUnavailable"], done.ErrorIds);
        });
    }
}
