using System;
using System.Globalization;
using System.Management.Automation;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Protects instances from cleanup on this machine. Sends no request; other machines do not see the protection.</summary>
[Cmdlet(VerbsSecurity.Protect, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Protection))]
public sealed class ProtectInstanceCommand : InstanceInput
{
    /// <summary>The reason for the protection, as Get-PRProtection shows it.</summary>
    [Parameter]
    public string? Reason { get; set; }

    /// <summary>The time at which the protection ends. It must be in the future. Default: the protection does not end by itself.</summary>
    [Parameter]
    public DateTimeOffset? Until { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
        {
            if (Until <= target.Context.UtcNow)
                Runner.Report(new PulseRunException(ErrorIds.InvalidRequest, "Until: " + Until?.ToString("u", CultureInfo.InvariantCulture) + " is in the past. '" + target.Id + "' was not protected. Pass a time in the future.") { Field = nameof(Until) }, target.Source);
            else if (Prompt.Confirms(target.Description, "Protect instance from cleanup"))
                Runner.TryItem(target.Source, () => Store.Use(store => WriteObject(Protect(store.Notes, target))));
        }
    }

    private Protection Protect(INotes notes, InstanceTarget target) => WithOrigin(
        notes.Protect(NoteScope.Of(target.Context), target.Id, Reason, Until?.ToUniversalTime(), target.Context.UtcNow), target.Context);

    internal static Protection WithOrigin(Protection protection, Context context) => new()
    {
        Id = protection.Id,
        Reason = protection.Reason,
        Until = protection.Until,
        CreatedAt = protection.CreatedAt,
        Origin = context,
    };
}
