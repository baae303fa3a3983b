using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Wire;
using PulseRun.Contracts;

namespace PulseRun.Client.Calls;

/// <summary>Sends a launch, once.</summary>
internal sealed class LaunchCall(IPulseRunApi api, Sender sender, SingleReader answers)
{
    /// <summary>Sends it and says what has become of it, as far as its answer tells.</summary>
    /// <param name="request">What to launch. Checked before.</param>
    /// <param name="intentId">Rides along as Idempotency-Key; null for none.</param>
    /// <param name="observer">Hears of it.</param>
    /// <param name="cancel">Ends the wait for the answer.</param>
    public async Task<LaunchAnswer> SendAsync(LaunchRequest request, string? intentId, ICallObserver observer, CancellationToken cancel)
    {
        var body = LaunchWire.From(request);
        var call = sender.NewCall(Operations.Launch, Name(request), observer, cancel);
        var outcome = await sender.TryAsync(call, attempt => api.Launch(JsonContent.Create(body, WireContext.Default.LaunchWire), intentId, attempt, attempt.Token), answers.InstanceOrNothingAsync);
        if (outcome.Exception is null)
        {
            if (outcome.Result is { Id.Length: > 0 } instance)
                return new Launched(instance);
            var nameless = Failures.Malformed(call, "the server accepted it and did not say which instance it is");
            return new Doubtful(nameless.Error, IsAnswered: false);
        }
        if (outcome.Exception is not CallFailure failure)
            throw outcome.Exception;
        // A text about capacity does not make a failed server's word certain.
        bool mayHaveLaunched = failure.IsUnclear || failure is { Fault: Fault.Status, Status: >= 500 };
        // A gateway that lost patience says nothing of the server behind it; a redirect is an answer.
        bool isAnswered = (failure.Fault == Fault.Status && failure.Status is not 504) || failure.Status is >= 300 and < 400;
        return mayHaveLaunched ? new Doubtful(failure.Error, isAnswered) : new Refused(failure.Error);
    }

    /// <summary>What people call it before it has an id.</summary>
    public static string Name(LaunchRequest request) =>
        Rules.Text.Clean(request.Gpu, 60) + " (" + Rules.Text.Clean(request.Template, 60) + ")";
}
