namespace PulseRun.Core.Cleanup;

/// <summary>How much of a key's limit work without a person may use: three quarters. With the rest a person's next command is not held for a minute.</summary>
internal static class RequestReserve
{
    /// <summary>The limit of a key whose limit is not known.</summary>
    public const int UsualLimit = 60;

    /// <summary>Returns the number of requests a minute for readings and lists, at least 2.</summary>
    /// <param name="limit">The key's limit; null when it is not known.</param>
    public static int Leave(int? limit) => System.Math.Max(2, (int)((long)(limit ?? UsualLimit) * 3 / 4));
}
