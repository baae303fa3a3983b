using System.IO;
using System.Management.Automation;
using PulseRun.PowerShell.Ssh;
using PulseRun.Ssh;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters of cmdlets that log in to instances by ssh, and the ssh program that they describe.</summary>
internal sealed class SshParameters
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

    /// <summary>The client. Made at its first use, so that -WhatIf leaves no trace. On the pipeline thread.</summary>
    public SshClient Client => _client ??= SshClient.Open(_program, HostKeyPolicy, _identityFile);

    /// <summary>Finds the ssh program and the key file, once for all instances.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: one of them is missing.</exception>
    public void Find(SessionState session)
    {
        if (IdentityFile is not null)
        {
            _identityFile = session.Path.GetUnresolvedProviderPathFromPSPath(IdentityFile);
            if (!File.Exists(_identityFile))
                throw new PulseRunException(ErrorIds.InvalidRequest, "IdentityFile: there is no file '" + _identityFile + "'.") { Field = nameof(IdentityFile) };
            // Refuses a path that ssh cannot take.
            _ = SshArguments.OptionPath(_identityFile, Path.DirectorySeparatorChar == '\\');
        }
        _program = Programs.Find("ssh", "the OpenSSH client");
    }
}
