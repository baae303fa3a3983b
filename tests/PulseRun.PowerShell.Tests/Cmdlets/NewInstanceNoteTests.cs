using System;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests names, tags and lifetimes of launches.</summary>
public class NewInstanceNoteTests : CmdletTests
{
    private const string New = "New-PRInstance h100_80gb pytorch -Confirm:$false ";

    public NewInstanceNoteTests() => StartEmulator();

    private static string Me => Environment.UserName + "@" + Environment.MachineName;

    [Fact]
    public void A_launch_has_its_name_tags_and_lifetime_for_one_request()
    {
        Instance made = Get<Instance>(New + "-Name train-7 -Tag @{ owner = 'ann'; team = 'nlp' } -Lifetime 08:00 -AtExpiry Remove");
        Assert.Equal(("train-7", Me, ExpiryAction.Remove), (made.Name, made.LaunchedBy, made.AtExpiry));
        Assert.Equal("owner=ann; team=nlp", made.Tags!.ToString());
        Assert.InRange(made.ExpiresAt!.Value - made.CreatedAt!.Value, TimeSpan.FromHours(7.99), TimeSpan.FromHours(8.01));
        Assert.Equal(["POST /v1/instances"], Sent.Where(static line => !line.Contains("balance", StringComparison.Ordinal)));
        Instance listed = Get<Instance>("Get-PRInstance -Name train-7");
        Assert.Equal((made.Id, made.ExpiresAt), (listed.Id, listed.ExpiresAt));
        Assert.Equal(made.Id, Get<Instance>("Get-PRInstance -Id " + made.Id).Id);
        Assert.Equal("train-7", Get<Instance>("Get-PRInstance -Id " + made.Id).Name);
    }

    [Fact]
    public void Several_launches_are_numbered()
    {
        Assert.Equal(["train-1", "train-2", "train-3"], GetAll<Instance>(New + "-Name train -Count 3").Select(static one => one.Name));
        Assert.Null(Get<Instance>(New).Name);
        Assert.Equal(Me, Get<Instance>(New).LaunchedBy);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused_and_nothing_is_launched()
    {
        string id = Get<Instance>(New + "-Name train").Id;
        Emulator.ClearRequests();
        Outcome done = Run(New + "-Name TRAIN");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Contains(id, done.Errors[0].ToString());
        // One list finds out whether the instance still exists.
        Assert.Equal(["GET /v1/instances"], Sent.Where(static line => !line.Contains("balance", StringComparison.Ordinal)));
        // Two launches of one command are no different.
        Assert.Single(Run("@([pscustomobject]@{ Gpu = 'l40s'; Template = 'pytorch'; Name = 'x' }) * 2 | New-PRInstance -Confirm:$false").As<Instance>());
    }

    [Fact]
    public void A_name_is_free_again_when_its_instance_was_removed_from_here_or_elsewhere()
    {
        string first = Get<Instance>(New + "-Name train").Id;
        Do("Remove-PRInstance -Name train -Force");
        string second = Get<Instance>(New + "-Name train").Id;
        Emulator.Advance(TimeSpan.FromMinutes(5));
        Emulator.SetStatus(second, "terminated");
        string third = Get<Instance>(New + "-Name train").Id;
        Assert.Equal([third], GetAll<Instance>("Get-PRInstance -Name train").Select(static one => one.Id));
        // The first was removed from here, and nothing took the place of it. The second may have been replaced.
        Assert.Equal([second], GetAll<Instance>("Get-PRInstance -Orphaned").Select(static one => one.Id));
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData("-Name inst_abc", "Name")]
    [InlineData("-Name 'a b'", "Name")]
    [InlineData("-Name ('x' * 63) -Count 10", "Name")]
    [InlineData("-Tag @{ ('k' * 65) = 'v' }", "Tag")]
    [InlineData("-Tag @{ k = 'v' * 257 }", "Tag")]
    [InlineData("-Tag @{ k = \"a`nb\" }", "Tag")]
    [InlineData("-Lifetime 00:00:59", "Lifetime")]
    [InlineData("-Lifetime 367.00:00", "Lifetime")]
    [InlineData("-Name x -NoJournal", "NoJournal")]
    public void Bad_input_is_one_error_that_names_the_place_and_nothing_is_sent(string parameters, string field)
    {
        Outcome done = Run(New + parameters);
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Equal(field, ((PulseRunException)done.Errors[0].Exception).Field);
        Assert.Empty(Sent);
        Assert.False(File.Exists(Path.Combine(DataDirectory, "pulserun.notes")));
    }

    [Fact]
    public void A_plan_gives_names_tags_and_lifetimes()
    {
        File.WriteAllText(Path.Combine(Folder, "plan.csv"), "Gpu,Template,Name,Tag.owner,Tag.team,Lifetime\nh100_80gb,pytorch,a,ann,nlp,08:00\nl40s,pytorch,,bob,,\n");
        Instance[] made = GetAll<Instance>("Import-Csv $folder/plan.csv | New-PRInstance -Tag @{ team = 'all'; x = 'y' } -Confirm:$false");
        Assert.Equal([("a", "owner=ann; team=nlp; x=y", true), (null, "owner=bob; team=all; x=y", false)], made.Select(static one => (one.Name, one.Tags!.ToString()!, one.ExpiresAt is not null)));
    }

    [Fact]
    public void An_instance_from_the_pipeline_lends_its_kind_and_not_its_name()
    {
        Do(New + "-Name train -Tag @{ owner = 'ann' } -Lifetime 08:00");
        Instance twin = Get<Instance>("Get-PRInstance -Name train | New-PRInstance -Confirm:$false");
        Assert.Equal(("h100_80gb", null, null, null), (twin.Gpu, twin.Name, twin.Tags, twin.ExpiresAt));
        Assert.Equal("other", Get<Instance>("Get-PRInstance -Name train | New-PRInstance -Name other -Confirm:$false").Name);
    }

    [Fact]
    public void The_default_lifetime_comes_from_the_environment()
    {
        SetVariable("PULSERUN_DEFAULT_LIFETIME", "02:00");
        Assert.InRange(Get<Instance>(New).ExpiresAt!.Value - Emulator.UtcNow, TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
        Assert.InRange(Get<Instance>(New + "-Lifetime 03:00").ExpiresAt!.Value - Emulator.UtcNow, TimeSpan.FromHours(2.9), TimeSpan.FromHours(3));
        Assert.Null(Get<Instance>(New + "-Lifetime $null").ExpiresAt);
        SetVariable("PULSERUN_DEFAULT_LIFETIME", "soon");
        Emulator.ClearRequests();
        Assert.Equal(["InvalidRequest"], Run(New).ErrorIds);
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_launch_whose_answer_was_lost_has_its_name_when_it_is_found()
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Path = "/v1/instances", Times = 1, Status = 502 });
        Outcome done = Run(New + "-Name train -Lifetime 08:00 -SettleSec 0");
        Instance found = Assert.Single(done.As<Instance>());
        Assert.Equal("train", found.Name);
        Assert.InRange(found.ExpiresAt!.Value - found.CreatedAt!.Value, TimeSpan.FromHours(7.9), TimeSpan.FromHours(8.1));
    }

    [Fact]
    public void A_rejected_launch_leaves_its_name_free()
    {
        Fail(new() { Kind = EmulatorFaultKind.NoCapacity, Times = 1 });
        Assert.Equal(["CapacityUnavailable"], Run(New + "-Name train").ErrorIds);
        Assert.Equal("train", Get<Instance>(New + "-Name train").Name);
    }
}
