using System.Globalization;
using System.IO;
using System.Management.Automation;
using PulseRun.Core.Client;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Changes settings of saved profiles: which one is the default, its limits, its ssh key. The key and the address stay.</summary>
[Cmdlet(VerbsCommon.Set, Nouns.Profile, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Profile))]
public sealed class SetProfileCommand : PulseRunCmdlet
{
    /// <summary>The name of the profile; no wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Makes it the profile that is used when none is named; -Default:$false takes that from it.</summary>
    [Parameter]
    public SwitchParameter Default { get; set; }

    /// <summary>Paces requests ahead of time, for keys with a known limit (1 to 100000 a minute); $null for as fast as the server lets.</summary>
    [Parameter]
    [EmptyIsUnset]
    public int? RequestsPerMinute { get; set; }

    /// <summary>How long one request may take, in seconds (1 to 86400); $null for the default, 100.</summary>
    [Parameter]
    [EmptyIsUnset]
    public int? TimeoutSec { get; set; }

    /// <summary>How long a request may wait for its turn under the rate limit, in seconds (0 to 86400); $null for the default, 600.</summary>
    [Parameter]
    [EmptyIsUnset]
    public int? MaxWaitSec { get; set; }

    /// <summary>The limit on the cost of the whole fleet for New-PRInstance, in dollars per hour, at least 0; $null for no limit.</summary>
    [Parameter]
    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>The private key that Enter-PRInstance and Invoke-PRCommand log in with; $null or '' for the agent's keys and ssh's usual files.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? IdentityFile { get; set; }

    /// <summary>Returns the profile as it now is.</summary>
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
        IdentityFile = IsGiven(nameof(IdentityFile)) ? new(Key(IdentityFile)) : null,
    };

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>ValidateRange refuses $null, which removes a setting here.</summary>
    private static int? Number(int? value, string parameter, int least, int most) => value < least || value > most
        ? throw new PulseRunException(ErrorIds.InvalidRequest, string.Format(CultureInfo.InvariantCulture, "{0}: {1} is not between {2} and {3}. Nothing was changed.", parameter, value, least, most)) { Field = parameter }
        : value;

    private static decimal? Cost(decimal? dollars) => dollars is < 0 or > 1_000_000_000
        ? throw new PulseRunException(ErrorIds.InvalidRequest, "MaxFleetCostPerHour: the limit is 0 to 1,000,000,000 dollars per hour.") { Field = nameof(MaxFleetCostPerHour) }
        : dollars;

    private string? Key(string? path)
    {
        if (string.IsNullOrEmpty(path))
            return null;
        string whole = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
        return File.Exists(whole)
            ? whole
            : throw new PulseRunException(ErrorIds.InvalidRequest, "IdentityFile: There is no file: '" + CleanText.Clean(whole, 300) + "'. Nothing was changed.") { Field = nameof(IdentityFile) };
    }
}
