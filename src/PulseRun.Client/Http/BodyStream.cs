using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Http;

/// <summary>Reads the body of an answer, until the attempt ends, and detects truncation.</summary>
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
        // Reads on .NET Framework ignore the token, so dispose the stream to end them.
        _registration = cancel.Register(static state => ((Stream)state!).Dispose(), stream);
#endif
    }

    /// <summary>Opens the stream of a body, for <see cref="Of"/>.</summary>
    public static Task<Stream> OpenAsync(HttpContent content, CancellationToken cancel) =>
#if NET
        content.ReadAsStreamAsync(cancel);
#else
        content.ReadAsStreamAsync();
#endif

    /// <summary>Returns the reader of an opened body, which decodes it.</summary>
    /// <exception cref="InvalidDataException">The body has an encoding that was not asked for.</exception>
    /// <remarks>Opening and reading are two methods, so that none of them is asynchronous: see <see cref="AttemptHandler"/>.</remarks>
    public static BodyStream Of(HttpContent content, Stream stream, CancellationToken cancel)
    {
        var encodings = content.Headers.ContentEncoding;
        if (encodings.Count == 0)
            return new BodyStream(stream, content.Headers.ContentLength, cancel);
        string name = encodings.Count == 1 ? encodings.First() : "";
        if (string.Equals(name, "identity", StringComparison.OrdinalIgnoreCase))
            return new BodyStream(stream, content.Headers.ContentLength, cancel);
        if (!string.Equals(name, Transport.Encoding, StringComparison.OrdinalIgnoreCase))
        {
            stream.Dispose();
            throw new InvalidDataException("The body has an encoding that was not asked for.");
        }
        // Content-Length is the compressed size, so it cannot be checked against decompressed data.
        return new BodyStream(new GZipStream(stream, CompressionMode.Decompress), null, cancel);
    }

    /// <summary>Reads into the buffer and returns the number of bytes; 0 at the end of the body.</summary>
    /// <exception cref="IOException">The body ended before its announced length.</exception>
#if NET
    public ValueTask<int> ReadAsync(byte[] buffer, int offset)
    {
        var read = _stream.ReadAsync(buffer.AsMemory(offset), _cancel);
#pragma warning disable VSTHRD103 // The task is completed.
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
#pragma warning disable VSTHRD003 // This class started the task.
        return Count(await read);
#pragma warning restore VSTHRD003
    }

    private int Count(int bytes)
    {
        _received += bytes;
        if (bytes == 0 && _received < _promised)
            throw new IOException("The body ended before its announced length.");
        return bytes;
    }
}
