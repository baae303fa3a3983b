using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.PowerShell.Ssh;
using PulseRun.Ssh;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that goes to instances by ssh.</summary>
public abstract class SshCommand : InstanceInputCommand
{
    /// <summary>One client for each key: instances of several profiles may come through one pipeline.</summary>
    private readonly Dictionary<string, SshClient> _clients = new(StringComparer.Ordinal);
    private string _program = "";
    private string? _identityFile;
    private string? _configFile;

    /// <summary>The file of the private key to log in with. Default: the profile's (Set-PRProfile -IdentityFile), else the keys of the agent and ssh's usual files (~/.ssh/id_*).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? IdentityFile { get; set; }

    /// <summary>The file of your own ssh configuration to use, such as ~/.ssh/config. Default: none, because a host name from the server would choose among its sections. Host keys are kept by this module in any case.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SshConfig { get; set; }

    /// <summary>What to do about a host key: AcceptNew (default) takes the first one and keeps it for the instance's id, Ask asks, Strict takes none. A key that has changed is always refused.</summary>
    [Parameter]
    public HostKeyPolicy HostKeyPolicy { get; set; } = HostKeyPolicy.AcceptNew;

    /// <summary>Returns the client for an instance. Made at its first use, so that -WhatIf leaves no trace. On the pipeline thread.</summary>
    /// <exception cref="PulseRunException">The profile's key file is not there, or the folder for host keys cannot be used.</exception>
    internal SshClient ClientFor(Context context)
    {
        string? identity = _identityFile ?? context.Settings.IdentityFile;
        if (_clients.TryGetValue(identity ?? "", out SshClient? known))
            return known;
        if (_identityFile is null && identity is not null)
            CheckFile(identity, nameof(IdentityFile), "The key file of the profile '" + context.Profile + "' is not there");
        return _clients[identity ?? ""] = SshClient.Open(_program, HostKeyPolicy, identity, _configFile);
    }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        // Looked at once, before anything is sent: a key that is not there would be the same error on each instance.
        _identityFile = Whole(IdentityFile, nameof(IdentityFile));
        _configFile = Whole(SshConfig, nameof(SshConfig));
        _program = Programs.Find("ssh", "the OpenSSH client");
    }

    /// <summary>The instance with what ssh needs: as it is known, or else as one request says.</summary>
    internal static async Task<Instance> LookAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel) =>
        RemoteAccess.HasSsh(target.Known) ? target.Known! : await target.Context.Client.GetAsync(target.Id, observer, cancel).ConfigureAwait(false);

    private string? Whole(string? path, string parameter)
    {
        if (path is null)
            return null;
        string whole = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
        CheckFile(whole, parameter, "There is no file");
        return whole;
    }

    private static void CheckFile(string path, string parameter, string problem)
    {
        if (!File.Exists(path))
            throw new PulseRunException(ErrorIds.InvalidRequest, parameter + ": " + problem + ": '" + Rules.Text.Clean(path, 300) + "'. Nothing was run.") { Field = parameter };
        _ = SshArguments.OptionPath(path, Path.DirectorySeparatorChar == '\\');
    }
}
