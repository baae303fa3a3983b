using System;
using System.Buffers;
using System.Net.Http;
using System.Threading.Tasks;
using PulseRun.Client.Json;

namespace PulseRun.Client.Http;

/// <summary>Holds a whole body in a rented buffer.</summary>
/// <remarks>This is a class for the reason that <see cref="Reply{T}"/> is one.</remarks>
internal sealed class Body : IDisposable
{
    private const int FirstSize = 4096;

    private Body(byte[] buffer, int length, bool isTooLarge)
    {
        Buffer = buffer;
        Length = length;
        IsTooLarge = isTooLarge;
    }

    public byte[] Buffer { get; }

    public int Length { get; }

    /// <summary>True when the body exceeded the limit; the buffer then holds its beginning.</summary>
    public bool IsTooLarge { get; }

    public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

    public static async Task<Body> ReadAsync(HttpContent content, int limit, Attempt attempt)
    {
        using var stream = BodyStream.Of(content, await BodyStream.OpenAsync(content, attempt.Token), attempt.Token);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
        int length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    System.Buffer.BlockCopy(buffer, 0, larger, 0, length);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
                int count = await stream.ReadAsync(buffer, length);
                length += count;
                attempt.Call.Bytes += count;
                if (count == 0 || length > limit)
                    return new Body(buffer, Math.Min(length, limit), length > limit);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <summary>Reads an answer that consists of one object, and writes it to the debug stream.</summary>
    /// <exception cref="RequestFailure">The answer is too large.</exception>
    public static async Task<Body> ReadObjectAsync(HttpContent content, Attempt attempt, Redactor redactor)
    {
        var body = await ReadAsync(content, JsonLimits.ObjectBytes, attempt);
        if (attempt.Call.Observer.WantsDebug)
            attempt.Call.Observer.Debug(DebugText.Body(body.Buffer, Math.Min(body.Length, DebugText.MaxBytes), redactor));
        if (!body.IsTooLarge)
            return body;
        body.Dispose();
        throw Failures.Malformed(attempt.Call, "the answer is larger than " + (JsonLimits.ObjectBytes >> 20) + " MB");
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(Buffer);
}
