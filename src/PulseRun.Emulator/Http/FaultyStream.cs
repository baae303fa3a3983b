using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Emulator.Http;

/// <summary>Provides a faulty body: one half and then a closed connection, one half and then nothing, or a body without end.</summary>
internal sealed class FaultyStream : Stream
{
    private readonly Delivery _delivery;
    private readonly byte[] _repeat;
    private readonly CancellationTokenSource _disposed = new();
    private byte[] _part;
    private int _end;
    private int _position;

    public FaultyStream(byte[] body, Reply reply)
    {
        _delivery = reply.Delivery;
        _repeat = Encoding.UTF8.GetBytes(reply.Repeat);
        _part = body;
        _end = _delivery == Delivery.Endless ? body.Length : body.Length / 2;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_position == _end && _delivery == Delivery.Stalled)
            _disposed.Token.WaitHandle.WaitOne();
        return Take(buffer, offset, count);
    }

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (_position == _end && _delivery == Delivery.Stalled)
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
            await Task.Delay(Timeout.Infinite, either.Token);
        }
        return Take(buffer, offset, count);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // Cancel without disposing: a pending read still holds the token.
        if (disposing)
            _disposed.Cancel();
        base.Dispose(disposing);
    }

    private int Take(byte[] buffer, int offset, int count)
    {
        if (_position == _end)
        {
            if (_delivery != Delivery.Endless)
                throw new IOException("The response ended prematurely: the emulator closed the connection.");
            _part = _repeat;
            _end = _repeat.Length;
            _position = 0;
        }
        int taken = Math.Min(count, _end - _position);
        Array.Copy(_part, _position, buffer, offset, taken);
        _position += taken;
        return taken;
    }
}
