#if NET
namespace System.Threading.Tasks;

/// <summary>Waits by a TimeProvider, so that tests can use virtual time. These are the methods that Microsoft.Bcl.TimeProvider has for .NET Framework, so that Client and Views call the same ones in both editions.</summary>
internal static class TimeProviderTaskExtensions
{
    public static Task Delay(this TimeProvider timeProvider, TimeSpan delay, CancellationToken cancellationToken) => Task.Delay(delay, timeProvider, cancellationToken);

    /// <summary>Returns a token source that is cancelled after a time.</summary>
    public static CancellationTokenSource CreateCancellationTokenSource(this TimeProvider timeProvider, TimeSpan delay) => new(delay, timeProvider);
}
#endif
