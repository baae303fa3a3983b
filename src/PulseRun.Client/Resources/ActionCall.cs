using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Core.Client;

namespace PulseRun.Client.Resources;

/// <summary>Stops, starts or terminates one instance: sends the request, and reads the instance if the outcome is unknown.</summary>
/// <param name="operation">The operation.</param>
/// <param name="send">Sends the request.</param>
/// <param name="goals">The states that prove success.</param>
/// <param name="api">The API, to read the instance.</param>
/// <param name="executor">Sends requests with retries.</param>
/// <param name="answers">Parses answers.</param>
/// <param name="context">The connection.</param>
/// <param name="seen">Receives the instance as it is afterwards.</param>
internal sealed class ActionCall(
    Operation operation,
    Func<string, Attempt, CancellationToken, Task> send,
    string[] goals,
    IPulseRunApi api,
    RequestExecutor executor,
    SingleReader answers,
    Context context,
    IInstanceObserver seen)
{
    /// <summary>Carries out the operation and returns the new state of the instance.</summary>
    /// <param name="id">The id of the instance.</param>
    /// <param name="known">The instance as last seen, or null.</param>
    /// <param name="window">If given, the act is sent at most once and only within it.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    public async Task<Instance> RunAsync(string id, Instance? known, ActWindow? window, ICallObserver observer, CancellationToken cancel)
    {
        var request = window is null ? executor.NewCall(operation, id, observer, cancel) : executor.NewCallWithin(window, operation, id, observer, cancel);
        var reply = await executor.TryAsync(request, attempt => send(id, attempt, attempt.Token), answers.InstanceIfReadableAsync);
        if (reply.Exception is { } exception)
            return Seen(known, exception is RequestFailure failure ? await SettleAsync(request, known, failure) : throw exception);
        // Ignore an answer that describes another instance.
        var answer = reply.Result is { } told && (told.Id.Length == 0 || told.Id == id) ? told : null;
        return Seen(known, Whole(request, known, answer) ?? await CompleteAsync(request, known, answer));
    }

    private Instance Seen(Instance? known, Instance now)
    {
        // The server does not know the note.
        now.Noted ??= known?.Noted;
        seen.Note(now);
        return now;
    }

    /// <summary>Returns the instance when the answer is complete; null when it has to be read.</summary>
    private Instance? Whole(RequestContext request, Instance? known, Instance? answer) =>
        InstanceMerge.IsWhole(answer, known) ? answer
        : request.Operation == Operations.Remove ? InstanceMerge.Removed(request.Target!, known, answer, context)
        : null;

    /// <summary>Reads what the answer to an accepted act left out.</summary>
    private async Task<Instance> CompleteAsync(RequestContext request, Instance? known, Instance? answer)
    {
        var outcome = await GetAsync(request);
        if (outcome.Exception is null)
            return outcome.Result!;
        if (outcome.Exception is not RequestFailure failure)
            throw outcome.Exception;
        if (answer?.Status is null || known is null)
            throw Accepted(request, failure.Error);
        request.Observer.Warning(request.Describe() + " was accepted, but the instance could not be read, so its other values may be out of date: " + failure.Error.Message);
        return InstanceMerge.Over(known, answer);
    }

    /// <summary>Decides by the state of the instance after a rejection or a failure with unknown outcome.</summary>
    private async Task<Instance> SettleAsync(RequestContext request, Instance? known, RequestFailure failure)
    {
        bool isGone = request.Operation == Operations.Remove && failure.Error.ErrorId == ErrorIds.InstanceNotFound;
        if (isGone && request.Sends - request.Refusals > 1)
        {
            Tell(request, "is gone, so an earlier attempt has removed it");
            return InstanceMerge.Removed(request.Target!, known, null, context);
        }
        if (failure.Error.ErrorId != ErrorIds.Conflict && !failure.IsUnclear)
            throw failure.Error;
        var outcome = await GetAsync(request);
        if (outcome.Exception is OperationCanceledException)
            throw outcome.Exception;
        if (outcome.Result is { } now && outcome.Exception is null)
        {
            if (!IsAskedFor(now.Status))
                throw failure.Error;
            Tell(request, "is " + PulseRun.Core.Text.CleanText.Clean(now.Status!, 40) + " already");
            return now;
        }
        if (outcome.Exception is RequestFailure { Error.ErrorId: ErrorIds.InstanceNotFound } && request.Operation == Operations.Remove)
        {
            Tell(request, "is gone");
            return InstanceMerge.Removed(request.Target!, known, null, context);
        }
        throw failure.Error;
    }

    private Task<Reply<Instance>> GetAsync(RequestContext request)
    {
        string id = request.Target!;
        var get = executor.NewCall(Operations.Get, id, request.Observer, request.Cancel);
        return executor.TryAsync(get, attempt => api.Get(id, attempt, attempt.Token), answers.InstanceAsync);
    }

    private bool IsAskedFor(string? status) => Array.Exists(goals, goal => InstanceStatus.Is(status, goal));

    private static void Tell(RequestContext request, string what)
    {
        if (request.Observer.WantsVerbose)
            request.Observer.Verbose("Instance " + request.Target + " " + what + ".");
    }

    private static PulseRunException Accepted(RequestContext request, PulseRunException error) =>
        error.Rephrase(error.ErrorId, request.Describe() + " was accepted, but the new state of the instance could not be read. " + error.Message);
}
