using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Jobs;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Jobs;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Returns the output of running jobs, line by line: what is new since the last call. Works in any process of this user, and changes nothing on the instance.</summary>
[Cmdlet(VerbsCommunications.Receive, Nouns.Job, DefaultParameterSetName = ParameterSets.ByObject)]
[OutputType(typeof(JobOutputLine))]
public sealed partial class ReceiveJobCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly JobInputParameters _input = new();

    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    /// <summary>Returns the whole output, and does not count it as received.</summary>
    [Parameter]
    public SwitchParameter Keep { get; set; }

    /// <summary>Continues to write the output until the command ends.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => _ssh.FindWithoutPrompt(SessionState);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach ((Context context, JobRecord job) in _input.Jobs(this, ParameterSetName))
        {
            Runner.TryItem(job.Name, () =>
            {
                if (job.State != JobState.Running)
                    throw new PulseRunException(ErrorIds.Conflict, "Job '" + job.Name + "' does not run, so it has no new output. The output of a job that has ended is in its result.");
                SshClient client = _ssh.ClientFor(context);
                Runner.RunToEnd(cancel => ReceiveAsync(client, context, job, cancel), job.Name);
            });
        }
    }

    private async Task ReceiveAsync(SshClient client, Context context, JobRecord job, CancellationToken cancel)
    {
        Instance now = await Connection.Of(context).Client.GetAsync(job.InstanceId, Runner.Observer, cancel).ConfigureAwait(false);
        using var output = new JobOutput(null, (line, isError) => Runner.PostRows(new List<JobOutputLine> { new() { Name = job.Name, Stream = isError ? "StdErr" : "StdOut", Text = line } }));
        if (!Keep)
            (output.Frames.OutOffset, output.Frames.ErrOffset) = (job.OutOffset, job.ErrOffset);
        JobReport report = await new JobConnection(client, context, job, now, TimeSpan.FromMinutes(2), Runner.Observer).FollowAsync(output, Wait, cancel).ConfigureAwait(false);
        if (report == JobReport.Ended)
            output.Finish();
        if (!Keep)
            Store.Use(store => store.Jobs.Write(context.Account, job with { OutOffset = output.OutLines, ErrOffset = output.ErrLines }));
    }
}
