using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Client.Resources;
using PulseRun.Core.Client;

namespace PulseRun.Client.Launch;

/// <summary>Sends a launch, once.</summary>
internal sealed class LaunchCall(IPulseRunApi api, RequestExecutor executor, SingleReader answers)
{
    /// <summary>Sends it and says what has become of it, as far as its answer tells.</summary>
    /// <param name="request">What to launch. Checked before.</param>
    /// <param name="intentId">Rides along as Idempotency-Key; null for none.</param>
    /// <param name="observer">Hears of it.</param>
    /// <param name="cancel">Ends the wait for the answer.</param>
    public async Task<LaunchAnswer> SendAsync(LaunchRequest request, string? intentId, ICallObserver observer, CancellationToken cancel)
    {
        var body = LaunchWire.From(request);
        var call = executor.NewCall(Operations.Launch, Name(request), observer, cancel);
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
        // A text about capacity does not make a failed server's word certain.
        bool mayHaveLaunched = failure.IsUnclear || failure is { Fault: FailureKind.Status, Status: >= 500 };
        // A gateway that lost patience says nothing of the server behind it; a redirect is an answer.
        bool isAnswered = (failure.Fault == FailureKind.Status && failure.Status is not 504) || failure.Status is >= 300 and < 400;
        return mayHaveLaunched ? new Indeterminate(failure.Error, isAnswered) : new Rejected(failure.Error);
    }

    /// <summary>What people call it before it has an id.</summary>
    public static string Name(LaunchRequest request) =>
        PulseRun.Core.Text.CleanText.Clean(request.Gpu, 60) + " (" + PulseRun.Core.Text.CleanText.Clean(request.Template, 60) + ")";
}
