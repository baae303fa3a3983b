using System;
using System.Management.Automation;
using PulseRun.Core.Launch;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Finds out what became of launches whose outcome is open, after a crash, Ctrl+C or an unclear answer, and names what was launched and never written to a pipeline; one list a look for all of them. Or closes one by hand.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, Nouns.Launch, DefaultParameterSetName = ParameterSets.ByList, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Launch))]
public sealed class ResolveLaunchCommand : ConnectedCmdlet
{
    private LaunchResolver? _resolver;

    /// <summary>The launches, as LaunchOutcomeUnknown and this cmdlet name them. Default: all that are open on this connection.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByList, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = ParameterSets.ByInstance, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = ParameterSets.ByAbsence, Mandatory = true, Position = 0)]
    public Guid[]? IntentId { get; set; }

    /// <summary>The instance that the launch became, when you looked for it yourself. An instance that belongs to another launch is the error Conflict.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByInstance, Mandatory = true)]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string InstanceId { get; set; } = "";

    /// <summary>It became none: you looked yourself.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByAbsence, Mandatory = true)]
    public SwitchParameter NotLaunched { get; set; }

    /// <summary>The time after the end of a launch for which the list may still lack its instance, in seconds (0 to 3600, default 15).</summary>
    [Parameter(ParameterSetName = ParameterSets.ByList)]
    [ValidateRange(0, 3600)]
    public int SettleSec { get; set; } = (int)LaunchOptions.DefaultSettle.TotalSeconds;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        _resolver ??= new LaunchResolver(this, context, TimeSpan.FromSeconds(SettleSec));
        bool isByHand = ParameterSetName != ParameterSets.ByList;
        try
        {
            if (IntentId is null)
                _resolver.MentionElsewhere();
            foreach (LaunchRecord record in IntentId is null ? _resolver.SelectOpen() : _resolver.Select(IntentId, isByHand))
            {
                if (!Prompt.Confirms(LaunchWords.Describe(record), ParameterSetName switch
                    {
                        ParameterSets.ByInstance => "Close launch as instance " + InstanceId,
                        ParameterSets.ByAbsence => "Close launch as not launched",
                        _ => "Find out what became of the launch",
                    }))
                {
                    continue;
                }
                if (isByHand)
                    _resolver.Close(record, NotLaunched ? null : InstanceId);
                else
                    _resolver.Resolve(record);
            }
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "The launch journal cannot be read. " + error.Message);
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd() => _resolver?.Run();
}
