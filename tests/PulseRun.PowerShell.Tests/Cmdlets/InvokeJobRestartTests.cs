using System;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests jobs on spot instances that are lost.</summary>
public class InvokeJobRestartTests : SshTests
{
    private const string Launch = "Invoke-PRJob -Gpu l40s -Spot -Lifetime 01:00 -Confirm:$false";

    public InvokeJobRestartTests() => StartSsh(1);

    /// <summary>Gets the instances that were launched for the job.</summary>
    private Instance[] Launched => [.. Emulator.Instances.Where(one => one.Gpu == "l40s" && one.Template == "pytorch" && one.Id != One)];

    [SshdFact]
    public void A_job_whose_instance_vanishes_runs_again_and_succeeds()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "src"));
        File.WriteAllText(Path.Combine(Folder, "src/name"), "data\n");
        using RunningScript running = Start($"{Launch} -Name again -Upload {Folder}/src -OutFile {Folder}/log -Command 'echo run $PULSERUN_RESTART; cat name; touch ~/begun; [ $PULSERUN_RESTART = 1 ] || sleep 600'");
        string first = Begun(1);
        // Output that was not read before the loss is lost with the instance.
        WaitUntil(() => Shared(Path.Combine(Folder, "log")) == "run 0\ndata\n");
        Emulator.SetStatus(first, "terminated");
        RunningScript done = running.Wait();
        JobResult result = Assert.IsType<JobResult>(Assert.Single(done.Output));
        Assert.Equal((0, "run 1\ndata", true), (result.ExitCode, result.StdOut, result.Removed));
        Assert.NotEqual(first, result.Id);
        Assert.Equal([(first, "Lost"), (result.Id, "Completed")], result.Attempts.Select(static one => (one.InstanceId, one.Outcome)));
        Assert.Equal("run 0\ndata\nrun 1\ndata\n", File.ReadAllText(Path.Combine(Folder, "log")));
        AssertLike($"*{first}*was lost*restart 1 of 3*", done.WarningText);
        Assert.Equal(2, Launched.Length);
        Assert.All(Launched, static one => Assert.Equal("terminated", one.Status));
        Job job = Get<Job>("Get-PRJob again");
        Assert.Equal((JobState.Completed, result.Id), (job.State, job.Id));
        Assert.True(result.Cost > 0);
        // The lost instance was read after the list, and before the next launch.
        int second = Array.LastIndexOf(Sent, "POST /v1/instances");
        Assert.Equal("GET /v1/instances/" + first, Sent[second - 1]);
    }

    /// <summary>The loss comes while the instance is prepared, or right after.</summary>
    [SshdFact]
    public void An_instance_that_is_lost_before_its_command_is_replaced_too()
    {
        using RunningScript running = Start($"{Launch} -Command 'echo run $PULSERUN_RESTART; [ $PULSERUN_RESTART = 1 ] || sleep 600'");
        WaitUntil(() => Launched.Length == 1);
        Emulator.SetStatus(Launched[0].Id, "terminated");
        JobResult result = Assert.IsType<JobResult>(Assert.Single(running.Wait().Output));
        Assert.Equal((0, "run 1", true), (result.ExitCode, result.StdOut, result.Removed));
        Assert.Equal(["Lost", "Completed"], result.Attempts.Select(static one => one.Outcome));
        Assert.Equal(2, Launched.Length);
    }

    [SshdFact]
    public void After_MaxRestarts_it_is_lost_and_says_so()
    {
        using RunningScript running = Start($"{Launch} -Name lost -MaxRestarts 1 -Command 'touch ~/begun; sleep 600'");
        Emulator.SetStatus(Begun(1), "terminated");
        string second = Begun(2);
        Emulator.SetStatus(second, "terminated");
        RunningScript done = running.Wait();
        JobResult result = Assert.IsType<JobResult>(Assert.Single(done.Output));
        Assert.Equal((null, second, true), (result.ExitCode, result.Id, result.Removed));
        Assert.Equal(["Lost", "Lost"], result.Attempts.Select(static one => one.Outcome));
        AssertLike("*not started again: it was started again 1 times*", done.WarningText);
        Assert.Equal(JobState.Lost, Get<Job>("Get-PRJob lost").State);
        Assert.Equal(2, Launched.Length);
    }

    [SshdFact]
    public void With_MaxRestarts_0_it_is_never_started_again()
    {
        using RunningScript running = Start($"{Launch} -MaxRestarts 0 -Command 'touch ~/begun; sleep 600'");
        Emulator.SetStatus(Begun(1), "terminated");
        RunningScript done = running.Wait();
        Assert.Null(Assert.IsType<JobResult>(Assert.Single(done.Output)).ExitCode);
        AssertLike("*restarts are not allowed*", done.WarningText);
        Assert.Single(Launched);
    }

    [SshdFact]
    public void A_job_that_a_command_removed_is_not_started_again()
    {
        using RunningScript running = Start($"{Launch} -Command 'touch ~/begun; sleep 600'");
        string id = Begun(1);
        Do($"Remove-PRInstance {id} -Confirm:$false");
        RunningScript done = running.Wait();
        Assert.Null(Assert.IsType<JobResult>(Assert.Single(done.Output)).ExitCode);
        AssertLike("*was removed by a command*", done.WarningText);
        Assert.Single(Launched);
    }

    [SshdFact]
    public void An_instance_that_failed_is_removed_before_the_next_is_launched()
    {
        using RunningScript running = Start($"{Launch} -Command 'touch ~/begun; [ $PULSERUN_RESTART = 1 ] || sleep 600'");
        string first = Begun(1);
        Emulator.SetStatus(first, "failed");
        Assert.Equal(0, Assert.IsType<JobResult>(Assert.Single(running.Wait().Output)).ExitCode);
        int removed = Array.IndexOf(Sent, "DELETE /v1/instances/" + first);
        Assert.InRange(removed, 0, Array.LastIndexOf(Sent, "POST /v1/instances"));
        Assert.All(Launched, static one => Assert.Equal("terminated", one.Status));
    }

    [SshdFact]
    public void An_instance_that_cannot_be_proven_gone_is_not_replaced()
    {
        using RunningScript running = Start($"{Launch} -Command 'touch ~/begun; sleep 600'");
        string first = Begun(1);
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Method = "DELETE", Status = 500 });
        Emulator.SetStatus(first, "failed");
        RunningScript done = running.Wait();
        Assert.NotEqual(true, Assert.IsType<JobResult>(Assert.Single(done.Output)).Removed);
        AssertLike("*does not confirm that*is gone*", done.WarningText);
        Assert.Single(Launched);
    }

    [SshdFact]
    public void What_was_synced_is_there_after_a_restart()
    {
        using RunningScript running = Start(
            $"{Launch} -Download out -Destination {Folder}/out -SyncEvery 00:00:01 -Command 'mkdir -p out; cat out/* 2>/dev/null; echo step-$PULSERUN_RESTART >>out/steps; touch ~/begun; [ $PULSERUN_RESTART = 1 ] || sleep 600'");
        string first = Begun(1);
        WaitUntil(() => File.Exists(Path.Combine(Folder, "out/steps")));
        // The copy is complete when it has its name; the cmdlet knows of it a moment later, at the latest with the next.
        File.Delete(Path.Combine(Folder, "out/steps"));
        WaitUntil(() => File.Exists(Path.Combine(Folder, "out/steps")));
        Emulator.SetStatus(first, "terminated");
        JobResult result = Assert.IsType<JobResult>(Assert.Single(running.Wait().Output));
        Assert.Equal((0, "step-0", true), (result.ExitCode, result.StdOut, result.Downloaded));
        Assert.Equal("step-0\nstep-1\n", File.ReadAllText(Path.Combine(Folder, "out/steps")));
    }

    [SshdFact]
    public void With_spot_recovery_the_replacement_of_the_server_is_used()
    {
        using RunningScript running = Start($"{Launch} -Name kept -AutoSpotRecovery -Command 'touch ~/begun; [ $PULSERUN_RESTART = 1 ] || sleep 600'");
        string first = Begun(1);
        Instance replacement = Emulator.AddInstance(new Instance { Gpu = "l40s", Template = "pytorch", Spot = true, Status = "provisioning", CreatedAt = DateTimeOffset.UtcNow.AddSeconds(1) });
        Emulator.SetStatus(first, "terminated");
        Emulator.SetStatus(replacement.Id, "running");
        JobResult result = Assert.IsType<JobResult>(Assert.Single(running.Wait().Output));
        Assert.Equal((0, replacement.Id, true), (result.ExitCode, result.Id, result.Removed));
        Assert.Equal(1, CountSent("POST /v1/instances"));
    }

    [SshdFact]
    public void A_restart_without_capacity_ends_the_job_as_lost()
    {
        using RunningScript running = Start($"{Launch} -Name none -Command 'touch ~/begun; sleep 600'");
        string first = Begun(1);
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.NoCapacity, Method = "POST" });
        Emulator.SetStatus(first, "terminated");
        RunningScript done = running.Wait();
        JobResult result = Assert.IsType<JobResult>(Assert.Single(done.Output));
        Assert.Equal((null, first, true), (result.ExitCode, result.Id, result.Removed));
        AssertLike("*not started again: *", done.WarningText);
        Assert.Equal((JobState.Lost, first), (Get<Job>("Get-PRJob none").State, Get<Job>("Get-PRJob none").Id));
    }

    [SshdFact]
    public void Wrong_values_launch_nothing()
    {
        foreach (string wrong in new[] { "-SyncEvery 00:01", "-SyncEvery 00:01 -Detach -Download x -Destination $folder/x", "-SyncEvery 20 -Download x -Destination $folder/x" })
            Assert.Equal(["InvalidRequest"], Run($"{Launch} {wrong} -Command 'true'").ErrorIds);
        Assert.Empty(Sent);
    }

    /// <summary>Returns the text of a file that may not exist yet, and that another writes.</summary>
    private static string Shared(string path)
    {
        if (!File.Exists(path))
            return "";
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    /// <summary>Waits until the command has begun on the instance with this number, and returns its id.</summary>
    private string Begun(int number)
    {
        WaitUntil(() => Launched.Length >= number && Emulator.GetSshHome(Launched[number - 1].Id) is { } home && File.Exists(Path.Combine(home, "begun")));
        // The instance that will be lost must be followed, because only the follower sees the loss.
        WaitUntil(() => GetAll<Job>("Get-PRJob -State Running").Any(job => job.Id == Launched[number - 1].Id));
        return Launched[number - 1].Id;
    }
}
