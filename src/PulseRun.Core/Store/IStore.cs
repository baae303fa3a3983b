using System;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Core.Launch;
using PulseRun.Core.Protections;

namespace PulseRun.Core.Store;

/// <summary>What is remembered on this machine, for all of the user's sessions at once. Safe for many threads and many processes.</summary>
/// <remarks>
/// Any member of it, or of what it holds, may throw <see cref="StoreUnavailableException"/>. An account is <see cref="Context.Account"/>.
/// Times are kept to the millisecond.
/// </remarks>
internal interface IStore : IDisposable
{
    ILaunchJournal Launches { get; }

    IHistory History { get; }

    IProtections Protections { get; }

    ICleanupRuns Cleanups { get; }

    /// <summary>Returns the path of a damaged store that lies beside this one, until a person removes it; null without one.</summary>
    string? Damaged { get; }

    /// <summary>Returns how many launches of other accounts (another key, another spelling of the address) have an open outcome.</summary>
    long OpenLaunchesElsewhere(string account);

    /// <summary>What the user must be told about the store itself (a damaged file was set aside); each text once, then null.</summary>
    string? TakeNotice();
}
