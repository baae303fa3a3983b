using System;
using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Client.Resources;
using PulseRun.Core.Client;

namespace PulseRun.Client.Launch;

/// <summary>Sends a launch once.</summary>
internal sealed class LaunchCall(IPulseRunApi api, RequestExecutor executor, SingleReader answers)
{
    /// <summary>Sends a launch and returns its outcome, as far as the answer shows it.</summary>
    /// <param name="request">The launch, already checked.</param>
    /// <param name="intentId">The value of the Idempotency-Key header; null for none.</param>
    /// <param name="beforeSending">Called before each transmission. If it throws, the launch is not sent.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the wait for the answer.</param>
    public async Task<LaunchAnswer> SendAsync(LaunchRequest request, string? intentId, Action? beforeSending, ICallObserver observer, CancellationToken cancel)
    {
        var body = LaunchWire.From(request);
        var call = executor.NewCall(Operations.Launch, Name(request), observer, cancel, beforeSending);
        var outcome = await executor.TryAsync(call, attempt => api.Launch(JsonContent.Create(body, ApiJsonContext.Default.LaunchWire), intentId, attempt, attempt.Token), answers.InstanceOrNothingAsync);
        if (outcome.Exception is null)
        {
            if (outcome.Result is { Id.Length: > 0 } instance)
                return new Launched(instance);
            var nameless = Failures.Malformed(call, "the server accepted it and did not say which instance it is");
            return new Indeterminate(nameless.Error, IsAnswered: false);
        }
        if (outcome.Exception is not RequestFailure failure)
            throw outcome.Exception;
        return failure.MayHaveCreated ? new Indeterminate(failure.Error, failure.IsAnswered) : new Rejected(failure.Error);
    }

    /// <summary>Returns the name of a launch in messages, before it has an id.</summary>
    public static string Name(LaunchRequest request) =>
        PulseRun.Core.Text.CleanText.Clean(request.Gpu, 60) + " (" + PulseRun.Core.Text.CleanText.Clean(request.Template, 60) + ")";
}
