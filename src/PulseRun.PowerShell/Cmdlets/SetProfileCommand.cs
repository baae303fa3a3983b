using System;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using PulseRun.Core.Client;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Changes settings of a saved profile: whether it is the default, its limits, its ssh key. The API key and the address are not changed.</summary>
[Cmdlet(VerbsCommon.Set, Nouns.Profile, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Profile))]
public sealed class SetProfileCommand : PulseRunCmdlet
{
    /// <summary>The name of the profile to change. Wildcards are not allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Makes this the profile that is used when no profile is named. -Default:$false makes it an ordinary profile again.</summary>
    [Parameter]
    public SwitchParameter Default { get; set; }

    /// <summary>The number of requests per minute to stay within, for a key with a known limit (1 to 100000). Pass $null to remove the limit; requests are then paced only by what the server rejects.</summary>
    [Parameter]
    [EmptyIsUnset]
    public int? RequestsPerMinute { get; set; }

    /// <summary>The longest time for one request, in seconds (1 to 86400). Pass $null for the default, 100.</summary>
    [Parameter]
    [EmptyIsUnset]
    public int? TimeoutSec { get; set; }

    /// <summary>The longest time that a request may wait for the rate limit, in seconds (0 to 86400). Pass $null for the default, 600.</summary>
    [Parameter]
    [EmptyIsUnset]
    public int? MaxWaitSec { get; set; }

    /// <summary>The most that the whole fleet may cost for New-PRInstance to launch, in dollars per hour (0 to 1000000000). Pass $null for no limit.</summary>
    [Parameter]
    [Amount]
    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>The lifetime of launches of New-PRInstance that name none (1 minute to 1 year), unless PULSERUN_DEFAULT_LIFETIME is set. Pass $null for none.</summary>
    [Parameter]
    [EmptyIsUnset]
    public TimeSpan? DefaultLifetime { get; set; }

    /// <summary>The path of the private key that Enter-PRInstance and Invoke-PRCommand log in with. Pass $null or '' to use the keys of the ssh agent and the default files of ssh.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? IdentityFile { get; set; }

    /// <summary>Returns the changed profile.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        ProfileChange change = Change();
        if (!Prompt.Confirms("profile " + CleanText.Clean(Name, 80), "Change settings"))
            return;
        if (Profiles.Use(saved => saved.Change(Name, change)) is not { } changed)
            WriteError(PulseRun.PowerShell.Running.ErrorRecords.From(Profiles.NoSuch(Name), Name));
        else if (PassThru)
            WriteObject(changed);
    }

    private ProfileChange Change() => new()
    {
        IsDefault = IsGiven(nameof(Default)) ? Default.IsPresent : null,
        RequestsPerMinute = IsGiven(nameof(RequestsPerMinute)) ? new(Number(RequestsPerMinute, nameof(RequestsPerMinute), 1, 100_000)) : null,
        TimeoutSec = IsGiven(nameof(TimeoutSec)) ? new(Number(TimeoutSec, nameof(TimeoutSec), 1, 86_400)) : null,
        MaxWaitSec = IsGiven(nameof(MaxWaitSec)) ? new(Number(MaxWaitSec, nameof(MaxWaitSec), 0, 86_400)) : null,
        MaxFleetCostPerHour = IsGiven(nameof(MaxFleetCostPerHour)) ? new(Cost(MaxFleetCostPerHour)) : null,
        DefaultLifetime = IsGiven(nameof(DefaultLifetime)) ? new(Lifetime(DefaultLifetime)) : null,
        IdentityFile = IsGiven(nameof(IdentityFile)) ? new(Key(IdentityFile)) : null,
    };

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Returns the value when it is in range. ValidateRange cannot be used, because it rejects $null, which removes a setting here.</summary>
    private static int? Number(int? value, string parameter, int least, int most) => value < least || value > most
        ? throw new PulseRunException(ErrorIds.InvalidRequest, string.Format(CultureInfo.InvariantCulture, "{0}: {1} is not between {2} and {3}. Nothing was changed.", parameter, value, least, most)) { Field = parameter }
        : value;

    private static decimal? Cost(decimal? dollars) => dollars is < 0 or > 1_000_000_000
        ? throw new PulseRunException(ErrorIds.InvalidRequest, "MaxFleetCostPerHour: the limit must be between 0 and 1,000,000,000 dollars per hour. Nothing was changed.") { Field = nameof(MaxFleetCostPerHour) }
        : dollars;

    private static TimeSpan? Lifetime(TimeSpan? lifetime) => lifetime is { } span && NoteRules.WrongLifetime(span) is { } wrong
        ? throw new PulseRunException(ErrorIds.InvalidRequest, "DefaultLifetime: " + wrong + " Nothing was changed.") { Field = nameof(DefaultLifetime) }
        : lifetime;

    private string? Key(string? path)
    {
        if (string.IsNullOrEmpty(path))
            return null;
        string whole = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
        return File.Exists(whole)
            ? whole
            : throw new PulseRunException(ErrorIds.InvalidRequest, "IdentityFile: the file '" + CleanText.Clean(whole, 300) + "' does not exist. Nothing was changed.") { Field = nameof(IdentityFile) };
    }
}
