using System;

namespace PulseRun.Core.Cleanup;

/// <summary>Remembers across processes when a short runway of an account was notified last. Disposing it lets other processes notify.</summary>
internal interface IRunwayMark : IDisposable
{
    /// <summary>Gets or sets the time of the last delivered notification; null when there was none since the runway was long.</summary>
    DateTimeOffset? Delivered { get; set; }
}
