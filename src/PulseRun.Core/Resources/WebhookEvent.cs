using System;
using System.Collections;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents an event that a webhook delivered. It says what was true when it was sent. Read the state before you act on it.</summary>
public sealed class WebhookEvent
{
    private readonly PropertyBag _data = PropertyBag.None;

    /// <summary>Gets the id of the event; null when the delivery has none. Repeats have the same id.</summary>
    public string? Id { get; init; }

    /// <summary>Gets the name of the event as the server writes it, for example <c>balance.low</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Gets the id of the instance that the event is about; null when it names none.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Gets the time of the event according to its body (UTC); null when the body has none.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Gets the time at which the delivery arrived (UTC).</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Gets a value that is true when the signature was checked and is valid; false when no secret was given to check it with.</summary>
    public bool Verified { get; init; }

    /// <summary>Gets the whole body by name. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> Data { get => _data; init => _data = PropertyBag.Of(value); }

    /// <summary>Returns the properties as texts that are the same in every culture: dates as ISO 8601 in UTC, numbers with a point.</summary>
    public IDictionary ToRow() => Row.Of(this);

    /// <summary>Returns the name and the id of the event.</summary>
    public override string ToString() => Type + " " + Id;
}
