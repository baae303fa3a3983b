using System;
using System.Management.Automation;
using PulseRun.Core.Jobs;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Jobs;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Waits until jobs have ended, downloads their files, gives their instances back, and returns their results. Works in any process of this user.</summary>
[Cmdlet(VerbsLifecycle.Wait, Nouns.Job, DefaultParameterSetName = ParameterSets.ByObject)]
[OutputType(typeof(JobResult))]
public sealed partial class WaitJobCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly JobInputParameters _input = new();

    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    /// <summary>The time for which an instance may be out of reach while its command runs (default 00:10:00).</summary>
    [Parameter]
    public TimeSpan ReconnectFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest wait in seconds (0 to 31536000; 0, the default, means no limit). Then the error is WaitTimeout, and the jobs continue.</summary>
    [Parameter]
    [ValidateRange(0, 31_536_000)]
    public int TimeoutSec { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => _ssh.FindWithoutPrompt(SessionState);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach ((Context context, JobRecord job) in _input.Jobs(this, ParameterSetName))
            Runner.TryItem(job.Name, () => JobWait.Queue(this, _ssh, context, job, ThrottleLimit, ReconnectFor, TimeSpan.FromSeconds(TimeoutSec), stopSeconds: null));
    }
}
