using System.IO;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Ssh;
using PulseRun.Ssh;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that goes to instances by ssh.</summary>
public abstract class SshCommand : InstanceInput
{
    private string _program = "";
    private string? _identityFile;
    private SshClient? _client;

    /// <summary>The file of the private key to log in with. Default: the keys of the agent, and ssh's usual files (~/.ssh/id_*). The user's ssh configuration is not read.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? IdentityFile { get; set; }

    /// <summary>What to do about a host key: AcceptNew (default) takes the first one and keeps it for the instance's id, Ask asks, Strict takes none. A key that has changed is always refused.</summary>
    [Parameter]
    public HostKeyPolicy HostKeyPolicy { get; set; } = HostKeyPolicy.AcceptNew;

    /// <summary>Made at its first use, so that -WhatIf leaves no trace. On the pipeline thread.</summary>
    internal SshClient Client => _client ??= SshClient.Open(_program, HostKeyPolicy, _identityFile);

    /// <summary>Takes one instance.</summary>
    internal abstract void Accept(InstanceTarget target);

    /// <inheritdoc/>
    protected sealed override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
            Accept(target);
    }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (IdentityFile is not null)
        {
            _identityFile = SessionState.Path.GetUnresolvedProviderPathFromPSPath(IdentityFile);
            if (!File.Exists(_identityFile))
                throw new PulseRunException(ErrorIds.InvalidRequest, "IdentityFile: there is no file '" + _identityFile + "'.") { Field = nameof(IdentityFile) };
            // Asked once, not for each instance.
            _ = SshArguments.OptionPath(_identityFile, Path.DirectorySeparatorChar == '\\');
        }
        _program = Programs.Find("ssh", "the OpenSSH client");
    }

    /// <summary>The instance with what ssh needs: as it is known, or else as one request says.</summary>
    internal static async Task<Instance> LookAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel) =>
        RemoteAccess.HasSsh(target.Known) ? target.Known! : await target.Context.Client.GetAsync(target.Id, observer, cancel).ConfigureAwait(false);
}
