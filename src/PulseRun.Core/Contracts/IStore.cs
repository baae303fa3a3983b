using System;

namespace PulseRun.Contracts;

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

    /// <summary>What the user must be told about the store itself (a damaged file was set aside); each text once, then null.</summary>
    string? TakeNotice();
}
