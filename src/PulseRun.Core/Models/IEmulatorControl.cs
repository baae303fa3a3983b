using System;
using System.Collections.Generic;
using System.Net.Http;

namespace PulseRun;

/// <summary>Controls an emulated API: its entry points and the operations that only tests use. Thread-safe.</summary>
internal interface IEmulatorControl : IDisposable
{
    /// <summary>Gets the loopback address after <see cref="Open"/> was called; before, an address that only the in-process handler serves.</summary>
    Uri BaseUri { get; }

    string ApiKey { get; }

    double TimeScale { get; }

    DateTimeOffset UtcNow { get; }

    decimal Balance { get; set; }

    int? RequestsPerMinute { get; set; }

    bool RetryAfterAsDate { get; set; }

    bool AllowBilling { get; set; }

    TimeSpan ProvisioningTime { get; set; }

    TimeSpan StartingTime { get; set; }

    TimeSpan StoppingTime { get; set; }

    IReadOnlyList<EmulatorRequest> Requests { get; }

    IReadOnlyList<Instance> Instances { get; }

    /// <summary>Creates an in-process handler. Several may be in use; disposing one does not affect the emulator.</summary>
    HttpMessageHandler CreateHandler();

    /// <summary>Starts the loopback server and returns <see cref="BaseUri"/>; port 0 selects a free one.</summary>
    Uri Open(int port);

    /// <summary>Stops the loopback server and ends all pending answers. Further calls have no effect.</summary>
    void Close();

    void ClearRequests();

    void AddFault(EmulatorFault fault);

    void ClearFaults();

    void Advance(TimeSpan time);

    Instance AddInstance(Instance instance);

    Instance SetStatus(string id, string status);

    void SetPrice(string gpu, decimal perHour);

    void SetWorkload(string id, string workload);

    void SetWorkload(string id, IReadOnlyList<EmulatorReading> readings, TimeSpan step);

    /// <summary>Gets the private key for the ssh server of the emulator; null without one.</summary>
    string? SshIdentityFile { get; }

    /// <summary>Gets the file for the host keys of the emulator's ssh server; null without one.</summary>
    string? SshKnownHosts { get; }

    /// <summary>Starts an ssh server for the running instances, for as long as the emulator exists.</summary>
    /// <exception cref="PulseRunException">ProgramUnavailable: this machine has no OpenSSH server, or it does not start.</exception>
    void OpenSsh();

    /// <summary>Returns the home folder of an instance; null without an ssh server.</summary>
    string? GetSshHome(string id);

    /// <summary>Cuts the ssh connections of an instance. Its processes continue.</summary>
    void CutSsh(string id);
}
