using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Schedule;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Scheduling;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Removes a cleanup task that Register-PRCleanup created from the scheduler of this machine. Readings, profiles and audit files are kept.</summary>
[Cmdlet(VerbsLifecycle.Unregister, Nouns.Cleanup, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class UnregisterCleanupCommand : PulseRunCmdlet
{
    /// <summary>The name of the task, as Get-PRCleanupTask shows it. Default: cleanup.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = TaskSpec.DefaultName;

    /// <summary>The scheduler to remove the task from: TaskScheduler, Systemd or Cron. Default: every scheduler that has the task.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public CleanupScheduler? Scheduler { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord() => Runner.TryItem(Name, () =>
    {
        List<CleanupTask> tasks = CleanupTasks.List(Scheduler).Where(one => one.Name == Name).ToList();
        if (tasks.Count == 0)
            throw new PulseRunException(ErrorIds.InvalidRequest, "There is no cleanup task '" + Name + "' on this machine. Get-PRCleanupTask lists them.") { Field = nameof(Name) };
        foreach (CleanupTask task in tasks)
        {
            IReadOnlyList<PlanStep> plan = CleanupTasks.PlanUnregister(task);
            string what = "Unregister the task '" + Name + "' from " + task.Scheduler + ":\n" + string.Join("\n", plan.Select(static step => "  " + step.Describe().Replace("\n", "\n  ")).ToArray());
            if (ShouldProcess(what, what, MyInvocation.MyCommand.Name))
                PlanRunner.Run(plan);
        }
    });
}
