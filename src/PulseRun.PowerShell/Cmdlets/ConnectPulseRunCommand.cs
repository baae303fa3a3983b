using System;
using System.Management.Automation;
using System.Net.Http;
using System.Security;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Connects this session to PulseRun. Sends nothing, unless -Test is given: a wrong key shows at the first use.</summary>
[Cmdlet(VerbsCommunications.Connect, Nouns.Connection, DefaultParameterSetName = ParameterSets.ByKey)]
[OutputType(typeof(Context))]
public sealed class ConnectPulseRunCommand : PulseRunCmdlet
{
    /// <summary>The key, as a SecureString. Default: the key of the profile that -Profile names, else PULSERUN_API_KEY, PULSERUN_API_KEY_FILE or the default profile.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByKey, Position = 0)]
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

    /// <summary>Connects to the emulator inside this process: the whole API with a small fleet, no key, no money.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByEmulator, Mandatory = true)]
    public SwitchParameter Emulator { get; set; }

    /// <summary>A running emulator, from Start-PREmulator, to connect to over its loopback port.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public Emulator? InputObject { get; set; }

    /// <summary>Limits the requests that this process sends, for keys whose limit is known (1 to 100000 a minute). Default: no limit on this side; after a 429, all requests of this process to the account wait.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int? RequestsPerMinute { get; set; }

    /// <summary>How long the server may take for one request, or for a list with all its pages, in seconds (1 to 86400, default 100). A request that takes longer fails with RequestTimeout.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int? TimeoutSec { get; set; }

    /// <summary>How long a request may wait for the rate limit, in seconds (0 to 86400, default 600). If the server asks for a longer wait, the request fails at once with RateLimited.</summary>
    [Parameter]
    [ValidateRange(0, 86_400)]
    public int? MaxWaitSec { get; set; }

    /// <summary>What New-PRInstance lets the whole fleet burn, in dollars per hour, at least 0. Default: the profile's, else no limit.</summary>
    [Parameter]
    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>Sends one request, and fails when it fails: a wrong key or address shows now. Without it nothing is sent.</summary>
    [Parameter]
    public SwitchParameter Test { get; set; }

    /// <summary>Puts the context out, for -Context of other cmdlets.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private ContextSettings? _toSave;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = ParameterSetName switch
        {
            ParameterSets.ByEmulator => OpenInProcess(),
            ParameterSets.ByObject => OpenEmulator(InputObject!, handler: null),
            _ => OpenByKey(),
        };
        if (Test)
            Try(context);
        if (_toSave is not null && Profiles.Save(_toSave) is { } notice)
            WriteWarning(notice);
        RunspaceState.Current.Connect(context);
        if (PassThru)
            WriteObject(context);
    }

    private Context OpenByKey()
    {
        if (ApiKey is not null && KeyCommand is not null)
            throw new PulseRunException(ErrorIds.InvalidRequest, "ApiKey and KeyCommand: give one of them.") { Field = nameof(KeyCommand) };
        if (Save && Profile is not null)
            ProfileNames.Check(Profile, nameof(Profile));
        bool isGiven = ApiKey is not null || KeyCommand is not null;
        ContextSettings? saved = isGiven ? null : Saved();
        string? variable = Environment.GetEnvironmentVariable(Connections.BaseUriVariable);
        Uri baseUri = BaseUri is not null ? BaseUris.Parse(BaseUri) : saved?.BaseUri ?? BaseUris.Parse(variable);
        string? script = KeyCommand?.ToString() ?? saved?.KeyCommand;
        // A copy: the caller's own may be disposed of while this connection lives.
        SecureString? key = script is not null ? null : ApiKey?.Copy() ?? saved?.Key ?? Connections.KeyFromEnvironment() ?? throw Connections.NotConnected();
        key?.MakeReadOnly();
        var settings = new ContextSettings
        {
            BaseUri = baseUri,
            Key = key!,
            KeySource = script is null ? null : KeyCommands.Source(script),
            KeyCommand = script,
            Source = ApiKey is not null ? "Parameter" : KeyCommand is not null ? "Command" : saved is not null ? "Profile" : "Environment",
            Profile = Profile ?? (Save ? Profiles.DefaultName : saved?.Profile),
            RequestsPerMinute = RequestsPerMinute ?? saved?.RequestsPerMinute,
            Timeout = Timeout() ?? saved?.Timeout ?? ContextSettings.DefaultTimeout,
            MaxWait = MaxWait() ?? saved?.MaxWait ?? ContextSettings.DefaultMaxWait,
            MaxFleetCostPerHour = MaxFleetCostPerHour ?? saved?.MaxFleetCostPerHour,
            IdentityFile = saved?.IdentityFile,
        };
        Context context = Connections.Open(settings);
        _toSave = Save ? settings : null;
        return context;
    }

    /// <summary>Reads the first page of the list: one request, however large the fleet is. A connection that fails is not made.</summary>
    private void Try(Context context)
    {
        _ = context.Account;
        PulseRunException? failure = null;
        Runner.RunToEnd(
            async cancel =>
            {
                try
                {
                    await context.Client.PeekAsync(Runner.Observer, cancel).ConfigureAwait(false);
                }
                catch (PulseRunException error)
                {
                    failure = error;
                }
            },
            context);
        if (failure is null)
            return;
        context.Close();
        throw failure;
    }

    private Context OpenInProcess()
    {
        IEmulatorControl cloud = Libraries.CreateEmulator(new EmulatorOptions { ApiKey = EmulatorKeys.New() });
        return OpenEmulator(new Emulator(cloud), cloud.CreateHandler());
    }

    private Context OpenEmulator(Emulator emulator, HttpMessageHandler? handler) => Connections.Open(
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
            Handler = handler,
        },
        emulator);

    /// <summary>A profile that was named wins over the environment; the default one does not.</summary>
    private ContextSettings? Saved()
    {
        if (Profile is not null && !Save)
        {
            return Profiles.Load(Profile) ?? throw Profiles.NoSuch(Profile);
        }
        return Connections.HasKeyInEnvironment ? null : Profiles.Load(Profile);
    }

    private TimeSpan? Timeout() => TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private TimeSpan? MaxWait() => MaxWaitSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
