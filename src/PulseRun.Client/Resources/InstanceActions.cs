using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Resources;
using PulseRun.Core.Client;
using PulseRun.Core.Text;

namespace PulseRun.Client;

/// <content>Stopping, starting and terminating.</content>
internal static partial class Operations
{
    public static readonly Operation Stop = new("POST", ApiPaths.Stop, "Stopping instance {0}", ErrorIds.InstanceNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation Start = new("POST", ApiPaths.Start, "Starting instance {0}", ErrorIds.InstanceNotFound, Resend.AfterAnyFailure, AsksForGpu: true, Price: 1, IsTyped: false);

    public static readonly Operation Remove = new("DELETE", ApiPaths.Instance, "Removing instance {0}", ErrorIds.InstanceNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);
}

/// <content>Stopping, starting and terminating.</content>
internal sealed partial class PulseRunClient
{
    public Task<Instance> StopAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        StopWithinAsync(null, id, known, observer, cancel);

    public Task<Instance> StopAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel) =>
        StopWithinAsync(window, id, known, observer, cancel);

    public Task<Instance> StartAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operations.Start, _api.Start, [InstanceStatus.Running, InstanceStatus.Starting, InstanceStatus.Provisioning], id, known, null, observer, cancel);

    public Task<Instance> RemoveAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        RemoveWithinAsync(null, id, known, observer, cancel);

    public Task<Instance> RemoveAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel) =>
        RemoveWithinAsync(window, id, known, observer, cancel);

    private Task<Instance> StopWithinAsync(ActWindow? window, string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operations.Stop, _api.Stop, [InstanceStatus.Stopped, InstanceStatus.Stopping], id, known, window, observer, cancel);

    private Task<Instance> RemoveWithinAsync(ActWindow? window, string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operations.Remove, _api.Remove, [InstanceStatus.Terminated, InstanceStatus.Terminating], id, known, window, observer, cancel);

    private Task<Instance> ActAsync(
        Operation operation,
        Func<string, Attempt, CancellationToken, Task<HttpResponseMessage>> send,
        string[] goals,
        string id,
        Instance? known,
        ActWindow? window,
        ICallObserver observer,
        CancellationToken cancel)
    {
        InstanceIds.Check(id);
        return new ActionCall(operation, send, goals, _api, _executor, _answers, _context, _seen).RunAsync(id, known, window, observer, cancel);
    }
}
