using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Jobs;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that name jobs.</summary>
internal sealed class JobInputParameters
{
    /// <summary>The jobs, from Invoke-PRJob -Detach or Get-PRJob.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Job[] InputObject { get; set; } = [];

    /// <summary>The ids or the names of jobs, or the ids of their instances. Wildcards are allowed. A name without wildcards means the jobs that have not ended, else the latest.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Name", "JobId")]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Returns the jobs of the current record as the store knows them now, each with its connection. What names no job is a non-terminating error.</summary>
    public IEnumerable<(Context Context, JobRecord Job)> Jobs(ConnectedCmdlet cmdlet, string parameterSet)
    {
        if (parameterSet == ParameterSets.ByObject)
            return InputObject.SelectMany(job => Find(cmdlet, cmdlet.ContextFor(job), job.JobId, static (record, id) => record.JobId == id)).ToList();
        Context context = cmdlet.CurrentContext();
        return Id.SelectMany(id => Find(cmdlet, context, id, static (record, pattern) => Matches(record, Patterns.Matcher(pattern)))).ToList();
    }

    /// <summary>Returns true when a job has this id, this name or this instance.</summary>
    public static bool Matches(JobRecord job, Func<string, bool> matches) => matches(job.JobId) || matches(job.Name) || (job.InstanceId.Length > 0 && matches(job.InstanceId));

    private static List<(Context Context, JobRecord Job)> Find(ConnectedCmdlet cmdlet, Context context, string id, Func<JobRecord, string, bool> isMeant)
    {
        var found = new List<(Context, JobRecord)>();
        cmdlet.Runner.TryItem(id, () =>
        {
            cmdlet.Store.Use(store => found.AddRange(store.Jobs.All(context.Account).Where(job => isMeant(job, id)).Select(job => (context, job))));
            // Names are reused. A name means the job that has not ended, otherwise the latest one.
            if (found.Count > 1 && !Patterns.IsPattern(id))
                found = found.Exists(static one => !one.Item2.IsOver) ? found.FindAll(static one => !one.Item2.IsOver) : found.GetRange(found.Count - 1, 1);
            if (found.Count == 0 && !Patterns.IsPattern(id))
                throw new PulseRunException(ErrorIds.InvalidRequest, "There is no job '" + CleanText.Clean(id, 100) + "' of this account on this machine. Get-PRJob lists the jobs.") { Field = nameof(Id) };
        });
        return found;
    }
}
