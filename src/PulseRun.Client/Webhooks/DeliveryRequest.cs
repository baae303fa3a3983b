using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading.Tasks;

namespace PulseRun.Client.Webhooks;

/// <summary>Reads one HTTP request of a sender of events, within bounds.</summary>
/// <param name="stream">The connection.</param>
internal sealed class DeliveryRequest(Stream stream)
{
    /// <summary>The largest body in bytes. An event is a few hundred.</summary>
    public const int MaxBody = 1 << 20;

    private const int MaxHead = 16 << 10;

    private readonly byte[] _buffer = new byte[MaxHead];
    private int _length;
    private int _next;

    /// <summary>Gets the headers by name. A header that was sent several times has its values joined.</summary>
    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the body, byte for byte.</summary>
    public byte[] Body { get; private set; } = [];

    /// <summary>Gets what is wrong with the request, as the end of a sentence.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>True when all of the request was read.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads the request. Returns 200 when it is complete, 0 when the sender disconnected, and otherwise the status to refuse it with.</summary>
    public async Task<int> ReadAsync()
    {
        int end;
        while ((end = EndOfHead()) < 0)
        {
            if (_length == MaxHead)
                return Refuse(431, "its headers are larger than 16 KB");
            int count = await stream.ReadAsync(_buffer, _length, MaxHead - _length);
            if (count == 0)
                return 0;
            _length += count;
        }
        _next = end + 4;
        string[] lines = Encoding.ASCII.GetString(_buffer, 0, end).Split(["\r\n"], StringSplitOptions.None);
        string[] start = lines[0].Split(' ');
        if (start.Length != 3 || !start[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
            return Refuse(400, "it is not HTTP/1.1");
        if (!ReadHeaders(lines))
            return Refuse(400, "a header is not valid");
        if (start[0] != "POST")
        {
            IsWhole = !Headers.ContainsKey("Content-Length") && !Headers.ContainsKey("Transfer-Encoding");
            return Refuse(405, "only POST is accepted");
        }
        bool hasLength = Headers.TryGetValue("Content-Length", out string? length);
        if (Headers.TryGetValue("Transfer-Encoding", out string? coding))
        {
            // If a request has a length and chunks, two readers of it could disagree about its end.
            if (hasLength || !string.Equals(coding.Trim(), "chunked", StringComparison.OrdinalIgnoreCase))
                return Refuse(400, "its transfer encoding is not supported");
            await ContinueAsync();
            return await ReadChunksAsync();
        }
        if (!hasLength)
            return Refuse(411, "it has no length");
        if (!long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long size))
            return Refuse(400, "its length is not a number");
        if (size > MaxBody)
            return Refuse(413, "its body is larger than 1 MB");
        await ContinueAsync();
        byte[] body = new byte[size];
        if (!await FillAsync(body))
            return 0;
        Body = body;
        IsWhole = true;
        return 200;
    }

    private async Task<int> ReadChunksAsync()
    {
        using var body = new MemoryStream();
        while (true)
        {
            if (await LineAsync() is not { } line)
                return 0;
            int mark = line.IndexOf(';');
            if (!int.TryParse(mark < 0 ? line : line.Substring(0, mark), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int size) || size < 0)
                return Refuse(400, "a chunk has no size");
            if (body.Length + size > MaxBody)
                return Refuse(413, "its body is larger than 1 MB");
            if (size == 0)
                break;
            byte[] chunk = new byte[size];
            if (!await FillAsync(chunk))
                return 0;
            await body.WriteAsync(chunk, 0, chunk.Length);
            if (await LineAsync() is not { } after)
                return 0;
            if (after.Length > 0)
                return Refuse(400, "a chunk is longer than its size");
        }
        // Trailers are dropped. Their number is bounded as that of headers is.
        for (int trailers = 0; await LineAsync() is { Length: > 0 }; trailers++)
        {
            if (trailers == 100)
                return Refuse(431, "it has too many trailers");
        }
        Body = body.ToArray();
        IsWhole = true;
        return 200;
    }

    private bool ReadHeaders(string[] lines)
    {
        for (int i = 1; i < lines.Length; i++)
        {
            int colon = lines[i].IndexOf(':');
            if (colon < 1 || lines[i][colon - 1] is ' ' or '\t' || lines[i][0] is ' ' or '\t')
                return false;
            string name = lines[i].Substring(0, colon);
            string value = lines[i].Substring(colon + 1).Trim();
            Headers[name] = Headers.TryGetValue(name, out string? earlier) ? earlier + " " + value : value;
        }
        return true;
    }

    private async Task ContinueAsync()
    {
        if (!Headers.TryGetValue("Expect", out string? expected) || !expected.Equals("100-continue", StringComparison.OrdinalIgnoreCase))
            return;
        byte[] go = Encoding.ASCII.GetBytes("HTTP/1.1 100 Continue\r\n\r\n");
        await stream.WriteAsync(go, 0, go.Length);
        await stream.FlushAsync();
    }

    /// <summary>Returns a line of at most 1000 characters without its end; null when the sender disconnected or the line is longer.</summary>
    private async Task<string?> LineAsync()
    {
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (line.Length < 1000)
        {
            if (!await FillAsync(one))
                return null;
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
        return null;
    }

    /// <summary>Fills a buffer with the next bytes. Returns false when the sender disconnected.</summary>
    private async Task<bool> FillAsync(byte[] target)
    {
        int done = 0;
        while (done < target.Length)
        {
            if (_next == _length)
            {
                _next = 0;
                _length = await stream.ReadAsync(_buffer, 0, _buffer.Length);
                if (_length == 0)
                    return false;
            }
            int count = Math.Min(target.Length - done, _length - _next);
            Buffer.BlockCopy(_buffer, _next, target, done, count);
            done += count;
            _next += count;
        }
        return true;
    }

    private int EndOfHead()
    {
        for (int i = 0; i + 3 < _length; i++)
        {
            if (_buffer[i] == '\r' && _buffer[i + 1] == '\n' && _buffer[i + 2] == '\r' && _buffer[i + 3] == '\n')
                return i;
        }
        return -1;
    }

    private int Refuse(int status, string problem)
    {
        Problem = problem;
        return status;
    }
}
