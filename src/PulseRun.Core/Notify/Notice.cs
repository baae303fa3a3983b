using System;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun.Core.Notify;

/// <summary>Represents what a notification says, apart from the format in which it is sent.</summary>
internal sealed record Notice
{
    /// <summary>Gets the name of the event in the JSON format, in lower case.</summary>
    public required string Event { get; init; }

    /// <summary>Gets what the notification is about, for messages about its delivery.</summary>
    public required string Subject { get; init; }

    /// <summary>Gets the text for a person.</summary>
    public required string Message { get; init; }

    /// <summary>True when a person should act.</summary>
    public required bool IsWarning { get; init; }

    /// <summary>Gets the object that a script of the user receives.</summary>
    public required object Source { get; init; }

    /// <summary>Gets the values, in the order in which they are written.</summary>
    public required IReadOnlyList<NoticeField> Fields { get; init; }

    /// <summary>Returns the notification of a cleanup.</summary>
    public static Notice Of(CleanupEvent what) => new()
    {
        Event = what.Kind.ToString().ToLowerInvariant(),
        Subject = what.Id + " (" + what.Kind + ")",
        Message = what.Message,
        IsWarning = what.Kind == CleanupEventKind.Warning,
        Source = what,
        Fields =
        [
            new("id", what.Id) { Title = "Instance" },
            new("name", what.Name) { Title = "Name" },
            new("reason", what.Reason.ToString()),
            new("expiresAt", what.ExpiresAt) { Title = "Lifetime ends" },
            new("launchedBy", what.LaunchedBy) { Title = "Launched by" },
            new("gpu", what.Gpu) { Title = "GPU" },
            new("provider", what.Provider) { Title = "Provider" },
            new("region", what.Region),
            new("costPerHour", what.CostPerHour) { Title = "Price", Shown = what.CostPerHour is { } cost ? Display.PerHour(cost) : null },
            new("idleSince", what.IdleSince) { Title = "Idle since" },
            new("idleSeconds", what.IdleFor is { } idle ? Math.Floor((decimal)idle.TotalSeconds) : null),
            new("stopAt", what.StopAt) { Title = "Stop at" },
            new("savedPerHour", what.SavedPerHour) { Title = "Saves", Shown = what.SavedPerHour is { } saved ? Display.PerHour(saved) : null },
            new("time", what.Time),
        ],
    };

    /// <summary>Returns the notification of a short runway.</summary>
    public static Notice Of(RunwayEvent what) => new()
    {
        Event = "runway",
        Subject = "the runway",
        Message = what.Message,
        IsWarning = true,
        Source = what,
        Fields =
        [
            new("account", what.Account) { Title = "Account" },
            new("balance", what.Balance) { Title = "Balance" },
            new("currency", what.Currency),
            new("burnPerHour", what.BurnPerHour) { Title = "Burn rate", Shown = Display.PerHour(what.BurnPerHour) },
            new("unpriced", (decimal)what.Unpriced),
            new("runwaySeconds", Math.Floor((decimal)what.Runway.TotalSeconds)) { Title = "Runway", Shown = Display.Duration(what.Runway) },
            new("emptyAt", what.EmptyAt) { Title = "Empty at" },
            new("below", Math.Floor((decimal)what.Below.TotalSeconds)),
            new("time", what.Time),
        ],
    };
}

/// <summary>Represents one value of a notification.</summary>
/// <param name="Name">The name in the JSON format.</param>
/// <param name="Value">The value: a text, a decimal or a DateTimeOffset; null when unknown.</param>
internal sealed record NoticeField(string Name, object? Value)
{
    /// <summary>Gets the title for a person; null when the value is not shown to one.</summary>
    public string? Title { get; init; }

    /// <summary>Gets the value as a person reads it; null for the value itself.</summary>
    public string? Shown { get; init; }
}
