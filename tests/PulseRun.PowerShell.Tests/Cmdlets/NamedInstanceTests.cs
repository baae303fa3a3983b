using System;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests -Name of the cmdlets, and the filters by notes.</summary>
public class NamedInstanceTests : CmdletTests
{
    public NamedInstanceTests() => StartEmulator();

    private void Name() => Do("Set-PRInstance $ids[0] -NewName train-1 -Tag @{ team = 'nlp' } -Lifetime 00:30; Set-PRInstance $ids[1] -NewName train-2 -Tag @{ team = 'cv' } -Lifetime 05:00; Set-PRInstance $ids[2] -NewName eval");

    [Fact]
    public void A_verb_acts_on_names_for_one_list()
    {
        Name();
        Assert.Equal([Ids[0], Ids[1]], GetAll<Instance>("Stop-PRInstance -Name train-* -Confirm:$false").Select(static one => one.Id));
        Assert.Equal(["GET /v1/instances", "POST /v1/instances/" + Ids[0] + "/stop", "POST /v1/instances/" + Ids[1] + "/stop"], Sent.Order());
        Assert.Equal("train-1", Get<Instance>("Start-PRInstance -Name TRAIN-1").Name);
        Assert.Equal("eval", Get<Instance>("Wait-PRInstance -Name eval -For Running").Name);
        Do("Protect-PRInstance -Name eval");
        Assert.Equal(Ids[2], Get<Protection>("Get-PRProtection").Id);
        Do("Unprotect-PRInstance -Name eval");
        Assert.Empty(GetAll<Protection>("Get-PRProtection"));
        Assert.Equal(Ids[2], Get<InstanceMetrics>("Get-PRInstanceMetrics -Name eval").Id);
        Assert.NotEmpty(Do("Get-PRInstanceMetrics -Name eval -History").Output);
        Assert.Equal(Ids[0], Get<Instance>("Remove-PRInstance -Name train-1 -Force").Id);
    }

    [Fact]
    public void A_name_that_no_instance_has_is_an_error_and_a_pattern_is_none()
    {
        Name();
        Outcome done = Run("Stop-PRInstance -Name nope, train-1 -Confirm:$false");
        Assert.Equal(["InstanceNotFound"], done.ErrorIds);
        Assert.Equal("nope", done.Errors[0].TargetObject);
        Assert.Equal(Ids[0], Assert.Single(done.As<Instance>()).Id);
        Assert.Empty(Do("Stop-PRInstance -Name nope* -Confirm:$false").Output);
        Assert.Equal(["InvalidRequest"], Run("Stop-PRInstance -Name '[' -Confirm:$false").ErrorIds);
    }

    [Fact]
    public void With_WhatIf_nothing_is_stopped_and_the_name_is_shown()
    {
        Name();
        Do("Stop-PRInstance -Name train-1 -WhatIf");
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    [Fact]
    public void Nothing_is_stopped_when_the_list_is_cut()
    {
        Name();
        Fail(new() { Kind = EmulatorFaultKind.HalfAnswer, Method = "GET", Path = "/v1/instances" });
        Assert.NotEmpty(Run("Stop-PRInstance -Name train-* -Confirm:$false").ErrorIds);
        Assert.Equal(0, CountSent("POST*"));
    }

    [Fact]
    public void Filters_select_by_notes()
    {
        Name();
        Assert.Equal([Ids[0], Ids[1]], GetAll<Instance>("Get-PRInstance -Name train-*").Select(static one => one.Id));
        Assert.Equal([Ids[0]], GetAll<Instance>("Get-PRInstance -Tag @{ team = 'nlp' }").Select(static one => one.Id));
        Assert.Equal([Ids[0], Ids[1]], GetAll<Instance>("Get-PRInstance -Tag @{ TEAM = '*' }").Select(static one => one.Id));
        Assert.Equal([Ids[0]], GetAll<Instance>("Get-PRInstance -Expiring 01:00").Select(static one => one.Id));
        Assert.Empty(GetAll<Instance>("Get-PRInstance -Mine"));
        string mine = Get<Instance>("New-PRInstance l40s pytorch -Confirm:$false").Id;
        Assert.Equal([mine], GetAll<Instance>("Get-PRInstance -Mine").Select(static one => one.Id));
        Emulator.ClearRequests();
        Do("Get-PRInstance -Name train-* -Status running | Out-Null");
        Assert.Single(Sent);
    }

    [Fact]
    public void Without_notes_no_list_is_different_and_the_store_is_not_made()
    {
        Assert.Equal(6, GetAll<Instance>("Get-PRInstance").Length);
        Assert.Empty(GetAll<Instance>("Get-PRInstance -Name x*"));
        Assert.False(Directory.Exists(DataDirectory));
    }

    [Fact]
    public void A_store_that_cannot_be_read_costs_the_names_and_not_the_list()
    {
        Name();
        File.WriteAllText(Path.Combine(Folder, "pulserun.notes"), "");
        Directory.CreateDirectory(Path.Combine(Folder, "pulserun.db"));
        WithDataDirectory(Folder, () =>
        {
            Outcome done = Do("Get-PRInstance");
            Assert.Equal(6, done.As<Instance>().Length);
            Assert.Single(done.Warnings);
            Assert.Equal(["JournalUnavailable"], Run("Get-PRInstance -Name train-*").ErrorIds);
            Assert.Equal(["JournalUnavailable"], Run("Stop-PRInstance -Name train-* -Confirm:$false").ErrorIds);
            Assert.Equal(0, CountSent("POST*"));
        });
    }

    [Fact]
    public void The_table_has_a_column_for_names_and_for_the_time_left_when_an_instance_has_one()
    {
        Assert.Equal(["Id", "Status", "Gpu", "$/h", "Up/Age", "Provider", "Region", "Spot", "Template"], Header());
        Do("Set-PRInstance $ids[3] -Lifetime 05:00");
        Assert.Equal(["Id", "Status", "Gpu", "$/h", "Left", "Provider", "Region", "Spot", "Up/Age", "Template"], Header());
        Do("Set-PRInstance $ids[3] -NewName train");
        Assert.Equal(["Id", "Status", "Name", "$/h", "Left", "Gpu", "Region", "Spot", "Provider", "Up/Age"], Header());
        Do("Set-PRInstance $ids[3] -NoExpiry");
        Assert.Equal(["Id", "Status", "Name", "$/h", "Up/Age", "Gpu", "Region", "Spot", "Provider"], Header());
        foreach (string notes in new[] { "-NoExpiry", "-Lifetime 05:00", "-NewName ''" })
        {
            Do("Set-PRInstance $ids[3] " + notes);
            foreach (int width in new[] { 60, 79, 80, 99, 100, 120, 200 })
                Assert.Equal(8, Lines(width).Length);
        }

        string[] Header() => Lines(160)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] Lines(int width) => Get<string>(FormattableString.Invariant($"$PSStyle.OutputRendering = 'PlainText'; Get-PRInstance | Format-Table | Out-String -Width {width}")).Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.Length > 0).ToArray();
    }

    [Fact]
    public void Names_and_tags_are_completed()
    {
        Name();
        // The store is read in the background if that takes longer than a completion waits.
        WaitUntil(() => Complete("Stop-PRInstance -Name ").SequenceEqual(["eval", "train-1", "train-2"]));
        WaitUntil(() => Complete("Get-PRInstance -Name tr").SequenceEqual(["train-1", "train-2"]));
        WaitUntil(() => Complete("Get-PRInstance -Tag ").SequenceEqual(["@{ 'team' = 'cv' }", "@{ 'team' = 'nlp' }"]));
        WaitUntil(() => Complete("Set-PRInstance x -RemoveTag ").SequenceEqual(["team"]));
        Assert.Empty(Sent);

        string[] Complete(string line) => GetAll<string>("[System.Management.Automation.CommandCompletion]::CompleteInput('" + line + "', " + line.Length + ", $null).CompletionMatches | ForEach-Object CompletionText");
    }
}
