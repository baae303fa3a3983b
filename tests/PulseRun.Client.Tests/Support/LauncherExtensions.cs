using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Launch;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Tests.Support;

internal static class LauncherExtensions
{
    /// <summary>Launches with a ticket that the test does not need.</summary>
    public static Task<Instance> LaunchAsync(this Launcher launcher, LaunchRequest request, decimal? maxHourlyCost, ICallObserver observer, CancellationToken cancel) =>
        launcher.LaunchAsync(new LaunchTicket(request, maxHourlyCost), observer, cancel);
}
