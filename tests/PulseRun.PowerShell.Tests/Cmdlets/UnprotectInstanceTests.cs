using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class UnprotectInstanceTests : IdleTests
{
    public UnprotectInstanceTests()
    {
        StartIdleEmulator(3);
        Do("Protect-PRInstance inst_0, inst_1, inst_2");
    }

    [Fact]
    public void It_takes_ids_objects_and_property_names_sends_nothing_and_returns_nothing()
    {
        Assert.Empty(Do("Unprotect-PRInstance inst_0; Get-PRProtection -Id inst_1 | Unprotect-PRInstance; 'Id', 'inst_2' | ConvertFrom-Csv | Unprotect-PRInstance").All);
        Assert.Empty(Do("Get-PRProtection").Output);
        Assert.Empty(Sent);
    }

    [Fact]
    public void Cleanup_then_may_stop_it()
    {
        ReadFleet();
        Do("Unprotect-PRInstance inst_1");
        Assert.Equal(["inst_0 Skipped Protected", "inst_1 Stopped Idle", "inst_2 Skipped Protected"], CleanUp());
    }

    [Fact]
    public void An_instance_without_a_protection_is_no_error_and_Verbose_says_so()
    {
        Outcome done = Do("Unprotect-PRInstance inst_9 -Verbose");
        Assert.Contains("not protected", string.Join("\n", done.Verbose));
    }

    [Fact]
    public void WhatIf_ends_nothing()
    {
        Assert.Empty(Do("Unprotect-PRInstance inst_0 -WhatIf").All);
        Assert.Equal(3, GetAll<Protection>("Get-PRProtection").Length);
    }

    [Fact]
    public void A_store_that_cannot_be_written_is_an_error()
    {
        WithoutStore(() => Assert.Equal(["JournalUnavailable"], Run("Unprotect-PRInstance inst_0").ErrorIds));
        Assert.Equal(3, GetAll<Protection>("Get-PRProtection").Length);
    }
}
