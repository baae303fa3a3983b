using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;

namespace PulseRun.Core.Notify;

/// <summary>Contains the deliveries of known events.</summary>
internal static class Notifications
{
    /// <summary>Delivers an event of a cleanup.</summary>
    public static Task SendAsync(this INotifier notifier, CleanupEvent what, string key, ICallObserver observer, CancellationToken cancel) =>
        notifier.SendAsync(Notice.Of(what), key, observer, cancel);
}
