using System;
using System.Management.Automation;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Notes on this machine that cleanup never stops or removes these instances. Sends nothing; other machines do not know.</summary>
[Cmdlet(VerbsSecurity.Protect, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Protection))]
public sealed class ProtectInstanceCommand : InstanceInputCommand
{
    /// <summary>Why, for whoever looks at the list of protections.</summary>
    [Parameter]
    public string? Reason { get; set; }

    /// <summary>When the protection ends by itself. Default: it does not.</summary>
    [Parameter]
    public DateTimeOffset? Until { get; set; }

    internal override void Accept(InstanceTarget target)
    {
        if (Until <= target.Context.UtcNow)
        {
            Report(new PulseRunException(ErrorIds.InvalidRequest, "Until: " + Until + " is past; nothing was protected.") { Field = nameof(Until) }, target.Source);
            return;
        }
        if (!Confirms(target.Description, "Protect instance from cleanup"))
            return;
        Must(store => WriteObject(WithOrigin(store.Protections.Protect(target.Context.Account, target.Id, Reason, Until?.ToUniversalTime(), target.Context.UtcNow), target.Context)), target.Source);
    }

    internal static Protection WithOrigin(Protection protection, Context context) => new()
    {
        Id = protection.Id,
        Reason = protection.Reason,
        Until = protection.Until,
        CreatedAt = protection.CreatedAt,
        Origin = context,
    };
}
