using System;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>The launches of Invoke-PRJob: alternatives, the policy of the machine, budgets and names.</summary>
public class InvokeJobLaunchTests : SshTests
{
    private const string Post = "POST /v1/instances";

    public InvokeJobLaunchTests() => StartSsh(1);

    [SshdFact]
    public void Without_capacity_the_next_alternative_is_launched()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.NoCapacity, Method = "POST", Times = 2 });
        JobResult result = Get<JobResult>("Invoke-PRJob -Gpu l40s, rtx_4090 -Region eu -Market SpotFirst -Lifetime 01:00 -Command 'echo done'");
        Assert.Equal(("done", 0, true), (result.StdOut, result.ExitCode, result.Removed));
        Assert.Equal(["l40s spot CapacityUnavailable", "l40s demand CapacityUnavailable", "rtx_4090 spot Completed"], result.Attempts.Select(static one => $"{one.Gpu} {(one.Spot == true ? "spot" : "demand")} {one.Outcome}"));
        Assert.Equal(["", "", result.Id], result.Attempts.Select(static one => one.InstanceId));
        Assert.Equal(3, CountSent(Post));
    }

    [SshdFact]
    public void The_error_of_a_plan_without_capacity_has_its_attempts()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.NoCapacity, Method = "POST" });
        Outcome done = Run("Invoke-PRJob -Gpu 'l40s;rtx_4090' -Lifetime 01:00 -Name none -Command 'true'");
        Assert.Equal(["CapacityUnavailable"], done.ErrorIds);
        Assert.Equal(2, Assert.IsType<PulseRunException>(done.Errors[0].Exception).Attempts.Count);
        Assert.Equal(JobState.Failed, Get<Job>("Get-PRJob none").State);
    }

    [SshdFact]
    public void WhatIf_prints_the_plan()
    {
        Do("Invoke-PRJob -Gpu l40s, rtx_4090 -RetryFor 02:00 -Lifetime 01:00 -Command 'true' -WhatIf");
        Outcome wrong = Run("Invoke-PRJob -Gpu l40s -Spot -Market OnDemand -Lifetime 01:00 -Command 'true'");
        Assert.Equal(["InvalidRequest"], wrong.ErrorIds);
        Assert.Empty(Sent);
    }

    [SshdFact]
    public void A_budget_refuses_a_job_before_it_is_sent()
    {
        Do("Set-PRBudget -PerMonth 0.01 -AtLimit RefuseLaunch");
        Outcome done = Run("Invoke-PRJob -Gpu rtx_4090 -Lifetime 01:00 -Command 'true'");
        Assert.Equal(["BudgetExceeded"], done.ErrorIds);
        Assert.Equal(0, CountSent(Post));
        Assert.Single(Emulator.Instances);
    }

    [SshdFact]
    public void A_budget_of_a_tag_covers_the_jobs_with_it()
    {
        Do("Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth 0.01 -AtLimit RefuseLaunch");
        Assert.Equal(["BudgetExceeded"], Run("Invoke-PRJob -Gpu rtx_4090 -Lifetime 01:00 -Command 'true' -Tag @{ team = 'nlp' }").ErrorIds);
        Assert.Equal(0, Get<JobResult>("Invoke-PRJob -Gpu rtx_4090 -Lifetime 01:00 -Command 'true' -Tag @{ team = 'cv' }").ExitCode);
    }

    [SshdFact]
    public void The_name_of_a_job_is_the_unique_name_of_its_instance()
    {
        Job job = Get<Job>("Invoke-PRJob -Gpu rtx_4090 -Lifetime 01:00 -Name train -Tag @{ owner = 'ann' } -Detach -Command 'until [ -f ~/go ]; do sleep 0.05; done'");
        Instance named = Get<Instance>("Get-PRInstance -Name train");
        Assert.Equal((job.Id, "ann"), (named.Id, named.Tags?["owner"]));
        Assert.Equal(["InvalidRequest"], Run("Invoke-PRJob -Gpu rtx_4090 -Lifetime 01:00 -Name TRAIN -Command 'true'").ErrorIds);
        Assert.Equal(1, CountSent(Post));

        // Its name is enough for everything that works on it.
        File.WriteAllText(Path.Combine(Folder, "go"), "");
        Do("Copy-PRItem $folder/go '~/' -ToInstance train");
        Assert.True(File.Exists(Home(job.Id, "go")));
        Do("Copy-PRItem '~/go' $folder/back -FromInstance Train");
        Assert.True(File.Exists(Path.Combine(Folder, "back")));
        Assert.Equal("here", Get<JobResult>("Invoke-PRJob -Instance train -Command 'echo here'").StdOut);
        Assert.Equal(0, Get<JobResult>("Wait-PRJob train").ExitCode);
        // The name is free.
        Assert.Equal(0, Get<JobResult>("Invoke-PRJob -Gpu rtx_4090 -Lifetime 01:00 -Name train -Command 'true'").ExitCode);
    }

    [SshdFact]
    public void A_name_that_nothing_has_is_an_error()
    {
        Assert.Equal(["InstanceNotFound"], Run("Invoke-PRJob -Instance nothing -Command 'true'").ErrorIds);
    }
}

/// <summary>The policy of the machine and Invoke-PRJob.</summary>
public class PolicyOfJobsTests : PolicyTests
{
    [SshdFact]
    public void A_job_that_the_policy_forbids_is_refused_before_anything_is_sent()
    {
        Write("""{ "AllowedProvider": ["runpod"] }""");
        AssertViolates("AllowedProvider", "Invoke-PRJob -Gpu rtx_4090 -Provider vast_ai -Lifetime 01:00 -Command 'true' -Confirm:$false");
        // One alternative that is forbidden is enough.
        AssertViolates("AllowedProvider", "Invoke-PRJob -Gpu rtx_4090 -Provider runpod, vast_ai -Lifetime 01:00 -Command 'true' -Confirm:$false");
        Assert.Empty(Sent);
    }
}
