using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Core.Client;

namespace PulseRun.Client.Resources;

/// <summary>Reads the list page by page. A list that is known to be truncated is an error and never a shorter list.</summary>
internal sealed class ListCall(IPulseRunApi api, RequestExecutor executor, Context context, ListReader reader, IListObserver seen)
{
    private readonly PageTrail _trail = new("instances");

    /// <summary>Reads all pages.</summary>
    public async Task RunAsync(string? status, ICallObserver observer, CancellationToken cancel)
    {
        string? cursor = null;
        string? address = null;
        bool isComplete = false;
        try
        {
            while (true)
            {
                var request = _trail.Begin(executor.NewCall(Operations.List, null, observer, cancel));
                var page = Page(request, await executor.TryAsync(request, attempt => Send(status, cursor, address, attempt), reader.ReadPageAsync));
                if (!HasNext(request, page))
                {
                    isComplete = true;
                    return;
                }
                cursor = page.NextCursor;
                address = cursor is null ? AddressOf(page.Next!) ?? throw Incomplete("the link to the next page points to another server, which is not followed") : null;
            }
        }
        finally
        {
            seen.End(isComplete);
        }
    }

    /// <summary>Reads only the first page, with at most one request.</summary>
    public async Task PeekAsync(ICallObserver observer, CancellationToken cancel)
    {
        bool isComplete = false;
        try
        {
            var request = RequestExecutor.NewSingleCall(Operations.List, observer, cancel);
            var page = Page(request, await executor.TryAsync(request, attempt => Send(null, null, null, attempt), reader.ReadPageAsync));
            isComplete = page is { NextCursor: null, Next: null, HasMore: false };
        }
        finally
        {
            seen.End(isComplete);
        }
    }

    private Task Send(string? status, string? cursor, string? address, Attempt attempt) => address is null
        ? api.List(status, cursor, attempt, attempt.Token)
        : api.ListAt(address, attempt, attempt.Token);

    private ListParser Page(RequestContext request, Reply<ListParser> reply)
    {
        if (reply.Exception is null)
            return reply.Result!;
        if (reply.Exception is RequestFailure { Kind: FailureKind.Cut } cut && (reader.IsMidway || !_trail.IsFirst))
            throw Incomplete(cut.Error.Message);
        if (reply.Exception is RequestFailure { Kind: FailureKind.Status, Status: >= 500 } failure && !_trail.IsFirst)
            throw Incomplete(failure.Error.Message);
        if (request.ReceiverFault is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(request.ReceiverFault).Throw();
        throw RequestExecutor.ForUser(reply.Exception);
    }

    private bool HasNext(RequestContext request, ListParser page)
    {
        string? link = page.NextCursor ?? page.Next;
        if (link is null && page.HasMore)
            throw Incomplete("the server reports more instances but returned no link to them");
        return _trail.Follow(request, reader.Count, link);
    }

    /// <summary>Returns the full address of the next page; null when it is not on this server.</summary>
    private string? AddressOf(string next)
    {
        var here = new Uri(context.BaseUri, "v1/instances");
        bool isAddress = (next.Length > 0 && next[0] is '/' or '?') || next.Contains("://");
        return isAddress && Uri.TryCreate(here, next, out var address) && Origins.AreSame(address, here) && address.UserInfo.Length == 0
            ? address.AbsoluteUri
            : null;
    }

    private PulseRunException Incomplete(string why) => _trail.Incomplete(why, reader.Count);
}
