using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class ProtectInstanceTests : IdleTests
{
    public ProtectInstanceTests() => StartIdleEmulator(3);

    [Fact]
    public void It_protects_an_object_sends_nothing_and_returns_the_protection()
    {
        Do("$one = (Get-PRInstance)[0]");
        Emulator.ClearRequests();
        var protection = Get<Protection>("$one | Protect-PRInstance -Reason 'a demo on Friday' -Until $emulator.UtcNow.AddHours(1)");
        Assert.Equal(("inst_0", "a demo on Friday"), (protection.Id, protection.Reason));
        Assert.Equal(TimeSpan.Zero, protection.Until!.Value.Offset);
        Assert.True(protection.Until - protection.CreatedAt > TimeSpan.FromMinutes(59));
        Assert.Empty(Sent);
    }

    [Fact]
    public void It_protects_by_id_several_at_once_and_rows_of_a_CSV_file()
    {
        Assert.Equal(["inst_0", "inst_1"], GetAll<Protection>("Protect-PRInstance inst_0, inst_1").Select(one => one.Id));
        Assert.Equal("inst_2", Get<Protection>("'Id', 'inst_2' | ConvertFrom-Csv | Protect-PRInstance").Id);
        Assert.Equal(3, GetAll<Protection>("Get-PRProtection").Length);
    }

    [Fact]
    public void It_protects_a_verdict()
    {
        ReadFleet();
        Do($"Get-PRIdleInstance {Rule} | Select-Object -First 1 | Protect-PRInstance -Reason x");
        Assert.Equal("inst_0 Skipped Protected", CleanUp()[0]);
    }

    [Fact]
    public void It_ends_by_itself_at_Until()
    {
        Do("Protect-PRInstance inst_0 -Until $emulator.UtcNow.AddMinutes(30)");
        ReadFleet(20);
        Assert.Equal("inst_0 Skipped MaxActions", CleanUp("-MaxActions 0")[0]);
        Assert.Empty(Do("Get-PRProtection").Output);
    }

    [Fact]
    public void The_last_call_sets_reason_and_end()
    {
        Do("Protect-PRInstance inst_0 -Reason first -Until $emulator.UtcNow.AddMinutes(30); Protect-PRInstance inst_0 -Reason second");
        var held = Get<Protection>("Get-PRProtection");
        Assert.Equal("second", held.Reason);
        Assert.Null(held.Until);
    }

    [Fact]
    public void An_end_that_is_past_is_refused_for_each()
    {
        Outcome done = Run("Protect-PRInstance inst_0, inst_1 -Until $emulator.UtcNow.AddMinutes(-1)");
        Assert.Empty(done.Output);
        Assert.Equal(["InvalidRequest", "InvalidRequest"], done.ErrorIds);
        Assert.Equal("inst_0", done.Errors[0].TargetObject);
        Assert.Empty(Do("Get-PRProtection").Output);
    }

    [Fact]
    public void An_id_that_is_none_is_refused_and_the_rest_is_protected()
    {
        Outcome done = Run("Protect-PRInstance 'inst_*', inst_1");
        Assert.Equal("inst_1", Assert.Single(done.As<Protection>()).Id);
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
    }

    [Fact]
    public void WhatIf_protects_nothing()
    {
        Assert.Empty(Do("Protect-PRInstance inst_0 -WhatIf").All);
        Assert.Empty(Do("Get-PRProtection").Output);
    }

    [Fact]
    public void A_store_that_cannot_be_written_is_an_error()
    {
        WithoutStore(() =>
        {
            Outcome done = Run("Protect-PRInstance inst_0");
            Assert.Empty(done.Output);
            Assert.Equal(["JournalUnavailable"], done.ErrorIds);
        });
    }

    [Fact]
    public void A_protection_holds_for_the_id_under_every_account()
    {
        Do("Protect-PRInstance inst_0");
        StartIdleEmulator(2);
        Assert.Equal("inst_0", Get<Protection>("Get-PRProtection").Id);
        ReadFleet();
        Assert.Equal(["inst_0 Skipped Protected", "inst_1 Stopped Idle"], CleanUp());
        Do("Unprotect-PRInstance inst_0");
        Assert.Empty(Do("Get-PRProtection").Output);
    }

    [Theory]
    [InlineData("Stop-PRInstance")]
    [InlineData("Remove-PRInstance")]
    public void It_is_obeyed(string cmdlet)
    {
        Do("Protect-PRInstance inst_1 -Reason 'training run 12' -Until $emulator.UtcNow.AddHours(1)");
        Outcome done = Run($"Get-PRInstance | {cmdlet} -Confirm:$false");
        Assert.Equal(["InstanceProtected"], done.ErrorIds);
        Assert.Equal("inst_1", Assert.IsType<Instance>(done.Errors[0].TargetObject).Id);
        Assert.Equal(ErrorCategory.PermissionDenied, done.Errors[0].CategoryInfo.Category);
        Assert.Contains("training run 12", done.Errors[0].ToString());
        Assert.Contains("-Force", done.Errors[0].ErrorDetails.RecommendedAction);
        // The others are done, and nothing was sent for this one.
        Assert.Equal(["inst_0", "inst_2"], done.As<Instance>().Select(one => one.Id));
        Assert.Equal(0, CountSent("*inst_1*"));
        // An id that comes without an object is protected too, and -WhatIf says so.
        Assert.Equal(["InstanceProtected"], Run($"{cmdlet} inst_1 -Confirm:$false").ErrorIds);
        Assert.Equal(["InstanceProtected"], Run($"{cmdlet} inst_1 -WhatIf").ErrorIds);
        Assert.Equal(0, CountSent("*inst_1*"));
        Assert.Equal("inst_1", Get<Instance>($"{cmdlet} inst_1 -Force -Confirm:$false").Id);
        Assert.Equal(1, CountSent("*inst_1*"));
    }

    [Fact]
    public void It_is_obeyed_until_it_ends()
    {
        Do("Protect-PRInstance inst_0 -Until $emulator.UtcNow.AddMinutes(10); Protect-PRInstance inst_1");
        Assert.Equal(["InstanceProtected"], Run("Stop-PRInstance inst_0").ErrorIds);
        Emulator.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("stopped", Get<Instance>("Stop-PRInstance inst_0").Status);
        Do("Unprotect-PRInstance inst_1");
        Assert.Equal("stopped", Get<Instance>("Stop-PRInstance inst_1").Status);
    }

    [Fact]
    public void A_store_that_was_never_there_protects_nothing()
    {
        Do("Protect-PRInstance inst_0");
        // A folder of the database's name is no store: there is nothing to obey. A file that is no database is set aside by the store itself.
        string broken = Path.Combine(Folder, "broken");
        Directory.CreateDirectory(Path.Combine(broken, "pulserun.db"));
        File.WriteAllText(Path.Combine(broken, "pulserun.db", "x"), "x");
        WithDataDirectory(broken, () => Assert.Equal("stopped", Get<Instance>("Stop-PRInstance inst_1 -WarningAction SilentlyContinue").Status));
        Assert.Equal(["InstanceProtected"], Run("Stop-PRInstance inst_0").ErrorIds);
    }
}
