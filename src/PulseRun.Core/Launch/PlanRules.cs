using System;
using System.Security.Cryptography;

namespace PulseRun.Core.Launch;

/// <summary>Decides what the answer to one attempt means for its plan, and when a plan begins again.</summary>
internal static class PlanRules
{
    /// <summary>The largest number of requests a minute that the rounds of a plan may need, so that half of the usual rate limit is left.</summary>
    public const int RequestsPerMinute = 30;

    /// <summary>The share of a wait that is added at random, so that the plans of several commands do not ask at the same moment.</summary>
    public const double Jitter = 0.2;

    /// <summary>True when the plan goes on to its next alternative. Only a lack of capacity allows that, and only when it is certain that nothing was launched.</summary>
    /// <param name="end">The end of the attempt.</param>
    /// <param name="errorId">The error id of the answer.</param>
    /// <param name="speaksOfCapacity">True when the text of the answer says that no GPU is free.</param>
    public static bool MovesOn(AttemptEnd end, string errorId, bool speaksOfCapacity) => end switch
    {
        AttemptEnd.Rejected => errorId == ErrorIds.CapacityUnavailable,
        AttemptEnd.ProvenAbsent => speaksOfCapacity,
        _ => false,
    };

    /// <summary>Returns the wait before the next round, without jitter: from a minute it doubles up to <paramref name="every"/>, and is long enough for one request to each alternative.</summary>
    /// <param name="round">The number of rounds that are over, from 1.</param>
    /// <param name="every">The wait to back off to.</param>
    /// <param name="alternatives">The number of alternatives.</param>
    public static TimeSpan Wait(int round, TimeSpan every, int alternatives)
    {
        double seconds = Math.Min(every.TotalSeconds, PlanRefusals.LongestRest.TotalSeconds * Math.Pow(2, Math.Min(round - 1, 20)));
        var least = RoundTime(alternatives);
        return seconds > least.TotalSeconds ? TimeSpan.FromSeconds(seconds) : least;
    }

    /// <summary>Returns the time that one request to each alternative takes at half of the usual rate limit.</summary>
    public static TimeSpan RoundTime(int alternatives) => TimeSpan.FromSeconds(alternatives * 60.0 / RequestsPerMinute);

    /// <summary>Returns the id that an attempt is sent with (Idempotency-Key). The first attempt has the id of the plan. Each has its own, so that a server that remembers ids does not answer one attempt with the result of another.</summary>
    public static Guid KeyOf(Guid intentId, int attempt)
    {
        if (attempt <= 1)
            return intentId;
        byte[] seed = new byte[20];
        intentId.ToByteArray().CopyTo(seed, 0);
        BitConverter.GetBytes(attempt).CopyTo(seed, 16);
        using var hash = SHA256.Create();
        byte[] id = new byte[16];
#pragma warning disable CA1850 // SHA256.HashData is not in .NET Framework.
        Array.Copy(hash.ComputeHash(seed), id, 16);
#pragma warning restore CA1850
        id[7] = (byte)((id[7] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id);
    }
}

/// <summary>Specifies how one attempt of a plan ended.</summary>
internal enum AttemptEnd
{
    /// <summary>The attempt is under way, or failed in a way that is not described here. The plan ends.</summary>
    Failed,

    /// <summary>The server refused it, or it was not sent: nothing was launched.</summary>
    Rejected,

    /// <summary>The answer left the outcome unknown, and the list has proven that nothing was launched.</summary>
    ProvenAbsent,

    /// <summary>An instance was launched and has ended already.</summary>
    Ended,

    /// <summary>It is not known whether an instance was launched.</summary>
    Unknown,

    /// <summary>An instance was launched and terminated, or is to be terminated, because it exceeds a limit.</summary>
    OverLimit,

    /// <summary>An instance was launched.</summary>
    Launched,
}
