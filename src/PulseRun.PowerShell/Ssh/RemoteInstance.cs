using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Reads the ssh address of an instance.</summary>
internal static class RemoteInstance
{
    /// <summary>Returns the instance with its ssh command. Sends one request if the known instance has none.</summary>
    public static async Task<Instance> ReadAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel) =>
        RemoteAccess.HasSsh(target.Known) ? target.Known! : await target.Client.GetAsync(target.Id, observer, cancel).ConfigureAwait(false);
}
