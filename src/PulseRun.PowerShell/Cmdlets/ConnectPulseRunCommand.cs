using System;
using System.Management.Automation;
using System.Net.Http;
using System.Security;
using PulseRun.Contracts;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;
using PulseRun.Rules;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Connects this session to PulseRun. Sends nothing: a wrong key shows at the first use.</summary>
[Cmdlet(VerbsCommunications.Connect, Nouns.Connection, DefaultParameterSetName = ParameterSets.ByKey)]
[OutputType(typeof(Context))]
public sealed class ConnectPulseRunCommand : PulseRunCmdlet
{
    /// <summary>The key. Default: PULSERUN_API_KEY, else the saved profile's.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey, Position = 0)]
    public SecureString? ApiKey { get; set; }

    /// <summary>The address, with or without /v1. Default: PULSERUN_BASE_URI, else https://api.pulserun.dev. Plain http to loopback only.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey)]
    public string? BaseUri { get; set; }

    /// <summary>The saved profile to use, or with -Save to write. Without -Save and -ApiKey its key and settings are used.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? Profile { get; set; }

    /// <summary>Saves key, address and settings for later sessions, in a file only you can read. Without -Profile as the default one.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey)]
    public SwitchParameter Save { get; set; }

    /// <summary>Connects to the emulator inside this process: the whole API with a small fleet, no key, no money.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByEmulator, Mandatory = true)]
    public SwitchParameter Emulator { get; set; }

    /// <summary>A running emulator, from Start-PREmulator, to connect to over its loopback port.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public Emulator? InputObject { get; set; }

    /// <summary>Paces requests ahead of time, for keys with a known limit (1 to 100000 a minute). Default: as fast as the server lets.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int? RequestsPerMinute { get; set; }

    /// <summary>How long the server may take for one request, and for a list with all its pages, in seconds (1 to 86400, default 100).</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int? TimeoutSec { get; set; }

    /// <summary>How long a request may wait for its turn under the rate limit, in seconds (0 to 86400, default 600).</summary>
    [Parameter]
    [ValidateRange(0, 86_400)]
    public int? MaxWaitSec { get; set; }

    /// <summary>What New-PRInstance lets the whole fleet burn, in dollars per hour, at least 0. Default: the profile's, else no limit.</summary>
    [Parameter]
    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>Puts the context out, for -Context of other cmdlets.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = ParameterSetName switch
        {
            ParameterSets.ByEmulator => OpenInProcess(),
            ParameterSets.ByObject => OpenEmulator(InputObject!, door: null),
            _ => OpenByKey(),
        };
        RunspaceState.Current.Connect(context);
        if (PassThru)
            WriteObject(context);
    }

    private Context OpenByKey()
    {
        ContextSettings? saved = ApiKey is null ? Saved() : null;
        string? variable = Environment.GetEnvironmentVariable(Connections.BaseUriVariable);
        Uri baseUri = BaseUri is not null ? BaseUris.Parse(BaseUri) : saved?.BaseUri ?? BaseUris.Parse(variable);
        // A copy: the caller's own may be disposed of while this connection lives.
        SecureString? key = ApiKey?.Copy() ?? saved?.Key ?? Connections.KeyFromEnvironment();
        if (key is null)
            throw Connections.NotConnected();
        key.MakeReadOnly();
        if (!Secrets.IsSendable(key))
            throw new PulseRunException(ErrorIds.InvalidRequest, "The key is empty or holds characters that no key has, such as spaces or line ends.") { Field = nameof(ApiKey) };
        var settings = new ContextSettings
        {
            BaseUri = baseUri,
            Key = key,
            Mode = Secrets.Mode(key),
            Source = ApiKey is not null ? "Parameter" : saved is not null ? "Profile" : "Environment",
            Profile = Profile ?? (Save ? Profiles.DefaultName : saved?.Profile),
            RequestsPerMinute = RequestsPerMinute ?? saved?.RequestsPerMinute,
            Timeout = Timeout() ?? saved?.Timeout ?? ContextSettings.DefaultTimeout,
            MaxWait = MaxWait() ?? saved?.MaxWait ?? ContextSettings.DefaultMaxWait,
            MaxFleetCostPerHour = MaxFleetCostPerHour ?? saved?.MaxFleetCostPerHour,
        };
        if (Save)
            Profiles.Save(settings);
        return Connections.Open(settings);
    }

    private Context OpenInProcess()
    {
        IEmulatorControl cloud = Libraries.CreateEmulator(new EmulatorOptions { ApiKey = EmulatorKeys.New() });
        return OpenEmulator(new Emulator(cloud), cloud.CreateDoor());
    }

    private Context OpenEmulator(Emulator emulator, HttpMessageHandler? door) => Connections.Open(
        new ContextSettings
        {
            BaseUri = emulator.BaseUri,
            Key = SecretText.Of(emulator.ApiKey),
            Mode = "emulator",
            Source = "Emulator",
            RequestsPerMinute = RequestsPerMinute,
            Timeout = Timeout() ?? ContextSettings.DefaultTimeout,
            MaxWait = MaxWait() ?? ContextSettings.DefaultMaxWait,
            MaxFleetCostPerHour = MaxFleetCostPerHour,
            Door = door,
        },
        emulator);

    /// <summary>A profile that was named wins over the environment; the default one does not.</summary>
    private ContextSettings? Saved()
    {
        if (Profile is not null && !Save)
        {
            return Profiles.Load(Profile) ?? throw new PulseRunException(ErrorIds.NotConnected, "No profile named '" + Profile + "' is saved.") { Field = nameof(Profile) };
        }
        return Connections.HasKeyInEnvironment ? null : Profiles.Load(Profile);
    }

    private TimeSpan? Timeout() => TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private TimeSpan? MaxWait() => MaxWaitSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
