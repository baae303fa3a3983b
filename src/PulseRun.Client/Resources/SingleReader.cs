using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;

namespace PulseRun.Client.Resources;

/// <summary>Reads the answers that are one object.</summary>
internal sealed class SingleReader(InstanceReader instances, Redactor redactor)
{
    /// <summary>The instance asked for.</summary>
    public async Task<Instance> InstanceAsync(HttpResponseMessage response, Attempt attempt)
    {
        var instance = await InstanceOrNothingAsync(response, attempt) ?? throw Failures.Malformed(attempt.Call, "the answer is empty");
        return string.Equals(instance.Id, attempt.Call.Target, StringComparison.Ordinal)
            ? instance
            : throw Failures.Malformed(attempt.Call, instance.Id.Length == 0 ? "the answer names no instance" : "the answer is about another instance");
    }

    /// <summary>The instance in the answer, whole or not; null when it is empty.</summary>
    public async Task<Instance?> InstanceOrNothingAsync(HttpResponseMessage response, Attempt attempt)
    {
        using var body = await Body.ReadObjectAsync(response.Content, attempt, redactor);
        try
        {
            return JsonBody.Instance(body.Bytes, instances);
        }
        catch (UnfinishedJsonException)
        {
            throw Failures.Unfinished(attempt.Call);
        }
    }

    /// <summary>The same for an act that the server has accepted: an answer that cannot be read is no answer, and not a reason to act again.</summary>
    public async Task<Instance?> InstanceIfReadableAsync(HttpResponseMessage response, Attempt attempt)
    {
        try
        {
            return await InstanceOrNothingAsync(response, attempt);
        }
#pragma warning disable CA1031 // Whatever became of the answer, the server has accepted the act.
        catch (Exception exception) when (!attempt.Call.Cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var failure = Failures.FromException(attempt.Call, attempt, exception, false, redactor);
            if (attempt.Call.Observer.WantsVerbose)
                attempt.Call.Observer.Verbose(attempt.Call.Describe() + " was accepted, but the answer cannot be read: " + failure.Error.Message);
            return null;
        }
    }

    /// <summary>The object in the answer.</summary>
    public async Task<Dictionary<string, object?>> ObjectAsync(HttpResponseMessage response, Attempt attempt)
    {
        using var body = await Body.ReadObjectAsync(response.Content, attempt, redactor);
        try
        {
            return JsonBody.Object(body.Bytes) ?? throw Failures.Malformed(attempt.Call, "the answer is empty");
        }
        catch (UnfinishedJsonException)
        {
            throw Failures.Unfinished(attempt.Call);
        }
    }
}
