using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;

namespace PulseRun.Core.Notify;

/// <summary>Delivers notifications.</summary>
internal interface INotifier
{
    /// <summary>Delivers one event, and returns when the receiver has accepted it.</summary>
    /// <param name="what">The event.</param>
    /// <param name="key">The same text for each attempt to deliver this event, by any process, so that the receiver can ignore repetitions.</param>
    /// <param name="observer">Receives notifications about the request.</param>
    /// <param name="cancel">Cancels the delivery.</param>
    /// <exception cref="PulseRunException">NotificationFailed: the event was not accepted. The message does not contain the address.</exception>
    Task SendAsync(Notice what, string key, ICallObserver observer, CancellationToken cancel);
}
