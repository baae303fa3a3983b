using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Finds out where an instance can be logged in to.</summary>
internal static class RemoteInstance
{
    /// <summary>Returns the instance with its ssh command: as it is known, or else from one request.</summary>
    public static async Task<Instance> ReadAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel) =>
        RemoteAccess.HasSsh(target.Known) ? target.Known! : await target.Client.GetAsync(target.Id, observer, cancel).ConfigureAwait(false);
}
