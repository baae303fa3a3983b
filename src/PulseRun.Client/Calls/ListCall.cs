using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Wire;
using PulseRun.Contracts;
using PulseRun.Seen;

namespace PulseRun.Client.Calls;

/// <summary>Reads the list page by page. One that is known to be cut is an error, never a short list.</summary>
internal sealed class ListCall(IPulseRunApi api, Sender sender, Context context, ListReader reader, SeenList seen)
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
                var call = _trail.Begin(sender.NewCall(Operations.List, null, observer, cancel));
                var page = Page(call, await sender.TryAsync(call, attempt => Send(status, cursor, address, attempt), reader.ReadPageAsync));
                if (!HasNext(call, page))
                {
                    isComplete = true;
                    return;
                }
                cursor = page.NextCursor;
                address = cursor is null ? AddressOf(page.Next!) ?? throw Incomplete("the next page is said to be at another server, which is not followed") : null;
            }
        }
        finally
        {
            seen.End(isComplete);
        }
    }

    /// <summary>Reads the first page only, sent once.</summary>
    public async Task PeekAsync(ICallObserver observer, CancellationToken cancel)
    {
        bool isComplete = false;
        try
        {
            var call = Sender.NewSingleCall(Operations.List, observer, cancel);
            var page = Page(call, await sender.TryAsync(call, attempt => Send(null, null, null, attempt), reader.ReadPageAsync));
            isComplete = page is { NextCursor: null, Next: null, HasMore: false };
        }
        finally
        {
            seen.End(isComplete);
        }
    }

    private Task<HttpResponseMessage> Send(string? status, string? cursor, string? address, Attempt attempt) => address is null
        ? api.List(status, cursor, attempt, attempt.Token)
        : api.ListAt(address, attempt, attempt.Token);

    private ListParser Page(Call call, Reply<ListParser> reply)
    {
        if (reply.Exception is null)
            return reply.Result!;
        if (reply.Exception is CallFailure { Fault: Fault.Cut } cut && (reader.IsMidway || !_trail.IsFirst))
            throw Incomplete(cut.Error.Message);
        if (reply.Exception is CallFailure { Fault: Fault.Status, Status: >= 500 } failure && !_trail.IsFirst)
            throw Incomplete(failure.Error.Message);
        if (call.ReceiverFault is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(call.ReceiverFault).Throw();
        throw Sender.ForUser(reply.Exception);
    }

    private bool HasNext(Call call, ListParser page)
    {
        string? link = page.NextCursor ?? page.Next;
        if (link is null && page.HasMore)
            throw Incomplete("the server says that there is more, and not where");
        return _trail.Follow(call, reader.Count, link);
    }

    /// <summary>The whole address of the next page; null when it is not at this server.</summary>
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
