using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Connects this session to PulseRun. Sends nothing, unless -Test is given: a wrong key shows at the first use.</summary>
[Cmdlet(VerbsCommunications.Connect, Nouns.Connection, DefaultParameterSetName = ParameterSets.ByKey)]
[OutputType(typeof(Context))]
public sealed partial class ConnectPulseRunCommand : PulseRunCmdlet
{
    [ParameterGroup]
    private readonly KeyParameters _key = new();

    [ParameterGroup]
    private readonly ConnectionParameters _connection = new();

    [ParameterGroup]
    private readonly StoreParameters _store = new();

    /// <summary>Connects to the emulator inside this process: the whole API with a small fleet, no key, no money.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByEmulator, Mandatory = true)]
    public SwitchParameter Emulator { get; set; }

    /// <summary>Starts a real OpenSSH server for the instances of the emulator, as Start-PREmulator -SshServer does. It ends with the connection.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByEmulator)]
    public SwitchParameter SshServer { get; set; }

    /// <summary>A running emulator, from Start-PREmulator, to connect to over its loopback port.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public Emulator? InputObject { get; set; }

    /// <summary>Sends one request, and fails when it fails: a wrong key or address shows now. Without it nothing is sent.</summary>
    [Parameter]
    public SwitchParameter Test { get; set; }

    /// <summary>Returns the context, to pass to -Context of other cmdlets.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        ContextSettings? given = null;
        Context context = ParameterSetName switch
        {
            ParameterSets.ByEmulator => OpenInProcess(),
            ParameterSets.ByObject => Connections.Open(_connection.ToSettings(InputObject!, handler: null, _store), InputObject),
            _ => Connections.Open(given = _key.ToSettings(_connection, _store)),
        };
        if (Test)
            Try(context);
        if (Save && given is not null && Profiles.Save(given) is { } notice)
            WriteWarning(notice);
        RunspaceState.Current.Connect(context);
        Stores.Select(context);
        if (HostEnvironment.HasTerminal)
            Connection.Of(context).LoadAhead();
        if (PassThru)
            WriteObject(context);
    }

    private Context OpenInProcess()
    {
        IEmulatorControl cloud = Libraries.CreateEmulator(new EmulatorOptions { ApiKey = EmulatorKeys.New() });
        var emulator = new Emulator(cloud);
        if (!SshServer)
            return Connections.Open(_connection.ToSettings(emulator, cloud.CreateHandler(), _store), emulator);
        cloud.OpenSsh();
        return Connections.Open(_connection.ToSettings(emulator, new EmulatorHandler(cloud), _store), emulator);
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
                    await Connection.Of(context).Client.PeekAsync(Runner.Observer, cancel).ConfigureAwait(false);
                }
                catch (PulseRunException error)
                {
                    failure = error;
                }
            },
            context);
        if (failure is null)
            return;
        Connection.Close(context);
        throw failure;
    }
}
