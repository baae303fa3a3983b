using System;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Http;

/// <summary>The body of an answer: ends when the attempt ends, and knows when it was cut.</summary>
internal sealed class BodyStream : IDisposable
{
    private readonly Stream _stream;
    private readonly CancellationToken _cancel;
#if !NET
    private readonly CancellationTokenRegistration _registration;
#endif
    private readonly long? _promised;
    private long _received;

    private BodyStream(Stream stream, long? promised, CancellationToken cancel)
    {
        _stream = stream;
        _promised = promised;
        _cancel = cancel;
#if !NET
        // A read that waits for the network does not hear of the token there.
        _registration = cancel.Register(static state => ((Stream)state!).Dispose(), stream);
#endif
    }

    /// <summary>Bytes so far, after decompression.</summary>
    public long Received => _received;

    public static async Task<BodyStream> OpenAsync(HttpContent content, CancellationToken cancel)
    {
#if NET
        var stream = await content.ReadAsStreamAsync(cancel);
#else
        var stream = await content.ReadAsStreamAsync();
#endif
        // The promise is about what is sent, so it says nothing once that is decompressed.
        bool isPlain = content.Headers.ContentEncoding.Count == 0;
        return new BodyStream(stream, isPlain ? content.Headers.ContentLength : null, cancel);
    }

    /// <summary>Starts a read; zero bytes are the end.</summary>
    /// <exception cref="IOException">The body ended before its promised length.</exception>
#if NET
    public ValueTask<int> ReadAsync(byte[] buffer, int offset)
    {
        var read = _stream.ReadAsync(buffer.AsMemory(offset), _cancel);
#pragma warning disable VSTHRD103 // It has completed.
        return read.IsCompletedSuccessfully ? new ValueTask<int>(Count(read.Result)) : FinishAsync(read.AsTask());
#pragma warning restore VSTHRD103
    }
#else
    public ValueTask<int> ReadAsync(byte[] buffer, int offset) =>
        new(FinishAsync(_stream.ReadAsync(buffer, offset, buffer.Length - offset, _cancel)).AsTask());
#endif

    public void Dispose()
    {
#if !NET
        _registration.Dispose();
#endif
        _stream.Dispose();
    }

    private async ValueTask<int> FinishAsync(Task<int> read)
    {
#pragma warning disable VSTHRD003 // Started by this class.
        return Count(await read);
#pragma warning restore VSTHRD003
    }

    private int Count(int bytes)
    {
        _received += bytes;
        if (bytes == 0 && _received < _promised)
            throw new IOException("The body ended before its promised length.");
        return bytes;
    }
}
