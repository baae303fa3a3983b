using System;
using System.Globalization;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cleanup;

/// <summary>Tests a cleanup whose API has no metrics: with -Probe Ssh, readings by ssh take their place. A script stands in for the ssh client; Ladder.Tests.ps1 uses a real sshd.</summary>
public class SshReadingTests : IdleTests
{
    private const string Ssh = "-Probe Ssh";

    /// <summary>Gets the file with a line for each login: its port.</summary>
    private string Log => Path.Combine(Folder, "log");

    public SshReadingTests()
    {
        StartIdleEmulator(0);
        string programs = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
        string ssh = Path.Combine(programs, "ssh");
        // The port tells the instances apart. An instance without a file refuses the login.
        File.WriteAllText(ssh, $$"""
            #!/bin/sh
            while [ $# -gt 0 ]; do [ "$1" = -p ] && port=$2; shift; done
            echo "$port" >> '{{Log}}'
            exec cat '{{Folder}}'/"$port"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(ssh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        SetVariable("PATH", programs + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"));
        for (int i = 0; i < 2; i++)
        {
            Emulator.AddInstance(new Instance
            {
                Id = "inst_" + i,
                Gpu = "h100_80gb",
                Status = "running",
                CostPerHour = i + 1,
                SshCommand = "ssh -p " + Port(i) + " root@127.0.0.1",
                StartedAt = Emulator.UtcNow.AddDays(-10),
                CreatedAt = Emulator.UtcNow.AddDays(-10),
            });
            Emulator.SetWorkload("inst_" + i, "idle");
            SetLoad(i, 0);
        }
    }

    [Fact]
    public void Instances_without_metrics_are_judged_and_stopped_by_readings_over_ssh()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.MetricsMissing, Path = "*/inst_0/*" });
        SetLoad(1, 97);
        Assert.Equal(["inst_0 Stopped Idle", "inst_1 Skipped ProbeObjected"], Sweep());
        // Both were read again right before the act; only the one without metrics by ssh.
        Assert.Equal("Ssh", Get<string>("(Get-PRInstanceMetrics -History -Id inst_0 | Select-Object -Last 1).Source.ToString()"));
        Assert.Equal(7, Get<int>("@(Get-PRInstanceMetrics -History -Id inst_0 | Where-Object Source -EQ Ssh).Count"));
        Assert.Equal(0, Get<int>("@(Get-PRInstanceMetrics -History -Id inst_0 | Where-Object Source -EQ Api).Count"));
    }

    [Fact]
    public void An_answer_without_a_load_is_completed_by_ssh()
    {
        SetSeries("inst_0", Load(null));
        SetSeries("inst_1", Load(null));
        Assert.Equal(["inst_0 Stopped Idle", "inst_1 Stopped Idle"], Sweep());
    }

    [Fact]
    public void A_load_of_the_api_is_never_replaced()
    {
        Emulator.SetWorkload("inst_0", "busy");
        Assert.Equal(["inst_0 Skipped Active", "inst_1 Stopped Idle"], Sweep());
        Assert.All(File.ReadAllLines(Log), static port => Assert.Equal("22001", port));
    }

    [Fact]
    public void The_second_look_is_taken_by_ssh_and_prevents_the_stop()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.MetricsMissing });
        Sweep(runs: 5);
        Emulator.Advance(TimeSpan.FromMinutes(2));
        // The logins of the last run: the reading, the probe, the second look. The last one finds work.
        File.WriteAllText(Path.Combine(Folder, "bin", "cat"), $$"""
            #!/bin/sh
            case $1 in *22000) n=$(grep -c 22000 '{{Log}}'); [ "$n" -ge 8 ] && exec /bin/cat '{{Folder}}/busy' ;; esac
            exec /bin/cat "$@"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(Folder, "bin", "cat"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Output("busy", 97);
        Assert.Equal(["inst_0 Skipped NoLongerIdle", "inst_1 Stopped Idle"], CleanUp(Ssh));
        Assert.Equal(["POST /v1/instances/inst_1/stop"], Acts);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("no driver")]
    public void Without_a_reading_by_ssh_either_nothing_is_stopped(string how)
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.MetricsMissing });
        foreach (int i in new[] { 0, 1 })
        {
            if (how == "refused")
                File.Delete(Path.Combine(Folder, Port(i)));
            else
                Output(Port(i), null);
        }
        Outcome last = null!;
        for (int i = 0; i < 7; i++)
        {
            last = RunCleanup(Ssh);
            Emulator.Advance(TimeSpan.FromMinutes(2));
        }
        Assert.All(last.As<CleanupAction>(), static one => Assert.Equal(CleanupOutcome.Skipped, one.Action));
        Assert.Empty(Acts);
    }

    [Fact]
    public void Without_the_probe_missing_metrics_prove_nothing()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.MetricsMissing });
        Sweep(runs: 7, "");
        Assert.Empty(Acts);
        Assert.False(File.Exists(Log));
    }

    [Fact]
    public void Verdicts_and_WhatIf_use_the_readings_too()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.MetricsMissing });
        for (int i = 0; i < 7; i++)
        {
            Do("Get-PRIdleInstance " + Rule + " " + Ssh);
            Emulator.Advance(TimeSpan.FromMinutes(2));
        }
        Assert.Equal(["Idle", "Idle"], GetAll<string>($"Get-PRIdleInstance {Rule} {Ssh} | ForEach-Object {{ $_.Verdict.ToString() }}"));
        Emulator.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["inst_0 WouldStop Idle", "inst_1 WouldStop Idle"], CleanUp(Ssh + " -WhatIf"));
        Assert.Empty(Acts);
    }

    /// <summary>Runs cleanups two minutes apart, and returns the actions of the last one, in the order of the ids.</summary>
    private string[] Sweep(int runs = 6, string more = Ssh)
    {
        string[] actions = [];
        for (int i = 0; i < runs; i++)
        {
            if (i > 0)
                Emulator.Advance(TimeSpan.FromMinutes(2));
            actions = Text(RunCleanup(more));
        }
        return actions.Order(StringComparer.Ordinal).ToArray();
    }

    private static string Port(int index) => (22000 + index).ToString(CultureInfo.InvariantCulture);

    private void SetLoad(int index, int load) => Output(Port(index), load);

    /// <summary>Writes the output of the probe's command; null for a machine whose driver does not work.</summary>
    private void Output(string name, int? load) => File.WriteAllText(Path.Combine(Folder, name), string.Join('\n',
        "@@pulserun-probe 1", "@@gpus", load is { } busy ? $"0, {busy}, 100, 81559" : "@@failed", "@@processes", "@@logins", "@@load", "0.00 0.00 0.00 1/100 42", "@@cpus", "8", "@@end", ""));
}
