using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Wire;
using PulseRun.Contracts;

namespace PulseRun.Client.Calls;

/// <summary>The list, page by page. One that is known to be cut is an error, never a short list.</summary>
internal sealed class ListCall(IPulseRunApi api, Sender sender, Context context, ListReader reader)
{
    /// <summary>Servers may filter after they have cut their pages; they do not leave this many empty.</summary>
    private const int MaxIdlePages = 10;

    private readonly HashSet<string> _links = new(StringComparer.Ordinal);

    public async Task RunAsync(string? status, ICallObserver observer, CancellationToken cancel)
    {
        string? cursor = null;
        string? address = null;
        int idlePages = 0;
        while (true)
        {
            int before = reader.Count;
            var call = sender.NewCall(Operation.List, null, observer, cancel);
            var page = await PageAsync(call, status, cursor, address);
            cursor = page.NextCursor;
            address = null;
            if ((cursor ?? page.Next) is not { } link)
            {
                if (page.HasMore)
                    throw Incomplete("the server says that there is more, and not where");
                return;
            }
            if (!_links.Add(link))
                throw Incomplete("the server's pages go in circles");
            idlePages = reader.Count == before ? idlePages + 1 : 0;
            if (idlePages == MaxIdlePages)
                throw Incomplete("the server names ever more pages, and nothing is in them");
            if (cursor is null)
                address = AddressOf(link) ?? throw Incomplete("the next page is said to be at another server, which is not followed");
        }
    }

    /// <summary>The first page only, sent once.</summary>
    /// <returns>Whether that is all.</returns>
    public async Task<bool> PeekAsync(ICallObserver observer, CancellationToken cancel)
    {
        var page = await PageAsync(Sender.NewSingleCall(Operation.List, observer, cancel), status: null, cursor: null, address: null);
        return page is { NextCursor: null, Next: null, HasMore: false };
    }

    private async Task<ListParser> PageAsync(Call call, string? status, string? cursor, string? address)
    {
        bool isFirst = _links.Count == 0;
        var outcome = await sender.TryAsync(
            call,
            attempt => address is null
                ? api.List(status, cursor, attempt, attempt.Token)
                : api.ListAt(address, attempt, attempt.Token),
            reader.ReadPageAsync);
        if (outcome.Exception is null)
            return outcome.Result!;
        if (outcome.Exception is CallFailure { Fault: Fault.Cut } cut && (reader.IsMidway || !isFirst))
            throw Incomplete(cut.Error.Message);
        if (outcome.Exception is CallFailure { Fault: Fault.Status, Status: >= 500 } failure && !isFirst)
            throw Incomplete(failure.Error.Message);
        if (call.ReceiverFault is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(call.ReceiverFault).Throw();
        throw Sender.ForUser(outcome.Exception);
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

    private PulseRunException Incomplete(string why) => new(
        ErrorIds.IncompleteList,
        "The list of instances is not complete: " + why.TrimEnd('.') + ". " + reader.Count + " instances were read; there are more.");
}
