namespace PulseRun.Core.Cleanup;

/// <summary>Limits unattended work to three quarters of a key's requests per minute, so that an interactive command does not have to wait for a free minute.</summary>
internal static class RequestReserve
{
    /// <summary>The requests per minute assumed for a key whose limit is not known: the API's default of 60.</summary>
    public const int UsualLimit = 60;

    /// <summary>Returns the number of requests per minute for readings and lists, at least 2.</summary>
    /// <param name="limit">The key's requests per minute; null when not known.</param>
    public static int Leave(int? limit) => System.Math.Max(2, (int)((long)(limit ?? UsualLimit) * 3 / 4));
}
