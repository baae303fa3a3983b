using System;
using System.Management.Automation;
using System.Security;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that say where to connect to and with which key.</summary>
internal sealed class KeyParameters
{
    /// <summary>The key, as a SecureString. Default: the key of the profile that -Profile names, else PULSERUN_API_KEY, PULSERUN_API_KEY_FILE or the default profile.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey, Position = 0)]
    [NotText]
    public SecureString? ApiKey { get; set; }

    /// <summary>A script that returns the key, as a string or a SecureString, such as { Get-Secret pulserun }. It runs at the first use, for 10 seconds at most, without your session's variables and without asking. -Save saves its text, never the key.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey)]
    [ValidateNotNull]
    public ScriptBlock? KeyCommand { get; set; }

    /// <summary>The address, with or without /v1. Default: PULSERUN_BASE_URI, else https://api.pulserun.dev. Plain http to loopback only.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey)]
    public string? BaseUri { get; set; }

    /// <summary>The saved profile to use or, with -Save, to write. A named profile takes precedence over PULSERUN_API_KEY. Default: the profile named default, or the only saved profile.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? Profile { get; set; }

    /// <summary>Saves the key, the address and the settings for later sessions, in a file that only you can read. Without -Profile, the default profile is written.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey)]
    public SwitchParameter Save { get; set; }

    /// <summary>Returns the settings of the connection: what was given, else the profile's, else the environment's.</summary>
    /// <param name="limits">The limits that were given.</param>
    /// <param name="store">The store that was given.</param>
    /// <exception cref="PulseRunException">InvalidRequest: the parameters contradict each other, or there is no such profile. NotConnected: there is no key.</exception>
    public ContextSettings ToSettings(ConnectionParameters limits, StoreParameters store)
    {
        if (ReferenceEquals(ApiKey, NotTextAttribute.Refused))
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "ApiKey: the key must be a SecureString. Text would stay readable in the history and in transcripts, so it was not used, and it is not repeated here.")
            {
                Field = nameof(ApiKey),
                Advice = "Type the key: Connect-PulseRun -ApiKey (Read-Host -AsSecureString). From a variable: -ApiKey (ConvertTo-SecureString $key -AsPlainText -Force). Or set PULSERUN_API_KEY.",
            };
        }
        if (ApiKey is not null && KeyCommand is not null)
            throw new PulseRunException(ErrorIds.InvalidRequest, "ApiKey and KeyCommand: give one of them.") { Field = nameof(KeyCommand) };
        if (Save && Profile is not null)
            ProfileNames.Check(Profile, nameof(Profile));
        bool isGiven = ApiKey is not null || KeyCommand is not null;
        ContextSettings? saved = isGiven ? null : Saved();
        string? variable = Environment.GetEnvironmentVariable(Connections.BaseUriVariable);
        Uri baseUri = BaseUri is not null ? BaseUris.Parse(BaseUri) : saved?.BaseUri ?? BaseUris.Parse(variable);
        string? script = KeyCommand?.ToString() ?? saved?.KeyCommand;
        // The key is copied, because the caller may dispose of the original while this connection is open.
        SecureString? key = script is not null ? null : ApiKey?.Copy() ?? saved?.Key ?? Connections.KeyFromEnvironment() ?? throw Connections.NotConnected();
        key?.MakeReadOnly();
        return new ContextSettings
        {
            BaseUri = baseUri,
            Key = key!,
            KeySource = script is null ? null : KeyCommands.Source(script),
            KeyCommand = script,
            Source = ApiKey is not null ? "Parameter" : KeyCommand is not null ? "Command" : saved is not null ? "Profile" : "Environment",
            Profile = Profile ?? (Save ? Profiles.DefaultName : saved?.Profile),
            RequestsPerMinute = limits.RequestsPerMinute ?? saved?.RequestsPerMinute,
            Timeout = limits.Timeout ?? saved?.Timeout ?? ContextSettings.DefaultTimeout,
            MaxWait = limits.MaxWait ?? saved?.MaxWait ?? ContextSettings.DefaultMaxWait,
            MaxFleetCostPerHour = limits.MaxFleetCostPerHour ?? saved?.MaxFleetCostPerHour,
            DefaultLifetime = saved?.DefaultLifetime,
            IdentityFile = saved?.IdentityFile,
            Store = store.Store is not { } text ? saved?.Store : Save ? StoreChoice.Saveable(text) : StoreChoice.Checked(text),
            StoreKeyCommand = store.StoreKeyCommand?.ToString() ?? saved?.StoreKeyCommand,
        };
    }

    /// <summary>Returns the saved profile to use; null for none. A profile that was named wins over the environment; the default one does not.</summary>
    private ContextSettings? Saved()
    {
        if (Profile is not null && !Save)
            return Profiles.Load(Profile) ?? throw Profiles.NoSuch(Profile);
        return Connections.HasKeyInEnvironment ? null : Profiles.Load(Profile);
    }
}
