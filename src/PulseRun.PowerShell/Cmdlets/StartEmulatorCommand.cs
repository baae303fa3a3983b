using System.IO;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Starts an emulator of the PulseRun API on a loopback port of this process. It needs no key and costs nothing. It runs until Stop-PREmulator or the end of the process.</summary>
[Cmdlet(VerbsLifecycle.Start, Nouns.Emulator)]
[OutputType(typeof(Emulator))]
public sealed class StartEmulatorCommand : PulseRunCmdlet
{
    /// <summary>The port on 127.0.0.1 (0 to 65535). The default, 0, selects a free port.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    /// <summary>The number of instances at the start (0 to 100000, default 6).</summary>
    [Parameter]
    [ValidateRange(0, 100_000)]
    public int Instances { get; set; } = 6;

    /// <summary>The number of requests per minute that a key may send before the emulator returns status 429 (0 to 1000000; 0 is no limit; default 60, the limit of the real API). Minutes are measured by the emulator's clock.</summary>
    [Parameter]
    [ValidateRange(0, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 60;

    /// <summary>The number of seconds that pass in the emulator during one real second (0.001 to 100000, default 1).</summary>
    [Parameter]
    [ValidateRange(0.001, 100_000)]
    public double TimeScale { get; set; } = 1;

    /// <summary>The seed of the random numbers: the same seed gives the same fleet, loads and faults (default 1).</summary>
    [Parameter]
    public int Seed { get; set; } = 1;

    /// <summary>
    /// Starts a real OpenSSH server on the loopback address, so that ssh commands, copies, jobs and tunnels work with the running instances. It runs as the current user in a
    /// temporary folder. Each instance has a port and a home folder of its own; an instance that is stopped refuses connections, and its processes end. Needs sshd (Linux, macOS).
    /// </summary>
    [Parameter]
    public SwitchParameter SshServer { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        IEmulatorControl cloud = Libraries.CreateEmulator(new EmulatorOptions
        {
            ApiKey = EmulatorKeys.New(),
            Instances = Instances,
            RequestsPerMinute = RequestsPerMinute,
            TimeScale = TimeScale,
            Seed = Seed,
        });
        try
        {
            cloud.Open(Port);
            if (SshServer)
                cloud.OpenSsh();
        }
        catch (PulseRunException)
        {
            cloud.Dispose();
            throw;
        }
        catch (IOException error)
        {
            cloud.Dispose();
            throw new PulseRunException(ErrorIds.InvalidRequest, error.Message, error) { Field = nameof(Port) };
        }
        var emulator = new Emulator(cloud);
        EmulatorRegistry.Add(emulator);
        WriteObject(emulator);
    }
}
