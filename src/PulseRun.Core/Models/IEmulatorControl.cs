using System;
using System.Collections.Generic;
using System.Net.Http;

namespace PulseRun;

/// <summary>An emulated API: its doors, and what only a test may do. Safe for use by many threads at once.</summary>
internal interface IEmulatorControl : IDisposable
{
    /// <summary>The loopback address once <see cref="Open"/> was called; else an address for the in-process door that no network knows.</summary>
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

    /// <summary>An in-process door. Several may be open; disposing one leaves the cloud alone.</summary>
    HttpMessageHandler CreateHandler();

    /// <summary>Opens the loopback door; port 0 takes a free one. Answers <see cref="BaseUri"/>.</summary>
    Uri Open(int port);

    /// <summary>Closes the loopback door and ends everything that hangs. Repeating it does nothing.</summary>
    void Close();

    void ClearRequests();

    void AddFault(EmulatorFault fault);

    void ClearFaults();

    void Advance(TimeSpan time);

    Instance AddInstance(Instance instance);

    Instance SetStatus(string id, string status);

    void SetWorkload(string id, string workload);

    void SetWorkload(string id, IReadOnlyList<EmulatorReading> readings, TimeSpan step);
}
