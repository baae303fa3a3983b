using System.Net.Http;

namespace PulseRun.Client.Http;

internal static class RequestProperties
{
    /// <summary>Returns the attempt that Refit attached to a request; null without one.</summary>
    public static Attempt? Attempt(this HttpRequestMessage request)
    {
#if NET
        return request.Options.TryGetValue(new HttpRequestOptionsKey<Attempt>(PulseRun.Client.Http.Attempt.Key), out var attempt) ? attempt : null;
#else
        return request.Properties.TryGetValue(PulseRun.Client.Http.Attempt.Key, out object? attempt) ? attempt as Attempt : null;
#endif
    }
}
