using System;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Schedules;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that limit a run of a schedule and say what it starts with.</summary>
internal sealed class ScheduleParameters
{
    /// <summary>The longest time that a run may take, a whole number of hours, for example 04:00. The server counts in hours: another duration is refused, because rounding would cost more or cut a run. Default: no limit.</summary>
    [Parameter]
    public TimeSpan? MaxDuration { get; set; }

    /// <summary>The most that a run may cost, in dollars; more than 0. Default: no limit.</summary>
    [Parameter]
    [Amount]
    public decimal? MaxCost { get; set; }

    /// <summary>Uses instances on demand. Without this switch a run uses a spot instance if possible, as the server does by default; -OnDemand:$false changes a schedule back to spot.</summary>
    [Parameter]
    public SwitchParameter OnDemand { get; set; }

    /// <summary>The image to run. It is required with the template custom, and only allowed there.</summary>
    [Parameter]
    public string? DockerImage { get; set; }

    /// <summary>The text of a script that each run starts with.</summary>
    [Parameter]
    public string? StartupScript { get; set; }

    /// <summary>Returns the request with the values that were given.</summary>
    /// <param name="request">The other values.</param>
    /// <param name="bound">The parameters that were given.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a value is not valid.</exception>
    public ScheduleRequest ApplyTo(ScheduleRequest request, IDictionary<string, object> bound)
    {
        if (bound.ContainsKey(nameof(MaxDuration)))
            request = request with { MaxDurationHours = ScheduleRules.Hours(MaxDuration) };
        if (bound.ContainsKey(nameof(MaxCost)))
            request = request with { MaxCost = MaxCost };
        if (bound.ContainsKey(nameof(OnDemand)) || request.Spot is null)
            request = request with { Spot = !OnDemand };
        if (bound.ContainsKey(nameof(DockerImage)))
            request = request with { DockerImage = string.IsNullOrEmpty(DockerImage) ? null : DockerImage };
        if (bound.ContainsKey(nameof(StartupScript)))
            request = request with { StartupScript = string.IsNullOrEmpty(StartupScript) ? null : StartupScript };
        return request;
    }

    /// <summary>Checks a request, and returns it with the cron expression in its normal form.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: a value is not valid.</exception>
    public static ScheduleRequest Check(ScheduleRequest request)
    {
        if (ScheduleRules.Check(request) is { } wrong)
            throw wrong;
        Libraries.CreateCron().Check(request.Cron!, DateTimeOffset.UtcNow);
        return request with { Cron = ScheduleRules.Normalize(request.Cron!) };
    }
}
