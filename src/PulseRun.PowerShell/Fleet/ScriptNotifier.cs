using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Notify;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Delivers notifications to a script block of the user. The event is delivered when the script block ends without an error.</summary>
internal sealed class ScriptNotifier(PipelineScript script) : INotifier
{
    public async Task SendAsync(Notice what, string key, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            await script.InvokeAsync(what.Source, cancel).ConfigureAwait(false);
        }
        catch (RuntimeException error)
        {
            // The message may quote an address or a token of the script, so only its type is shown.
            throw new PulseRunException(ErrorIds.NotificationFailed,
                "The notification of " + what.Subject + " was not delivered: the script of -Notify failed (" + CleanText.Clean(Cause(error), 80) + ").");
        }
    }

    private static string Cause(RuntimeException error) => (error is MethodInvocationException { InnerException: { } inner } ? inner : error).GetType().Name;
}
