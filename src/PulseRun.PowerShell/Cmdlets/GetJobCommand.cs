using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Returns the jobs of Invoke-PRJob that this machine knows, the oldest first, as they were last seen. Sends nothing.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Job)]
[OutputType(typeof(Job))]
public sealed class GetJobCommand : ConnectedCmdlet
{
    /// <summary>Only jobs with these ids or names, or on instances with these ids; wildcards are allowed. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Name", "JobId")]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>Only jobs in these states.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public JobState[]? State { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        Func<string, bool>[]? matchers = Id?.Select(Patterns.Matcher).ToArray();
        Store.Use(store =>
        {
            foreach (var job in store.Jobs.All(context.Account))
            {
                bool isMeant = matchers is null || Array.Exists(matchers, matches => JobInputParameters.Matches(job, matches));
                if (isMeant && (State is null || State.Contains(job.State)))
                    WriteObject(job.ToJob(context));
            }
        });
    }
}
