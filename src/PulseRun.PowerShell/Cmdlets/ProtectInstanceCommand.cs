using System;
using System.Management.Automation;
using PulseRun.Core.Protections;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Notes on this machine that cleanup never stops or removes these instances. Sends nothing; other machines do not know.</summary>
[Cmdlet(VerbsSecurity.Protect, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Protection))]
public sealed class ProtectInstanceCommand : InstanceInput
{
    /// <summary>The reason for the protection, as Get-PRProtection shows it.</summary>
    [Parameter]
    public string? Reason { get; set; }

    /// <summary>When the protection ends by itself. Default: it does not.</summary>
    [Parameter]
    public DateTimeOffset? Until { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
        {
            if (Until <= target.Context.UtcNow)
                Runner.Report(new PulseRunException(ErrorIds.InvalidRequest, "Until: " + Until + " is past; nothing was protected.") { Field = nameof(Until) }, target.Source);
            else if (Prompt.Confirms(target.Description, "Protect instance from cleanup"))
                Runner.TryItem(target.Source, () => Store.Use(store => WriteObject(Protect(store.Protections, target))));
        }
    }

    private Protection Protect(IProtections protections, InstanceTarget target) => WithOrigin(
        protections.Protect(target.Context.Account, target.Id, Reason, Until?.ToUniversalTime(), target.Context.UtcNow), target.Context);

    internal static Protection WithOrigin(Protection protection, Context context) => new()
    {
        Id = protection.Id,
        Reason = protection.Reason,
        Until = protection.Until,
        CreatedAt = protection.CreatedAt,
        Origin = context,
    };
}
