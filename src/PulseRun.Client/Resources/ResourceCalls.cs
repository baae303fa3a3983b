using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Core.Client;
using PulseRun.Core.Text;

namespace PulseRun.Client.Resources;

/// <summary>Sends the requests of one resource whose answers are not documented: lists, creates, replaces and removes its objects.</summary>
/// <param name="singular">The name of the resource in envelopes and messages, for example <c>alert</c>.</param>
/// <param name="list">The operation that lists the resource.</param>
/// <param name="planned">The statement of the documentation about the resource, as the end of a message.</param>
/// <param name="api">The API, for pages at an address.</param>
/// <param name="executor">Sends requests with retries.</param>
/// <param name="redactor">Removes secrets.</param>
/// <param name="context">The connection.</param>
/// <param name="sendList">Sends the request of one page.</param>
/// <param name="read">Makes the model of one object.</param>
/// <param name="idOf">Returns the id of a model.</param>
internal sealed class ResourceCalls<T>(
    string singular,
    Operation list,
    string planned,
    IPulseRunApi api,
    RequestExecutor executor,
    Redactor redactor,
    Context context,
    Func<string?, Attempt, Task> sendList,
    Func<ResourceFields, T> read,
    Func<T, string> idOf)
    where T : class
{
    /// <summary>Reads all objects, in the server's order.</summary>
    public Task<IReadOnlyList<T>> ListAsync(ICallObserver observer, CancellationToken cancel) => ListAsync(list, null, list.Path, singular + "s", sendList, read, idOf, observer, cancel);

    /// <summary>Reads a list that belongs to one object, for example the runs of a schedule.</summary>
    public async Task<IReadOnlyList<TRow>> ListOfAsync<TRow>(
        Operation operation, string id, string rows, Func<string?, Attempt, Task> send, Func<ResourceFields, TRow> readRow, Func<TRow, string> idOfRow, ICallObserver observer, CancellationToken cancel)
        where TRow : class
    {
        Check(id);
        try
        {
            return await ListAsync(operation, id, operation.Path.Replace("{id}", Uri.EscapeDataString(id)), rows, send, readRow, idOfRow, observer, cancel);
        }
        catch (PulseRunException error) when (error.ErrorId == operation.NotFound)
        {
            await ThrowIfUnavailableAsync(id, observer, cancel);
            throw;
        }
    }

    /// <summary>Creates an object. It is sent once. If the answer is lost or names no object, the list shows whether it exists.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="what">The description of the object for messages.</param>
    /// <param name="send">Sends the request.</param>
    /// <param name="complete">Fills in what the answer left out.</param>
    /// <param name="isEqual">Returns true for an object that is what was asked for.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    public async Task<T> CreateAsync(Operation operation, string what, Func<Attempt, Task> send, Func<T, T> complete, Func<T, bool> isEqual, ICallObserver observer, CancellationToken cancel)
    {
        var call = executor.NewCall(operation, what, observer, cancel);
        var reply = await executor.TryAsync(call, send, (response, attempt) => ResourceBody.ReadIfPossibleAsync(response, attempt, redactor));
        PulseRunException? error = null;
        if (reply.Exception is null)
        {
            if (ResourceBody.One(reply.Result, singular) is { } fields && read(new ResourceFields(fields, redactor)) is var made && idOf(made).Length > 0)
                return complete(made);
        }
        else
        {
            if (reply.Exception is not RequestFailure failure)
                throw reply.Exception;
            error = failure.Error;
            if (!failure.IsUnclear)
                throw Explain(error);
        }
        if (await FindAsync(isEqual, observer, cancel) is { } found)
        {
            if (error is not null)
                observer.Warning(call.Describe() + " ended in an error, but the list shows " + singular + " " + CleanText.Clean(idOf(found), 100) + ", which is equal.");
            return complete(found);
        }
        if (error is null)
            throw Failures.Malformed(call, "the server accepted it and did not say its id, and the list does not show it").Error;
        throw error.Rephrase(error.ErrorId, error.Message + " It may have been created: check the list before you repeat it.");
    }

    /// <summary>Replaces an object, and returns the fields of the answer; null when it has none.</summary>
    public async Task<T?> ReplaceAsync(Operation operation, string id, Func<Attempt, Task> send, ICallObserver observer, CancellationToken cancel)
    {
        Check(id);
        var call = executor.NewCall(operation, id, observer, cancel);
        var reply = await executor.TryAsync(call, send, (response, attempt) => ResourceBody.ReadIfPossibleAsync(response, attempt, redactor));
        if (reply.Exception is null)
            return ResourceBody.One(reply.Result, singular) is { } fields ? read(new ResourceFields(fields, redactor)) : null;
        if (reply.Exception is not RequestFailure failure)
            throw reply.Exception;
        if (failure.Error.ErrorId == operation.NotFound)
            await ThrowIfUnavailableAsync(id, observer, cancel);
        throw failure.Error;
    }

    /// <summary>Removes an object. One that is gone after an earlier attempt is a success.</summary>
    public async Task RemoveAsync(Operation operation, string id, Func<Attempt, Task> send, ICallObserver observer, CancellationToken cancel)
    {
        Check(id);
        var call = executor.NewCall(operation, id, observer, cancel);
        var reply = await executor.TryAsync(call, send, (response, attempt) => ResourceBody.ReadIfPossibleAsync(response, attempt, redactor));
        if (reply.Exception is null)
            return;
        if (reply.Exception is not RequestFailure failure)
            throw reply.Exception;
        bool isGone = failure.Error.ErrorId == operation.NotFound;
        if (isGone && call.Sends - call.Refusals > 1)
            return;
        if (isGone)
            await ThrowIfUnavailableAsync(id, observer, cancel);
        else if (failure.IsUnclear && await IsGoneAsync(id, observer, cancel))
            return;
        throw failure.Error;
    }

    /// <summary>Returns the error of a request to the collection. A status that says that the path does not exist means that the server does not have the feature.</summary>
    public PulseRunException Explain(PulseRunException error) => error.ErrorId == ErrorIds.FeatureUnavailable || error.StatusCode is 405
        ? error.Rephrase(ErrorIds.FeatureUnavailable, error.Message + " The server does not have " + singular + "s. " + planned)
        : error;

    private async Task<IReadOnlyList<TRow>> ListAsync<TRow>(
        Operation operation, string? target, string path, string name, Func<string?, Attempt, Task> send, Func<ResourceFields, TRow> readRow, Func<TRow, string> idOfRow, ICallObserver observer, CancellationToken cancel)
        where TRow : class
    {
        var all = new List<TRow>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var trail = new PageTrail(name);
        string? cursor = null;
        string? address = null;
        bool hasNext;
        do
        {
            string? from = cursor;
            string? at = address;
            var call = trail.Begin(executor.NewCall(operation, target, observer, cancel));
            var reply = await executor.TryAsync(
                call,
                attempt => at is null ? send(from, attempt) : api.ListAt(at, attempt, attempt.Token),
                (response, attempt) => ResourceBody.ReadAsync(response, attempt, redactor));
            if (reply.Exception is not null)
                throw reply.Exception is RequestFailure failure ? target is null ? Explain(failure.Error) : failure.Error : reply.Exception;
            object?[] rows = ResourceBody.Rows(reply.Result, name) ?? throw Failures.Malformed(call, "there is no list in the answer").Error;
            foreach (var row in rows.OfType<Dictionary<string, object?>>())
            {
                var one = readRow(new ResourceFields(row, redactor));
                // A row can move to the next page while the pages are read; do not return it twice.
                if (idOfRow(one) is not { Length: > 0 } id || known.Add(id))
                    all.Add(one);
            }
            string? link = ResourceBody.Next(reply.Result, out bool hasMore);
            if (link is null && hasMore)
                throw trail.Incomplete("the server reports more and returned no link to it");
            hasNext = trail.Follow(call, all.Count, link);
            (cursor, address) = link is null ? (null, null) : Follow(link, path) ?? throw trail.Incomplete("the server links to a next page on another host");
        }
        while (hasNext);
        return all;
    }

    /// <summary>Returns the cursor or the address of the next page; null when the link leads to another server.</summary>
    private (string? Cursor, string? Address)? Follow(string link, string path)
    {
        if (link[0] is not ('/' or '?') && !link.Contains("://"))
            return (link, null);
        var here = new Uri(context.BaseUri, path.TrimStart('/'));
        return Uri.TryCreate(here, link, out var address) && Origins.AreSame(address, here) && address.UserInfo.Length == 0 ? (null, address.AbsoluteUri) : null;
    }

    private async Task<T?> FindAsync(Func<T, bool> isEqual, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            // The newest ones are last or first; of several equal ones, any is what was asked for.
            return (await ListAsync(observer, cancel)).LastOrDefault(one => isEqual(one));
        }
        catch (PulseRunException error)
        {
            observer.Verbose("The list that would show the " + singular + " failed: " + error.Message);
            return null;
        }
    }

    private async Task<bool> IsGoneAsync(string id, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            return (await ListAsync(observer, cancel)).All(one => idOf(one) != id);
        }
        catch (PulseRunException error)
        {
            observer.Verbose("The list that would show the " + singular + " failed: " + error.Message);
            return false;
        }
    }

    /// <summary>Throws when the server does not have the resource at all. A 404 for an id does not show which of both is missing.</summary>
    private async Task ThrowIfUnavailableAsync(string id, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            await ListAsync(observer, cancel);
        }
        catch (PulseRunException error) when (error.ErrorId != ErrorIds.FeatureUnavailable)
        {
            observer.Verbose("The list that would show the " + singular + " " + id + " failed: " + error.Message);
        }
    }

    private void Check(string? id)
    {
        if (!InstanceIds.IsValid(id))
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was sent: '" + CleanText.Clean(id ?? "", 100) + "' is not the id of a " + singular + ": ids consist of letters, digits and _ - . ~ : @, and are at most 128 characters long.")
            {
                Field = "Id",
            };
        }
    }
}
