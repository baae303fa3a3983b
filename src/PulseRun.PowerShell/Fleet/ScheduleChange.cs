using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.PowerShell.Cmdlets.Parameters;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Describes a change of a schedule.</summary>
/// <param name="name">The new name; null keeps it. The same holds for the other values.</param>
/// <param name="gpu">The new GPU type.</param>
/// <param name="template">The new template.</param>
/// <param name="cron">The new cron expression.</param>
/// <param name="others">Applies the limits and the other values that were given.</param>
internal sealed class ScheduleChange(string? name, string? gpu, string? template, string? cron, Func<ScheduleRequest, ScheduleRequest> others)
{
    private static readonly string[] s_changes =
    [
        "NewName", "Gpu", "Template", "Cron",
        nameof(ScheduleParameters.MaxDuration), nameof(ScheduleParameters.MaxCost), nameof(ScheduleParameters.OnDemand), nameof(ScheduleParameters.DockerImage), nameof(ScheduleParameters.StartupScript),
    ];

    /// <summary>Throws when nothing is to be changed, or when a given value is not valid.</summary>
    /// <param name="given">The names of the parameters that were given.</param>
    /// <exception cref="PulseRunException">InvalidRequest.</exception>
    public void Check(IEnumerable<string> given)
    {
        if (!given.Any(one => s_changes.Contains(one)))
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was sent: no change was given. Use one of -" + string.Join(", -", s_changes) + ".");
        _ = others(new ScheduleRequest());
    }

    /// <summary>Returns all values of the schedule as they are to be. A PUT may replace the whole object.</summary>
    public ScheduleRequest Of(Schedule known) => others(new ScheduleRequest
    {
        Name = name ?? known.Name,
        Gpu = gpu ?? known.Gpu,
        Template = template ?? known.Template,
        Cron = cron ?? known.Cron,
        MaxDurationHours = known.MaxDuration is { } limit ? (decimal)limit.TotalHours : null,
        MaxCost = known.MaxCost,
        Spot = known.Spot,
        DockerImage = known.Raw?.DockerImage ?? known.DockerImage,
        StartupScript = known.Raw?.StartupScript ?? known.StartupScript,
    });
}
