using System;
using System.Management.Automation;
using PulseRun.Core.Jobs;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Jobs;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Ends the commands of jobs, downloads their files, gives their instances back, and returns their results.</summary>
[Cmdlet(VerbsLifecycle.Stop, Nouns.Job, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(JobResult))]
public sealed partial class StopJobCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly JobInputParameters _input = new();

    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    /// <summary>The seconds in which the command must end after the signal TERM, before it is killed (0 to 3600, default 10).</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int GraceSec { get; set; } = 10;

    /// <inheritdoc/>
    protected override void OnBegin() => _ssh.FindWithoutPrompt(SessionState);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach ((Context context, JobRecord job) in _input.Jobs(this, ParameterSetName))
        {
            if (Prompt.Confirms(job.Name + " on " + job.InstanceId, "Stop job"))
                Runner.TryItem(job.Name, () => JobWait.Queue(this, _ssh, context, job, ThrottleLimit, TimeSpan.FromMinutes(2), TimeSpan.Zero, GraceSec));
        }
    }
}
