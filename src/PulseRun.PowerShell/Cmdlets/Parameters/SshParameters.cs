using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters of cmdlets that log in to instances by ssh, and creates the ssh clients that use them.</summary>
internal sealed class SshParameters
{
    /// <summary>Holds one client per private key, because instances of several profiles can pass through one pipeline.</summary>
    private readonly Dictionary<string, SshClient> _clients = new(StringComparer.Ordinal);
    private string _program = "";
    private string? _identityFile;
    private string? _configFile;

    /// <summary>
    /// The private key file to log in with. Default: the file of the profile (Set-PRProfile -IdentityFile), else the keys of the agent and the
    /// default files of ssh (~/.ssh/id_*). If the file does not exist, the error is InvalidRequest and nothing is run.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? IdentityFile { get; set; }

    /// <summary>The path of an ssh configuration file to use, such as ~/.ssh/config. Default: none, because the host names come from the server and could select any section of the file. This module stores host keys itself in either case.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SshConfig { get; set; }

    /// <summary>
    /// The treatment of the host key of an instance: AcceptNew (default) accepts the first key and keeps it for the id of the instance, Ask asks
    /// (Enter-PRInstance only), Strict accepts no new key. A changed key is always refused (HostKeyRejected). Keys are kept by id, because an
    /// address and port pass from one renter to the next.
    /// </summary>
    [Parameter]
    public HostKeyPolicy HostKeyPolicy { get; set; } = HostKeyPolicy.AcceptNew;

    /// <summary>Returns the client for instances of a connection. It is created at its first use, because creating it makes a folder, and -WhatIf must not. Call it on the pipeline thread.</summary>
    /// <exception cref="PulseRunException">The profile's key file does not exist, or the folder for host keys cannot be used.</exception>
    public SshClient ClientFor(Context context)
    {
        // A connection by key and address to an emulator of this process has no settings of its own.
        IEmulatorControl? emulator = context.IsLocal ? EmulatorRegistry.At(context.BaseUri)?.Control : null;
        string? identity = _identityFile ?? context.Settings.IdentityFile ?? emulator?.SshIdentityFile;
        string? knownHosts = context.Settings.KnownHosts ?? emulator?.SshKnownHosts;
        string key = identity + "\n" + knownHosts;
        if (_clients.TryGetValue(key, out SshClient? known))
            return known;
        if (_identityFile is null && identity is not null)
            CheckFile(identity, nameof(IdentityFile), "the key file of the profile '" + context.Profile + "' does not exist");
        return _clients[key] = SshClient.Open(_program, HostKeyPolicy, identity, _configFile, knownHosts);
    }

    /// <summary>Finds the ssh program and checks the files before the first instance, so that a missing file is one error and not one error per instance.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: a file is missing. ProgramUnavailable: there is no ssh program.</exception>
    public void Find(SessionState session)
    {
        _identityFile = FullPath(session, IdentityFile, nameof(IdentityFile));
        _configFile = FullPath(session, SshConfig, nameof(SshConfig));
        _program = Programs.Find("ssh", "the OpenSSH client");
    }

    /// <summary>Does the same as <see cref="Find"/>, for a cmdlet whose sessions cannot ask.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the policy is Ask, or a file is missing. ProgramUnavailable: there is no ssh program.</exception>
    public void FindWithoutPrompt(SessionState session)
    {
        if (HostKeyPolicy == HostKeyPolicy.Ask)
            throw new PulseRunException(ErrorIds.InvalidRequest, "HostKeyPolicy: there is no one to ask here. Use AcceptNew, or Strict after Enter-PRInstance -HostKeyPolicy Ask.") { Field = nameof(HostKeyPolicy) };
        Find(session);
    }

    private static string? FullPath(SessionState session, string? path, string parameter)
    {
        if (path is null)
            return null;
        string full = session.Path.GetUnresolvedProviderPathFromPSPath(path);
        CheckFile(full, parameter, "the file does not exist");
        return full;
    }

    private static void CheckFile(string path, string parameter, string problem)
    {
        if (!File.Exists(path))
            throw new PulseRunException(ErrorIds.InvalidRequest, parameter + ": " + problem + ": '" + PulseRun.Core.Text.CleanText.Clean(path, 300) + "'. Nothing was run.") { Field = parameter };
        // Throws for a path that cannot be written as an option of ssh.
        _ = SshArguments.OptionPath(path, Path.DirectorySeparatorChar == '\\');
    }
}
