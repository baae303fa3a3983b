#nullable enable

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>
/// Receives OTLP over HTTP on a loopback port, and decodes it by the public protobuf definitions of OpenTelemetry, without any code of OpenTelemetry.
/// The Pester tests compile this file too, so it depends on nothing else.
/// </summary>
public sealed class OtlpCollector : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly object _lock = new();
    private readonly List<OtlpSpan> _spans = [];
    private readonly List<OtlpPoint> _points = [];
    private readonly List<string> _requests = [];
    private readonly StringBuilder _raw = new();

    public OtlpCollector()
    {
        _listener.Start();
        Endpoint = "http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    /// <summary>Gets the address for OTEL_EXPORTER_OTLP_ENDPOINT.</summary>
    public string Endpoint { get; }

    /// <summary>Gets or sets the status of the answers; 0 never answers.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Gets the spans.</summary>
    public OtlpSpan[] Spans { get { lock (_lock) return _spans.ToArray(); } }

    /// <summary>Gets the data points of all metrics.</summary>
    public OtlpPoint[] Points { get { lock (_lock) return _points.ToArray(); } }

    /// <summary>Gets the heads of the requests.</summary>
    public string[] Requests { get { lock (_lock) return _requests.ToArray(); } }

    /// <summary>Gets all bodies as text, to look for secrets.</summary>
    public string Raw { get { lock (_lock) return _raw.ToString(); } }

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream) is (string head, byte[] body))
                {
                    lock (_lock)
                    {
                        _requests.Add(head);
                        _raw.Append(head).Append(Encoding.Latin1.GetString(body));
                        if (head.StartsWith("POST /v1/traces ", StringComparison.Ordinal))
                            ReadTraces(body);
                        else if (head.Contains("/v1/metrics ", StringComparison.Ordinal))
                            ReadMetrics(body);
                    }
                    if (Status == 0)
                    {
                        // Until the client gives up.
                        _ = await stream.ReadAsync(new byte[1]);
                        return;
                    }
                    await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 " + Status + " X\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"));
                }
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException)
            {
                // The client disconnected, or the test is over.
            }
        }
    }

    private static async Task<(string Head, byte[] Body)?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            head.Append((char)one[0]);
        }
        string text = head.ToString();
        int at = text.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase) + 15;
        byte[] body = new byte[int.Parse(text[at..text.IndexOf('\r', at)].Trim(), System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        return (text, body);
    }

    private void ReadTraces(byte[] body)
    {
        foreach (var resource in new Message(body).All(1))
        {
            var attributes = Attributes(resource.One(1), 1);
            foreach (var span in resource.All(2).SelectMany(static scope => scope.All(2)))
            {
                _spans.Add(new OtlpSpan
                {
                    TraceId = span.Hex(1),
                    SpanId = span.Hex(2),
                    ParentId = span.Hex(4),
                    Name = span.Text(5) ?? "",
                    Kind = (int)span.Number(6),
                    Start = span.Number(7),
                    End = span.Number(8),
                    Attributes = Attributes(span, 9),
                    Events = span.All(11).Select(static one => one.Text(2) ?? "").ToArray(),
                    EventAttributes = span.All(11).Select(static one => Attributes(one, 3)).ToArray(),
                    Status = (int)(span.One(15)?.Number(3) ?? 0),
                    Resource = attributes,
                });
            }
        }
    }

    private void ReadMetrics(byte[] body)
    {
        foreach (var resource in new Message(body).All(1))
        {
            var attributes = Attributes(resource.One(1), 1);
            foreach (var metric in resource.All(2).SelectMany(static scope => scope.All(2)))
            {
                // Gauge, sum and histogram.
                foreach (int kind in new[] { 5, 7, 9 })
                {
                    foreach (var point in metric.All(kind).SelectMany(static one => one.All(1)))
                    {
                        _points.Add(new OtlpPoint
                        {
                            Name = metric.Text(1) ?? "",
                            Unit = metric.Text(3) ?? "",
                            Kind = kind == 5 ? "gauge" : kind == 7 ? "sum" : "histogram",
                            Attributes = Attributes(point, kind == 9 ? 9 : 7),
                            Value = kind == 9 ? point.Number(4) : point.Double(4) ?? point.Number(6),
                            Time = point.Number(3),
                            Resource = attributes,
                        });
                    }
                }
            }
        }
    }

    private static Dictionary<string, string> Attributes(Message? holder, int field)
    {
        var all = new Dictionary<string, string>();
        foreach (var pair in holder?.All(field) ?? [])
        {
            var value = pair.One(2);
            all.Add(pair.Text(1) ?? "", value?.Text(1) ?? (value?.Double(4) is { } real ? real.ToString(System.Globalization.CultureInfo.InvariantCulture) : value?.Number(3).ToString(System.Globalization.CultureInfo.InvariantCulture)) ?? "");
        }
        return all;
    }

    /// <summary>Reads the fields of one protobuf message.</summary>
    private sealed class Message
    {
        private readonly List<(int Field, byte[]? Bytes, ulong Number)> _fields = [];

        public Message(byte[] bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                ulong tag = Varint(bytes, ref at);
                int field = (int)(tag >> 3);
                switch (tag & 7)
                {
                    case 0:
                        _fields.Add((field, null, Varint(bytes, ref at)));
                        break;
                    case 1:
                        _fields.Add((field, null, BitConverter.ToUInt64(bytes, at)));
                        at += 8;
                        break;
                    case 2:
                        int length = (int)Varint(bytes, ref at);
                        _fields.Add((field, bytes[at..(at + length)], 0));
                        at += length;
                        break;
                    case 5:
                        _fields.Add((field, null, BitConverter.ToUInt32(bytes, at)));
                        at += 4;
                        break;
                    default:
                        throw new InvalidDataException("This is no protobuf message.");
                }
            }
        }

        public IEnumerable<Message> All(int field) => _fields.Where(one => one.Field == field && one.Bytes is not null).Select(static one => new Message(one.Bytes!));

        public Message? One(int field) => All(field).FirstOrDefault();

        public string? Text(int field) => _fields.Where(one => one.Field == field && one.Bytes is not null).Select(static one => Encoding.UTF8.GetString(one.Bytes!)).FirstOrDefault();

        public string Hex(int field) => _fields.Where(one => one.Field == field && one.Bytes is not null).Select(static one => Convert.ToHexString(one.Bytes!).ToLowerInvariant()).FirstOrDefault() ?? "";

        public ulong Number(int field) => _fields.Where(one => one.Field == field).Select(static one => one.Number).FirstOrDefault();

        public double? Double(int field) => _fields.Where(one => one.Field == field && one.Bytes is null).Select(static one => (double?)BitConverter.Int64BitsToDouble((long)one.Number)).FirstOrDefault();

        private static ulong Varint(byte[] bytes, ref int at)
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = bytes[at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                    return value;
            }
        }
    }
}

/// <summary>Represents a received span.</summary>
public sealed class OtlpSpan
{
    public string TraceId { get; set; } = "";

    public string SpanId { get; set; } = "";

    public string ParentId { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>Gets or sets the kind: 1 is internal, 3 is client.</summary>
    public int Kind { get; set; }

    public ulong Start { get; set; }

    public ulong End { get; set; }

    public Dictionary<string, string> Attributes { get; set; } = [];

    public string[] Events { get; set; } = [];

    public Dictionary<string, string>[] EventAttributes { get; set; } = [];

    /// <summary>Gets or sets the status: 0 is unset, 2 is an error.</summary>
    public int Status { get; set; }

    public Dictionary<string, string> Resource { get; set; } = [];
}

/// <summary>Represents a received data point.</summary>
public sealed class OtlpPoint
{
    public string Name { get; set; } = "";

    public string Unit { get; set; } = "";

    public string Kind { get; set; } = "";

    public Dictionary<string, string> Attributes { get; set; } = [];

    /// <summary>Gets or sets the value; the count of a histogram.</summary>
    public double Value { get; set; }

    public ulong Time { get; set; }

    public Dictionary<string, string> Resource { get; set; } = [];
}
