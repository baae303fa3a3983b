using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>
/// A server on a loopback port whose answers the test writes as text. It has a time of its own, and the client has another: both advance only when the test advances them.
/// The client reads its time from here, because the server is registered as an emulator.
/// </summary>
internal sealed class HostileServer : IEmulatorControl
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _sent = new();
    private readonly ConcurrentDictionary<string, HostileInstance> _instances = new(StringComparer.Ordinal);
    private long _now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).Ticks;

    public HostileServer()
    {
        _listener.Start();
        BaseUri = new Uri("http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture) + "/");
        Emulator = new Emulator(this);
        EmulatorRegistry.Add(Emulator);
        _ = AcceptAsync();
    }

    public Uri BaseUri { get; }

    public string ApiKey => "pr_test_hostile0123456789abcdef";

    /// <summary>Gets the public object, for scripts.</summary>
    public Emulator Emulator { get; }

    /// <summary>Gets the true time, which the server sends as Date. Each request takes a few milliseconds of it, so that no two readings have the same time.</summary>
    public DateTimeOffset Now => new(Interlocked.Read(ref _now), TimeSpan.Zero);

    /// <summary>Gets or sets the error of the client's clock.</summary>
    public TimeSpan ClientAhead { get; set; }

    /// <summary>Gets the client's time.</summary>
    public DateTimeOffset UtcNow => Now + ClientAhead;

    /// <summary>Gets the requests, as "METHOD /path".</summary>
    public string[] Sent => [.. _sent];

    /// <summary>Gets the requests that change something.</summary>
    public string[] Acts => [.. _sent.Where(static one => !one.StartsWith("GET ", StringComparison.Ordinal))];

    /// <summary>Gets the instances, in the order of their ids.</summary>
    public HostileInstance[] All => [.. _instances.Values.OrderBy(static one => one.Id, StringComparer.Ordinal)];

    /// <summary>Gets or sets a function that may answer a request in place of the server; null lets the server answer.</summary>
    public Func<string, Answer?> Intercept { get; set; } = static _ => null;

    /// <summary>Adds a running instance that started ten days ago.</summary>
    /// <param name="id">The id.</param>
    /// <param name="metrics">Returns the metrics as JSON; null for a 404.</param>
    public HostileInstance Add(string id, Func<HostileInstance, string?> metrics) =>
        _instances[id] = new HostileInstance(this, id, metrics);

    public HostileInstance Of(string id) => _instances[id];

    public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);

    public void ClearRequests() => _sent.Clear();

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
            catch (Exception error) when (error is ObjectDisposedException or SocketException or InvalidOperationException)
            {
                return;
            }
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                NetworkStream stream = client.GetStream();
                var text = new StringBuilder();
                byte[] buffer = new byte[8192];
                while (true)
                {
                    int end;
                    while ((end = EndOfRequest(text.ToString())) < 0)
                    {
                        int count = await stream.ReadAsync(buffer);
                        if (count == 0)
                            return;
                        text.Append(Encoding.UTF8.GetString(buffer, 0, count));
                    }
                    string[] first = text.ToString(0, end).Split('\r')[0].Split(' ');
                    text.Remove(0, end);
                    string request = first[0] + " " + first[1];
                    _sent.Enqueue(request);
                    Advance(TimeSpan.FromMilliseconds(3));
                    Answer answer = Intercept(request) ?? Serve(first[0], first[1].Split('?')[0]);
                    if (answer.Delay > TimeSpan.Zero)
                        await Task.Delay(answer.Delay);
                    if (answer.Status == 0)
                        return;
                    byte[] body = Encoding.UTF8.GetBytes(answer.Body);
                    string head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} X\r\nDate: {Now:R}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{answer.Headers}\r\n");
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(head));
                    await stream.WriteAsync(body);
                }
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException)
            {
                // The client disconnected.
            }
        }
    }

    private Answer Serve(string method, string path)
    {
        string[] parts = path.Split('/');
        if (parts.Length == 3)
            return new("[" + string.Join(",", All.Select(static one => one.Json)) + "]");
        if (!_instances.TryGetValue(parts[3], out HostileInstance? instance))
            return new("{\"detail\":\"not found\"}", 404);
        switch (method + " " + parts.ElementAtOrDefault(4))
        {
            case "GET metrics":
                return instance.Status == "running" && instance.Metrics(instance) is { } json ? new(json) : new("{\"detail\":\"not found\"}", 404);
            case "POST stop":
                instance.Stop();
                break;
            case "POST start":
                instance.Start();
                break;
            case "DELETE ":
                _instances.TryRemove(parts[3], out _);
                instance.Status = "terminated";
                break;
        }
        return new(instance.Json);
    }

    private static int EndOfRequest(string text)
    {
        int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
            return -1;
        int at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        int length = at < 0 || at > head ? 0 : int.Parse(text.AsSpan(at + 16, text.IndexOf('\r', at) - at - 16), CultureInfo.InvariantCulture);
        return text.Length >= head + 4 + length ? head + 4 + length : -1;
    }

    // The rest of an emulator, which this server does not have.
    double IEmulatorControl.TimeScale => 1;

    decimal IEmulatorControl.Balance { get; set; }

    int? IEmulatorControl.RequestsPerMinute { get; set; }

    bool IEmulatorControl.RetryAfterAsDate { get; set; }

    bool IEmulatorControl.AllowBilling { get; set; }

    TimeSpan IEmulatorControl.ProvisioningTime { get; set; }

    TimeSpan IEmulatorControl.StartingTime { get; set; }

    TimeSpan IEmulatorControl.StoppingTime { get; set; }

    string? IEmulatorControl.SshIdentityFile => null;

    string? IEmulatorControl.SshKnownHosts => null;

    void IEmulatorControl.OpenSsh() => throw new NotSupportedException();

    string? IEmulatorControl.GetSshHome(string id) => null;

    void IEmulatorControl.CutSsh(string id) => throw new NotSupportedException();

    IReadOnlyList<EmulatorRequest> IEmulatorControl.Requests => [];

    IReadOnlyList<Instance> IEmulatorControl.Instances => [];

    HttpMessageHandler IEmulatorControl.CreateHandler() => throw new NotSupportedException();

    Uri IEmulatorControl.Open(int port) => throw new NotSupportedException();

    void IEmulatorControl.Close() => Dispose();

    void IEmulatorControl.AddFault(EmulatorFault fault) => throw new NotSupportedException();

    void IEmulatorControl.ClearFaults() => throw new NotSupportedException();

    Instance IEmulatorControl.AddInstance(Instance instance) => throw new NotSupportedException();

    Instance IEmulatorControl.SetStatus(string id, string status) => throw new NotSupportedException();

    void IEmulatorControl.SetPrice(string gpu, decimal perHour) => throw new NotSupportedException();

    void IEmulatorControl.SetWorkload(string id, string workload) => throw new NotSupportedException();

    void IEmulatorControl.SetWorkload(string id, IReadOnlyList<EmulatorReading> readings, TimeSpan step) => throw new NotSupportedException();

    /// <summary>An answer.</summary>
    /// <param name="Body">The body.</param>
    /// <param name="Status">The status; 0 cuts the connection.</param>
    /// <param name="Headers">Further headers, each with its line break.</param>
    /// <param name="Delay">The real time before the answer.</param>
    internal sealed record Answer(string Body, int Status = 200, string Headers = "", TimeSpan Delay = default);
}

/// <summary>An instance of the hostile server.</summary>
internal sealed class HostileInstance(HostileServer server, string id, Func<HostileInstance, string?> metrics)
{
    public string Id => id;

    public string Status { get; set; } = "running";

    public DateTimeOffset? StartedAt { get; set; } = server.Now.AddDays(-10);

    public decimal Cost { get; set; } = 1;

    /// <summary>Gets or sets the function that returns the metrics as JSON; null for a 404.</summary>
    public Func<HostileInstance, string?> Metrics { get; set; } = metrics;

    /// <summary>Gets the true time.</summary>
    public DateTimeOffset Now => server.Now;

    /// <summary>Gets the uptime in seconds.</summary>
    public long Uptime => StartedAt is { } start ? (long)(server.Now - start).TotalSeconds : 0;

    /// <summary>Gets the instance as JSON.</summary>
    public string Json => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"id":"{{id}}","status":"{{Status}}","gpu":"h100_80gb","gpu_name":"H100","provider":"vast_ai","region":"us-east","ip":null,"ssh_command":null,"jupyter_url":null,"cost_per_hour":{{Cost}},"template":"pytorch","spot":false,"started_at":{{Started}},"created_at":"2026-02-01T00:00:00Z"}""");

    private string Started => StartedAt is { } start ? "\"" + start.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) + "\"" : "null";

    public void Stop() => Status = "stopped";

    public void Start() => (Status, StartedAt) = ("running", server.Now);

    /// <summary>Returns metrics with a load and the true uptime.</summary>
    public string Load(double load, string more = "") =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"gpu_utilization":{{load}},"uptime":{{Uptime}}{{more}}}""");
}
