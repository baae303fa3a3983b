using System;
using System.Collections.Generic;
using System.Globalization;
using PulseRun.Client.Json;

namespace PulseRun.Client.Http;

/// <summary>Tracks the pages of one list, and detects a list without an end: too many pages, too many bytes, repeated links, or empty pages.</summary>
/// <param name="what">The listed objects, in the plural.</param>
internal sealed class PageTrail(string what)
{
    /// <summary>The largest number of pages; more than any account needs.</summary>
    public const int MaxPages = 1000;

    /// <summary>The largest number of successive pages without new rows. Servers that filter after paging may return some empty pages.</summary>
    public const int MaxIdlePages = 10;

    private readonly HashSet<string> _links = new(StringComparer.Ordinal);
    private TimeSpan? _timeLeft;
    private long _bytes;
    private int _idlePages;
    private int _rows;

    /// <summary>True for the first page.</summary>
    public bool IsFirst => _links.Count == 0;

    /// <summary>Prepares the request of the next page. All pages share one time limit.</summary>
    public RequestContext Begin(RequestContext request)
    {
        request.TimeLeft = _timeLeft;
        return request;
    }

    /// <summary>Records a page that was read.</summary>
    /// <param name="request">The request of the page.</param>
    /// <param name="rows">The number of rows read so far, on all pages.</param>
    /// <param name="link">The link to the next page; null for the last page.</param>
    /// <returns>True when there is another page.</returns>
    /// <exception cref="PulseRunException">The list does not end.</exception>
    public bool Follow(RequestContext request, int rows, string? link)
    {
        _timeLeft = request.TimeLeft;
        _bytes += request.Bytes;
        _idlePages = rows == _rows ? _idlePages + 1 : 0;
        _rows = rows;
        if (_bytes > JsonLimits.ListBytes)
            throw Failures.Malformed(request, "the list is larger than " + (JsonLimits.ListBytes >> 20) + " MB").Error;
        if (link is null)
            return false;
        if (!_links.Add(link))
            throw Incomplete("the server returned the same link to a next page twice");
        if (_idlePages == MaxIdlePages)
            throw Incomplete("the server keeps returning pages without new rows");
        if (_links.Count == MaxPages)
            throw Incomplete("the server returned more than " + MaxPages.ToString(CultureInfo.InvariantCulture) + " pages");
        return true;
    }

    /// <summary>Returns the error for a list that is known to be truncated.</summary>
    public PulseRunException Incomplete(string why) => Incomplete(why, _rows);

    /// <inheritdoc cref="Incomplete(string)"/>
    public PulseRunException Incomplete(string why, int rows) => new(
        ErrorIds.IncompleteList,
        "The list of " + what + " is not complete: " + why.TrimEnd('.') + ". "
        + rows.ToString(CultureInfo.InvariantCulture) + " " + what + " were read, but there are more.");
}
