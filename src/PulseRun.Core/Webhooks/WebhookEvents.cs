using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Webhooks;

/// <summary>Contains the events that the service documents. It may know others, so an unknown one is sent as it is, with a warning.</summary>
internal static class WebhookEvents
{
    public const string Started = "instance.started";
    public const string Stopped = "instance.stopped";
    public const string Terminated = "instance.terminated";
    public const string BalanceLow = "balance.low";
    public const string Preempted = "spot.preempted";
    public const string MigrationStarted = "migration.started";

    public static readonly IReadOnlyList<(string Value, string About)> Known =
    [
        (Started, "an instance has started"),
        (Stopped, "an instance was stopped"),
        (Terminated, "an instance was terminated"),
        (BalanceLow, "the credit is low"),
        (Preempted, "a provider took a spot instance back"),
        (MigrationStarted, "an instance is moved to another provider"),
    ];

    /// <summary>Returns true when the service documents the event.</summary>
    public static bool IsKnown(string name) => Known.Any(known => string.Equals(known.Value, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns the known events as one text.</summary>
    public static string KnownNames => string.Join(", ", Known.Select(static known => known.Value));
}
