using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;

namespace PulseRun.Client.Resources;

/// <summary>Reads the answers that consist of one object.</summary>
internal sealed class SingleReader(InstanceReader instances, Redactor redactor)
{
    /// <summary>Returns the requested instance.</summary>
    public async Task<Instance> InstanceAsync(HttpResponseMessage response, Attempt attempt)
    {
        using var body = await Body.ReadObjectAsync(response.Content, attempt, redactor);
        var instance = Parse(body, attempt) ?? throw Failures.Malformed(attempt.Call, "the answer is empty");
        return string.Equals(instance.Id, attempt.Call.Target, StringComparison.Ordinal)
            ? instance
            : throw Failures.Malformed(attempt.Call, instance.Id.Length == 0 ? "the answer contains no instance id" : "the answer is about another instance");
    }

    /// <summary>Returns the instance in the answer, complete or not; null when the answer is empty.</summary>
    public async Task<Instance?> InstanceOrNothingAsync(HttpResponseMessage response, Attempt attempt)
    {
        using var body = await Body.ReadObjectAsync(response.Content, attempt, redactor);
        return Parse(body, attempt);
    }

    /// <summary>Returns the same for an act that the server has accepted; null if the answer cannot be read, because that is not a reason to act again.</summary>
    public async Task<Instance?> InstanceIfReadableAsync(HttpResponseMessage response, Attempt attempt)
    {
        try
        {
            using var body = await Body.ReadObjectAsync(response.Content, attempt, redactor);
            return Parse(body, attempt);
        }
#pragma warning disable CA1031 // The server has accepted the act, whatever happened to the answer.
        catch (Exception exception) when (!attempt.Call.Cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var failure = Failures.FromException(attempt.Call, attempt, exception, false, redactor);
            if (attempt.Call.Observer.WantsVerbose)
                attempt.Call.Observer.Verbose(attempt.Call.Describe() + " was accepted, but the answer cannot be read: " + failure.Error.Message);
            return null;
        }
    }

    /// <summary>Returns the object in the answer as plain values.</summary>
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

    private Instance? Parse(Body body, Attempt attempt)
    {
        try
        {
            return JsonBody.Instance(body.Bytes, instances);
        }
        catch (UnfinishedJsonException)
        {
            throw Failures.Unfinished(attempt.Call);
        }
    }
}
