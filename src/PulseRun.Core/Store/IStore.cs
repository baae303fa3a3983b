using System;
using System.Collections.Generic;
using PulseRun.Core.Budgets;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Core.Jobs;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Schedules;

namespace PulseRun.Core.Store;

/// <summary>Represents the data stored on this machine, shared by all sessions of the user. Safe for use by many threads and processes.</summary>
/// <remarks>
/// Any member of it, or of the objects it returns, may throw <see cref="StoreUnavailableException"/>. Accounts are identified by <see cref="Context.Account"/>.
/// Times are kept to the millisecond.
/// </remarks>
internal interface IStore : IDisposable
{
    ILaunchJournal Launches { get; }

    IHistory History { get; }

    IReadingRequests ReadingRequests { get; }

    INotes Notes { get; }

    IBudgets Budgets { get; }

    ICleanupRuns Cleanups { get; }

    IIdleWarnings Warnings { get; }

    IScheduleJournal Schedules { get; }

    IJobs Jobs { get; }

    /// <summary>Gets the path of a damaged store that was set aside and not yet removed by the user; null without one.</summary>
    string? Damaged { get; }

    /// <summary>Returns the open launches of other accounts (another key, or another spelling of the address), oldest first.</summary>
    IReadOnlyList<LaunchRecord> OpenLaunchesElsewhere(string account);

    /// <summary>Returns a notice for the user about the store, for example that a damaged file was set aside; null when there is none. Each notice is returned once.</summary>
    string? TakeNotice();
}
