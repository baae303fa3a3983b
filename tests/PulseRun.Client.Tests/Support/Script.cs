using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Tests.Support;

/// <summary>Provides a body in pieces, at the times that the test chooses, with an optional error.</summary>
internal sealed class Script : Stream
{
    private readonly SemaphoreSlim _ready = new(0);
    private readonly System.Collections.Concurrent.ConcurrentQueue<object> _pieces = new();
    private byte[] _current = [];
    private int _at;
    private int _waits;

    /// <summary>Gets the number of reads that have waited for a piece.</summary>
    public int Waits => Volatile.Read(ref _waits);

    /// <summary>Gets or sets whether the body ends after the pieces that were added.</summary>
    public static HttpResponseMessage Answer(params object[] pieces)
    {
        var script = new Script();
        foreach (object piece in pieces)
            script.Give(piece);
        script.Give("");
        return script.AsAnswer();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public HttpResponseMessage AsAnswer()
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(this) };
        return response;
    }

    /// <summary>Adds a text to be read, an exception to be thrown, or, with an empty text, the end.</summary>
    public void Give(object piece)
    {
        _pieces.Enqueue(piece);
        _ready.Release();
    }

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (_at == _current.Length)
        {
            Task ready = _ready.WaitAsync(cancellationToken);
            Interlocked.Increment(ref _waits);
            await ready;
            _pieces.TryDequeue(out object? piece);
            if (piece is Exception exception)
                throw exception;
            _current = piece as byte[] ?? Encoding.UTF8.GetBytes((string)piece!);
            _at = 0;
        }
        int length = Math.Min(count, _current.Length - _at);
        Buffer.BlockCopy(_current, _at, buffer, offset, length);
        _at += length;
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
