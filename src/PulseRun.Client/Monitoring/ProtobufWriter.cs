using System;
using System.Collections.Generic;
using System.Text;

namespace PulseRun.Client.Monitoring;

/// <summary>Writes the fields of a protobuf message.</summary>
internal sealed class ProtobufWriter
{
    private const int FixedType = 1, BytesType = 2;

    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => _bytes.ToArray();

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a message within this one.</summary>
    public ProtobufWriter Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        return Bytes(field, inner.ToArray());
    }

    /// <summary>Writes a value of type fixed64.</summary>
    public ProtobufWriter Fixed(int field, ulong value)
    {
        Varint((ulong)(field << 3 | FixedType));
        for (int shift = 0; shift < 64; shift += 8)
            _bytes.Add((byte)(value >> shift));
        return this;
    }

    public ProtobufWriter Double(int field, double value) => Fixed(field, (ulong)BitConverter.DoubleToInt64Bits(value));

    private ProtobufWriter Bytes(int field, byte[] value)
    {
        Varint((ulong)(field << 3 | BytesType));
        Varint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value > 0x7f; value >>= 7)
            _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
