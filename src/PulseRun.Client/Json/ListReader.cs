using System;
using System.Buffers;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading.Tasks;
using PulseRun.Client.Http;

namespace PulseRun.Client.Json;

/// <summary>Reads the pages of one list and passes on the rows in batches. No row is held back while waiting for the network.</summary>
internal sealed class ListReader(InstanceReader instances, string? status, Action<IReadOnlyList<Instance>> onBatch, Redactor redactor)
{
    private const int BatchSize = 64;
    private const int BufferSize = 64 << 10;

    private readonly List<string> _handedOver = [];
    private HashSet<string>? _known;
    private List<Instance> _batch = new(BatchSize);
    private Action<Instance>? _add;
    private long _bytes;

    /// <summary>Gets the number of instances received, including those that the filter removed.</summary>
    public int Count => _handedOver.Count;

    /// <summary>True when a body has begun and not yet ended.</summary>
    public bool IsMidway { get; private set; }

    /// <summary>Reads one page. If the same page is read again, no row is passed on twice.</summary>
    public async Task<ListParser> ReadPageAsync(HttpResponseMessage response, Attempt attempt)
    {
        // Only a page that is read again or follows another one can repeat a row, so the set is built only then.
        if (_handedOver.Count > 0)
            _known = new HashSet<string>(_handedOver, StringComparer.Ordinal);
        var parser = new ListParser(instances);
        using var stream = BodyStream.Of(response.Content, await BodyStream.OpenAsync(response.Content, attempt.Token), attempt.Token);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        int length = 0;
        bool isDebugged = attempt.Call.Observer.WantsDebug;
        try
        {
            while (true)
            {
                attempt.WatchForStall();
                var read = stream.ReadAsync(buffer, length);
                if (!read.IsCompleted && _batch.Count > 0)
                    Flush(attempt.Call);
                int count = await read;
                // Time spent on this side does not count.
                attempt.Disarm();
                if (count == 0)
                    break;
                IsMidway = true;
                if (isDebugged)
                {
                    // The beginning is enough to recognize the kind of answer.
                    attempt.Call.Observer.Debug(DebugText.Body(buffer, Math.Min(length + count, DebugText.MaxBytes), redactor));
                    isDebugged = false;
                }
                _bytes += count;
                attempt.Call.Bytes += count;
                length += count;
                if (_bytes > JsonLimits.ListBytes)
                    throw Failures.Malformed(attempt.Call, "the list is larger than " + (JsonLimits.ListBytes >> 20) + " MB");
                int skipped = parser.IsStarted ? 0 : Mark(buffer, length);
                int taken = skipped + parser.Take(buffer.AsSpan(skipped, length - skipped), Add(attempt.Call));
                length -= taken;
                Buffer.BlockCopy(buffer, taken, buffer, 0, length);
                if (length == buffer.Length)
                    buffer = Grow(buffer, attempt.Call);
            }
            Flush(attempt.Call);
        }
        catch (Exception) when (attempt.Call.ReceiverFault is null)
        {
            // Pass on the complete rows, whatever follows.
            Flush(attempt.Call);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        Check(parser, attempt.Call);
        IsMidway = false;
        return parser;
    }

    private Action<Instance> Add(RequestContext request) => _add ??= instance =>
    {
        if (_known is not null && !_known.Add(instance.Id))
            return;
        _handedOver.Add(instance.Id);
        if (status is not null && !InstanceStatus.Is(instance.Status, status))
            return;
        _batch.Add(instance);
        if (_batch.Count == BatchSize)
            Flush(request);
    };

    private void Flush(RequestContext request)
    {
        if (_batch.Count == 0)
            return;
        var batch = _batch;
        _batch = new List<Instance>(BatchSize);
        try
        {
            onBatch(batch);
        }
        catch (Exception exception)
        {
            request.ReceiverFault = exception;
            throw;
        }
    }

    private static void Check(ListParser parser, RequestContext request)
    {
        if (!parser.IsStarted)
            throw Failures.Malformed(request, "the answer is empty");
        if (!parser.IsComplete)
            throw Failures.Cut(request, "the JSON ends early");
        if (!parser.HasList)
            throw Failures.Malformed(request, "there is no list in the answer");
        if (parser.HasBadEntry)
            throw Failures.Malformed(request, "the list has an entry without an id");
    }

    /// <summary>Returns the length of a byte order mark.</summary>
    private static int Mark(byte[] buffer, int length) =>
        length >= 3 && buffer[0] == 0xEF && buffer[1] == 0xBB && buffer[2] == 0xBF ? 3 : 0;

    private static byte[] Grow(byte[] buffer, RequestContext request)
    {
        if (buffer.Length >= JsonLimits.ObjectBytes)
            throw Failures.Malformed(request, "one entry of the list is larger than " + (JsonLimits.ObjectBytes >> 20) + " MB");
        byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        Buffer.BlockCopy(buffer, 0, larger, 0, buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
