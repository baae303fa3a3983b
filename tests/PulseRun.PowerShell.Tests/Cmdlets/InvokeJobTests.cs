using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class InvokeJobTests : SshTests
{
    private const string Launch = "Invoke-PRJob -Gpu rtx_4090 -Template pytorch -Lifetime 01:00";

    [SshdFact]
    public void A_job_runs_from_launch_to_removal()
    {
        StartSsh(1);
        string source = Directory.CreateDirectory(Path.Combine(Folder, "src")).FullName;
        File.WriteAllText(Path.Combine(source, "train.sh"), "echo training; mkdir -p out; echo result > out/model; exit 3\n");
        Outcome done = Do($"{Launch} -Name train -Upload $folder/src -Command 'sh train.sh; code=$?; echo problem >&2; exit $code' -Download out -Destination $folder/out");
        JobResult result = Assert.Single(done.As<JobResult>());
        Assert.Equal(("train", 3, "training", "problem", true, true), (result.Name, result.ExitCode, result.StdOut, result.StdErr, result.Downloaded, result.Removed));
        Assert.Equal("result\n", File.ReadAllText(Path.Combine(Folder, "out/model")));
        Assert.Equal("terminated", Status(result.Id));
        Assert.Equal([result.Id], result.Attempts.Select(static one => one.InstanceId));
        Assert.NotNull(result.Cost);
        Assert.NotNull(result.StartedAt);
        Assert.Equal(["training", "problem"], done.All.OfType<InformationRecord>().Select(static record => record.MessageData.ToString()));
        Job job = Get<Job>("Get-PRJob train");
        Assert.Equal((JobState.Completed, 3, result.Id), (job.State, job.ExitCode, job.Id));
        // One launch; lists until it is ready; one removal, read back.
        Assert.Equal(1, CountSent("POST /v1/instances"));
        Assert.Equal(1, CountSent("DELETE *"));
        Assert.Equal("GET /v1/instances/" + result.Id, Sent[^1]);
    }

    [SshdFact]
    public void The_command_arrives_as_it_is()
    {
        StartSsh(1);
        Shell.Set("text", "printf '%s|' \"a  b\" 'it'\"'\"'s' \"$((1 + 1))\" \\\\\nprintf '%s' 'é😀 `x` $HOME'\n# comment 'with a quote");
        JobResult result = Get<JobResult>("Invoke-PRJob -Instance $one -Command $text");
        Assert.Equal("a  b|it's|2|\\|é😀 `x` $HOME", result.StdOut);
        Assert.Equal((0, false, (bool?)null, (decimal?)null), (result.ExitCode, result.Removed, result.Downloaded, result.Cost));
        Assert.Equal("running", Status(One));
    }

    [SshdFact]
    public void The_lifetime_is_written_before_the_launch()
    {
        StartSsh(1);
        Job job = Get<Job>($"{Launch} -Detach -Command 'sleep 100'");
        DateTimeOffset? end = Stores.Current.Notes.Get(Assert.IsType<Context>(Get<Context>("Get-PRContext")).Service, job.Id)?.ExpiresAt;
        Assert.NotNull(end);
        Assert.InRange(end.Value - job.CreatedAt, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal("InvalidRequest", Assert.Single(Run("Invoke-PRJob -Gpu rtx_4090 -Lifetime 00:00:10 -Command x").ErrorIds));
        Assert.Equal(2, Emulator.Instances.Count);
    }

    [SshdFact]
    public void A_detached_job_is_received_and_finished_by_another_session()
    {
        StartSsh(1);
        Job job = Get<Job>($"{Launch} -Name back -Detach -Download out -Destination $folder/out -Command 'mkdir out; echo one; echo two >&2; until [ -f ~/go ]; do sleep 0.05; done; echo three; echo x > out/x'");
        Assert.Equal(JobState.Running, job.State);
        WaitUntil(() => GetAll<JobOutputLine>("Receive-PRJob back -Keep").Length == 2);
        Assert.Equal(["one", "two"], GetAll<JobOutputLine>("Receive-PRJob back").Select(static line => line.Text));
        Assert.Empty(GetAll<JobOutputLine>("Get-PRJob back | Receive-PRJob"));
        Assert.Equal(["WaitTimeout"], Run("Wait-PRJob back -TimeoutSec 1").ErrorIds);
        File.WriteAllText(Home(job.Id, "go"), "");
        using RunningScript other = Start($"Wait-PRJob {job.JobId}");
        JobResult result = Assert.IsType<JobResult>(Assert.Single(other.Wait().Output));
        Assert.Equal(("one\nthree", "two", 0, true, true), (result.StdOut, result.StdErr, result.ExitCode, result.Downloaded, result.Removed));
        Assert.True(File.Exists(Path.Combine(Folder, "out/x")));
        Assert.Equal("terminated", Status(job.Id));
        Assert.Equal(["Conflict"], Run("Wait-PRJob back").ErrorIds);
        Assert.Equal(["Conflict"], Run("Receive-PRJob back").ErrorIds);
    }

    [SshdFact]
    public void A_broken_connection_loses_no_output()
    {
        StartSsh(1);
        using RunningScript running = Start($"Invoke-PRJob -Instance {One} -Confirm:$false -Command 'for i in 1 2 3 4 5 6 7 8 9; do echo $i; echo e$i >&2; touch ~/at$i; sleep 0.2; done'");
        foreach (int at in new[] { 2, 5, 8 })
        {
            WaitUntil(() => File.Exists(Home(One, "at" + at)));
            Emulator.CutSsh(One);
        }
        JobResult result = Assert.IsType<JobResult>(Assert.Single(running.Wait().Output));
        Assert.Equal(string.Join("\n", Enumerable.Range(1, 9)), result.StdOut);
        Assert.Equal(string.Join("\n", Enumerable.Range(1, 9).Select(static i => "e" + i)), result.StdErr);
        Assert.Equal(0, result.ExitCode);
    }

    [SshdFact]
    public void Whole_output_goes_to_a_file_and_a_megabyte_is_kept()
    {
        StartSsh(1);
        JobResult result = Get<JobResult>("Invoke-PRJob -Instance $one -OutFile $folder/log -InformationAction Ignore -Command 'i=0; while [ $i -lt 30 ]; do head -c 99999 /dev/zero | tr \"\\000\" x; echo; i=$((i + 1)); done'");
        Assert.Equal(3_000_000, new FileInfo(Path.Combine(Folder, "log")).Length);
        Assert.Equal(1 << 20, result.StdOut.Length);
        Assert.Equal(3_000_000 - (1 << 20), result.OmittedBytes);
    }

    [SshdFact]
    public void An_exit_by_a_signal_is_an_exit_code_and_a_killed_wrapper_is_lost()
    {
        StartSsh(2);
        Assert.Equal(137, Get<JobResult>($"{Launch} -Command 'kill -9 $$'").ExitCode);
        // The parent of the command is the wrapper.
        Outcome done = Run($"{Launch} -Name lost -Command 'kill -9 $PPID; sleep 5'");
        JobResult lost = Assert.Single(done.As<JobResult>());
        Assert.Equal((null, true), (lost.ExitCode, lost.Removed));
        AssertLike("*without an exit code*", Assert.Single(done.Warnings));
        Assert.Equal(JobState.Lost, Get<Job>("Get-PRJob lost").State);
    }

    [SshdFact]
    public void A_failed_download_keeps_the_instance_and_says_how_to_fetch()
    {
        StartSsh(1);
        Outcome done = Run($"{Launch} -Command 'echo done' -Download none -Destination $folder/out");
        JobResult result = Assert.Single(done.As<JobResult>());
        Assert.Equal((0, false, false), (result.ExitCode, result.Downloaded, result.Removed));
        Assert.Equal("running", Status(result.Id));
        AssertLike($"*Copy-PRItem*{result.Id}*Remove-PRInstance {result.Id}*", Assert.Single(done.Warnings));
        Assert.False(Directory.Exists(Path.Combine(Folder, "out")));
    }

    [SshdFact]
    public void Removed_is_read_back()
    {
        StartSsh(1);
        // The removal has no effect, whatever is answered.
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Method = "DELETE", Status = 500 });
        Outcome done = Run($"{Launch} -Command 'true'");
        Assert.False(Assert.Single(done.As<JobResult>()).Removed);
        AssertLike("*not removed*", string.Join(" ", done.Warnings));
        Emulator.ClearFaults();
        // The removal has its effect, and every answer is lost.
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "DELETE", Status = 500 });
        Assert.True(Assert.Single(Run($"{Launch} -Command 'true'").As<JobResult>()).Removed);
    }

    [SshdFact]
    public void AtEnd_stops_or_keeps()
    {
        StartSsh(1);
        JobResult stopped = Get<JobResult>($"{Launch} -AtEnd Stop -Command 'true'"), kept = Get<JobResult>($"{Launch} -AtEnd Keep -Command 'true'");
        Assert.Equal((false, "stopped"), (stopped.Removed, Status(stopped.Id)));
        Assert.Equal((false, "running"), (kept.Removed, Status(kept.Id)));
    }

    [SshdFact]
    public void Stop_ends_the_command_and_its_processes()
    {
        StartSsh(1);
        string mark = "sleep\05" + Environment.ProcessId;
        Do($"$null = {Launch} -Name endless -Detach -Command 'echo begun; sleep 5{Environment.ProcessId}'");
        WaitUntil(() => Runs(mark));
        JobResult result = Get<JobResult>("Stop-PRJob endless -GraceSec 1");
        Assert.Equal(("begun", true), (result.StdOut, result.Removed));
        Assert.InRange(result.ExitCode ?? 0, 129, 143);
        WaitUntil(() => !Runs(mark));
    }

    [SshdFact]
    public void A_cancelled_job_is_removed_or_kept_as_asked()
    {
        StartSsh(1);
        foreach ((string choice, string status) in new[] { ("", "terminated"), ("-OnCancel Keep", "running") })
        {
            int before = Emulator.Instances.Count;
            using RunningScript running = Start($"{Launch} {choice} -Confirm:$false -Command 'touch ~/begun; sleep 60'");
            WaitUntil(() => Emulator.Instances.Count > before && Emulator.GetSshHome(Emulator.Instances[^1].Id) is { } home && File.Exists(Path.Combine(home, "begun")));
            running.Stop();
            WaitUntil(() => Emulator.Instances[^1].Status == status);
        }
    }

    [SshdFact]
    public void An_instance_that_vanishes_ends_its_job()
    {
        StartSsh(1);
        using RunningScript running = Start($"{Launch} -Confirm:$false -Command 'touch ~/begun; sleep 60'");
        WaitUntil(() => GetAll<Job>("Get-PRJob -State Running").Length == 1);
        Emulator.SetStatus(Emulator.Instances[^1].Id, "terminated");
        JobResult result = Assert.IsType<JobResult>(Assert.Single(running.Wait().Output));
        Assert.Equal((null, true), (result.ExitCode, result.Removed));
    }

    [SshdFact]
    public void Wrong_values_launch_nothing()
    {
        StartSsh(1);
        foreach (string wrong in new[]
        {
            "-Command ' '", "-Command x -Download out", "-Command x -Destination $folder/x", "-Command x -Download ../out -Destination $folder/x", "-Command x -Upload $folder/none", "-Command x -Name inst_x",
            "-Command x -OutFile /proc/none/x", "-Command x -Template custom", "-Command x -DockerImage y", "-Command x -ReconnectFor -1",
        })
        {
            Outcome done = Run($"Invoke-PRJob -Gpu rtx_4090 -Lifetime 01:00 {wrong}");
            Assert.Equal("InvalidRequest", done.EndedId ?? Assert.Single(done.ErrorIds));
        }
        Do($"{Launch} -Command x -WhatIf");
        Assert.Empty(Sent);
        Assert.Single(Emulator.Instances);
    }

    [SshdFact]
    public void Many_run_at_once_in_their_order()
    {
        StartSsh(1);
        JobResult[] results = GetAll<JobResult>("1..4 | ForEach-Object { [pscustomobject]@{ Name = \"lr-$_\"; Command = \"echo $_; exit $_\" } } | Invoke-PRJob -Gpu rtx_4090 -Lifetime 01:00 -ThrottleLimit 4 -InformationAction Ignore");
        Assert.Equal(["lr-1 1 1", "lr-2 2 2", "lr-3 3 3", "lr-4 4 4"], results.Select(static one => $"{one.Name} {one.ExitCode} {one.StdOut}"));
        Assert.All(results, static one => Assert.True(one.Removed));
    }

    [SshdFact]
    public void A_gateway_is_refused_and_its_instance_given_back()
    {
        StartSsh(1);
        Emulator.AddInstance(new Instance { Id = "inst_gateway", Ip = "203.0.113.1", SshCommand = "ssh abc-123@ssh.runpod.io" });
        Assert.Equal(["FeatureUnavailable"], Run("Invoke-PRJob -Instance inst_gateway -Command 'true'").ErrorIds);
        Assert.Equal(JobState.Failed, Get<Job>("Get-PRJob -State Failed").State);
    }

    /// <summary>Runs jobs while connections are cut, commands kill themselves, and instances vanish. PULSERUN_STORM_JOBS sets how many (default 8).</summary>
    [SshdFact]
    public void In_a_storm_the_results_agree_with_the_server()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("PULSERUN_STORM_JOBS"), out int asked) ? asked : 8;
        var random = new Random(4711);
        StartSsh(1);
        string[] commands = [.. Enumerable.Range(0, count).Select(i => (i % 4) switch
        {
            0 => $"for i in 1 2 3 4 5 6; do echo {i}-$i; sleep 0.1; done; exit {i % 100}",
            1 => $"echo {i}; kill -{(i % 8 == 1 ? 9 : 15)} $$",
            2 => $"echo {i}; echo {i} > f; exit 0",
            _ => $"echo {i}; sleep 0.3; kill -9 $PPID; sleep 1",
        })];
        Shell.Set("commands", commands);
        using var stop = new System.Threading.CancellationTokenSource();
        Task cutting = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (Instance one in Emulator.Instances.Where(static one => one.Status == "running").ToArray())
                {
                    if (random.Next(3) == 0)
                        Emulator.CutSsh(one.Id);
                }
                stop.Token.WaitHandle.WaitOne(700);
            }
        });
        Outcome done = Run("0..($commands.Count - 1) | ForEach-Object { [pscustomobject]@{ Name = \"storm-$_\"; Command = $commands[$_]; Download = ($_ % 4 -eq 2 ? 'f' : ''); Destination = ($_ % 4 -eq 2 ? \"$folder/f$_\" : '') } } | Invoke-PRJob -Gpu rtx_4090 -Lifetime 01:00 -ThrottleLimit 8 -InformationAction Ignore");
        stop.Cancel();
        string said = string.Join("\n", done.Warnings.Concat(done.Errors.Select(static one => one.ToString())));
        JobResult[] results = done.As<JobResult>();
        Assert.Equal(count, results.Length + done.Errors.Count);
        foreach (JobResult result in results)
        {
            int i = int.Parse(result.Name.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True((Status(result.Id) == "terminated") == result.Removed, $"{result.Name}: removed is {result.Removed}, and the instance is {Status(result.Id)}.\n{said}");
            (int? code, string text) = (i % 4) switch
            {
                0 => (i % 100, string.Join("\n", Enumerable.Range(1, 6).Select(n => $"{i}-{n}"))),
                1 => (i % 8 == 1 ? 137 : 143, $"{i}"),
                2 => (0, $"{i}"),
                _ => ((int?)null, $"{i}"),
            };
            Assert.Equal((code, text), (result.ExitCode, result.StdOut));
            Assert.Equal(i % 4 == 2, File.Exists(Path.Combine(Folder, "f" + i)));
        }
        // Instances whose job failed before its command are gone too.
        Assert.All(Emulator.Instances.Skip(1), static one => Assert.Equal("terminated", one.Status));
    }

    private string Status(string id) => Emulator.Instances.Single(one => one.Id == id).Status!;
}
