using System;
using System.Collections.Generic;
using System.Globalization;
using PulseRun.Client.Json;

namespace PulseRun.Client.Http;

/// <summary>Follows the pages of one list. It ends a list that never ends: in pages, in bytes, in time, in circles, or in pages that bring nothing.</summary>
/// <param name="what">What is listed, in the plural.</param>
internal sealed class PageTrail(string what)
{
    /// <summary>More than any account has, and few enough to notice.</summary>
    public const int MaxPages = 1000;

    /// <summary>Servers may filter after they have cut their pages; they do not leave this many empty.</summary>
    public const int MaxIdlePages = 10;

    private readonly HashSet<string> _links = new(StringComparer.Ordinal);
    private TimeSpan? _timeLeft;
    private long _bytes;
    private int _idlePages;
    private int _rows;

    /// <summary>True until the first page has been left for another one.</summary>
    public bool IsFirst => _links.Count == 0;

    /// <summary>Prepares the request of the next page: all pages share one time limit.</summary>
    public RequestContext Begin(RequestContext request)
    {
        request.TimeLeft = _timeLeft;
        return request;
    }

    /// <summary>Notes a page that has been read.</summary>
    /// <param name="request">Its request.</param>
    /// <param name="rows">How many rows there are now, those of all pages together.</param>
    /// <param name="link">Where the next page is; null when this is the last one.</param>
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
            throw Incomplete("the server's pages go in circles");
        if (_idlePages == MaxIdlePages)
            throw Incomplete("the server names ever more pages, and nothing is in them");
        if (_links.Count == MaxPages)
            throw Incomplete("the server names more than " + MaxPages.ToString(CultureInfo.InvariantCulture) + " pages");
        return true;
    }

    /// <summary>Makes the error of a list that is known to be cut.</summary>
    public PulseRunException Incomplete(string why) => Incomplete(why, _rows);

    /// <inheritdoc cref="Incomplete(string)"/>
    public PulseRunException Incomplete(string why, int rows) => new(
        ErrorIds.IncompleteList,
        "The list of " + what + " is not complete: " + why.TrimEnd('.') + ". "
        + rows.ToString(CultureInfo.InvariantCulture) + " " + what + " were read; there are more.");
}
