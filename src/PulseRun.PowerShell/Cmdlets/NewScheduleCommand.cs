using System;
using System.Management.Automation;
using PulseRun.Core.Launch;
using PulseRun.Core.Schedules;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Creates a schedule: the service launches an instance at each time of a cron expression. It is sent once, and a lost answer is found in the list.</summary>
[Cmdlet(VerbsCommon.New, Nouns.Schedule, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Schedule))]
public sealed partial class NewScheduleCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly ScheduleParameters _schedule = new();

    /// <summary>The name. A name that exists already, in any case, is refused, because both schedules would launch.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = "";

    /// <summary>The GPU type slug, for example a100_80gb, h100_80gb or rtx_4090.</summary>
    [Parameter(Mandatory = true)]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string Gpu { get; set; } = "";

    /// <summary>The template slug, for example pytorch. The template custom runs the image of -DockerImage.</summary>
    [Parameter(Mandatory = true)]
    [ArgumentCompleter(typeof(TemplateCompleter))]
    public string Template { get; set; } = "";

    /// <summary>The times of the runs, as a cron expression of five fields: minute, hour, day, month and weekday, for example '0 2 * * *'. It is checked before anything is sent. The service does not document its time zone.</summary>
    [Parameter(Mandatory = true)]
    public string Cron { get; set; } = "";

    /// <summary>The time after an unclear answer for which the list may lack the schedule, in seconds (0 to 3600, default 15). Only after this time is a schedule reported as not created; without any answer, not before the request timeout has passed too.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int SettleSec { get; set; } = (int)LaunchOptions.DefaultSettle.TotalSeconds;

    internal override string Verb => "create";

    internal override string AdviceForPending => "New-PRSchedule with the same name finds out what became of it, and creates no second one.";

    /// <inheritdoc/>
    protected override void OnRecord() => Runner.TryItem(Name, () =>
    {
        var given = new ScheduleRequest { Name = Name, Gpu = Gpu, Template = Template, Cron = Cron };
        ScheduleRequest request = ScheduleParameters.Check(_schedule.ApplyTo(given, MyInvocation.BoundParameters));
        Context context = CurrentContext();
        if (!Prompt.Confirms(ScheduleWords.Describe(request, context), "Create schedule"))
            return;
        IScheduleCreator creator = Libraries.CreateScheduleCreator(context, Stores.Current.Schedules);
        Runner.Queue(Name, Name, 1, async (observer, cancel) => await creator.CreateAsync(request, TimeSpan.FromSeconds(SettleSec), observer, cancel).ConfigureAwait(false));
    });
}
