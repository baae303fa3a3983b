using System;
using System.Management.Automation;
using PulseRun.Core.Idle;
using PulseRun.Core.Probe;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameter for a second witness of idleness.</summary>
internal sealed class ProbeParameters
{
    private const string Ssh = "Ssh";

    /// <summary>
    /// Asks each instance that the readings show idle: Ssh logs in with a key and looks at the load of the GPUs and CPUs and at logins; a script block gets
    /// the instance and returns Active, Idle or Unknown. A probe costs no request and can only make the verdict Idle less certain: work or a login makes it
    /// Active (ProbeBusy, SomebodyLoggedIn), a failure Unknown (ProbeFailed). Where the API has no metrics of an instance, Ssh also takes its readings,
    /// which are recorded and count like those of the API. Default: no probe.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ProbeCompleter))]
    public object? Probe { get; set; }

    private object? Value => Probe is PSObject wrapped ? wrapped.BaseObject : Probe;

    /// <summary>Gets a value that is true when the probe needs an ssh client.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the value is neither Ssh nor a script block.</exception>
    public bool NeedsSsh => Value switch
    {
        null or ScriptBlock => false,
        string text when text.Trim().Equals(Ssh, StringComparison.OrdinalIgnoreCase) => true,
        _ => throw new PulseRunException(ErrorIds.InvalidRequest, "Probe: the value must be Ssh or a script block. Nothing was done.") { Field = nameof(Probe) },
    };

    /// <summary>Returns what reads the instances of a connection of which the API has no metrics; null without -Probe Ssh. Call it on the pipeline thread.</summary>
    public SshReader? ReaderFor(SshParameters ssh, Context context) => NeedsSsh ? new SshReader(ssh.ClientFor(context), context) : null;

    /// <summary>Returns the witness for the instances of a connection; null without one. Call it on the pipeline thread.</summary>
    public Witness? WitnessFor(ConnectedCmdlet cmdlet, SshParameters ssh, Context context, IdleRule rule)
    {
        IProbe? probe = Value is ScriptBlock script ? new ScriptProbe(new PipelineScript(cmdlet, script))
            : NeedsSsh ? new SshProbe(new SshReader(ssh.ClientFor(context), context), context, rule)
            : null;
        return probe is null ? null : new Witness(probe, context, cmdlet.Store);
    }
}
