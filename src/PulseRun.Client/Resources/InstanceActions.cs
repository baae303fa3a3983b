using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Resources;
using PulseRun.Core.Client;

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
    private ActionCall Stopping => field ??= NewAct(Operations.Stop, _api.Stop, InstanceStatus.Stopped, InstanceStatus.Stopping);

    private ActionCall Starting => field ??= NewAct(Operations.Start, _api.Start, InstanceStatus.Running, InstanceStatus.Starting, InstanceStatus.Provisioning);

    private ActionCall Removing => field ??= NewAct(Operations.Remove, _api.Remove, InstanceStatus.Terminated, InstanceStatus.Terminating);

    public Task<Instance> StopAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        Stopping.RunAsync(id, known, null, observer, cancel);

    public Task<Instance> StopAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel) =>
        Stopping.RunAsync(id, known, window, observer, cancel);

    public Task<Instance> StartAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        Starting.RunAsync(id, known, null, observer, cancel);

    public Task<Instance> StartAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel) =>
        Starting.RunAsync(id, known, window, observer, cancel);

    public Task<Instance> RemoveAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        Removing.RunAsync(id, known, null, observer, cancel);

    public Task<Instance> RemoveAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel) =>
        Removing.RunAsync(id, known, window, observer, cancel);

    /// <summary>Returns the way to carry out an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="send">Its Refit method.</param>
    /// <param name="goals">The states that prove success.</param>
    private ActionCall NewAct(Operation operation, Func<string, Attempt, CancellationToken, Task> send, params string[] goals) =>
        new(operation, send, goals, _api, _executor, _answers, _context, _seen);
}
