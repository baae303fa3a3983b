using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using PulseRun.Core.Text;
using PulseRun.Core.Webhooks;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class AutomationTests
{
    private const string Nightly = """{"name":"nightly","gpu":"h100_80gb","template":"pytorch","cron":"0 2 * * *","max_duration_hours":3}""";

    [Fact]
    public async Task A_price_alert_is_triggered_when_the_price_falls()
    {
        using var rig = new Rig();
        Answer made = await rig.Post("/v1/alerts", """{"type":"price_drop","action":"notify","gpu_type":"a100_80gb","threshold_price":0.80}""");
        Assert.Equal(201, made.Status);
        Assert.False((bool)made.Json["triggered"]!);
        rig.Emulator.SetPrice("a100_80gb", 0.80m);
        Assert.False((bool)(await rig.Get("/v1/alerts")).Rows[0]!["triggered"]!);
        rig.Time.Advance(TimeSpan.FromHours(1));
        rig.Emulator.SetPrice("a100_80gb", 0.79m);
        JsonNode alert = (await rig.Get("/v1/alerts")).Rows[0]!;
        Assert.True((bool)alert["triggered"]!);
        Assert.Equal("2026-03-01T13:00:00Z", (string)alert["triggered_at"]!);
        // A launch pays the new price.
        Assert.Equal(0.79m, (decimal)(await rig.Launch("a100_80gb")).Json["cost_per_hour"]!);
    }

    [Fact]
    public async Task A_budget_alert_counts_the_charges_since_it_was_created()
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0, Balance = 100 });
        rig.Emulator.AddInstance(new Instance { CostPerHour = 6 });
        rig.Time.Advance(TimeSpan.FromHours(1));
        await rig.Post("/v1/alerts", """{"type":"budget_limit","action":"notify","threshold_dollars":1}""");
        rig.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.False((bool)(await rig.Get("/v1/alerts")).Rows[0]!["triggered"]!);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        JsonNode alert = (await rig.Get("/v1/alerts")).Rows[0]!;
        Assert.Equal((true, "2026-03-01T13:11:00Z"), ((bool)alert["triggered"]!, (string)alert["triggered_at"]!));
        Assert.Equal(204, (await rig.Send("DELETE", "/v1/alerts/" + (string)alert["id"]!)).Status);
        Assert.Empty((await rig.Get("/v1/alerts")).Rows);
    }

    [Theory]
    [InlineData("/v1/alerts", "{}", "body.action body.type")]
    [InlineData("/v1/alerts", """{"type":"price_drop","action":"notify"}""", "body.gpu_type body.threshold_price")]
    [InlineData("/v1/alerts", """{"type":"price_drop","action":"notify","gpu_type":"abacus","threshold_price":0}""", "body.gpu_type body.threshold_price")]
    [InlineData("/v1/alerts", """{"type":"budget_limit","action":"mail","threshold_dollars":1,"x":1}""", "body.action body.x")]
    [InlineData("/v1/schedules", "{}", "body.cron body.gpu body.name body.template")]
    [InlineData("/v1/schedules", """{"name":"a","gpu":"h100_80gb","template":"pytorch","cron":"0 25 * * *","max_duration_hours":1.5,"docker_image":"x"}""", "body.cron body.docker_image body.max_duration_hours")]
    [InlineData("/v1/webhooks", """{"url":"http://example.com","events":[]}""", "body.events body.url")]
    [InlineData("/v1/webhooks", """{"url":"https://example.com","events":"balance.low"}""", "body.events")]
    public async Task A_wrong_body_names_its_fields(string path, string body, string fields)
    {
        using var rig = new Rig();
        Answer answer = await rig.Post(path, body);
        Assert.Equal(422, answer.Status);
        Assert.Equal(fields, string.Join(" ", answer.Fields.OrderBy(static field => field, StringComparer.Ordinal)));
        Assert.Equal(400, (await rig.Post(path, "{")).Status);
    }

    [Fact]
    public async Task A_schedule_launches_at_its_times_and_ends_by_duration()
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0, Balance = 1000, TerminatedVisible = TimeSpan.FromDays(30) });
        Answer made = await rig.Post("/v1/schedules", Nightly);
        Assert.Equal((201, true, "2026-03-02T02:00:00Z"), (made.Status, (bool)made.Json["prefer_spot"]!, (string)made.Json["next_run_at"]!));
        string runs = "/v1/schedules/" + (string)made.Json["id"]! + "/runs";
        rig.Time.Advance(TimeSpan.FromHours(14.5));
        Instance running = Assert.Single(rig.Emulator.Instances);
        Assert.Equal(("h100_80gb", true, "running", new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero)), (running.Gpu, running.Spot, running.Status, running.CreatedAt));
        Assert.Equal("running", (string)Assert.Single((await rig.Get(runs)).Rows)!["status"]!);
        rig.Time.Advance(TimeSpan.FromDays(2));
        JsonArray rows = (await rig.Get(runs)).Rows;
        Assert.Equal(["completed", "completed", "running"], rows.Select(static row => (string)row!["status"]!));
        Assert.Equal(["max_duration", "max_duration", null], rows.Select(static row => (string?)row!["reason"]));
        Assert.Equal("2026-03-02T05:00:00Z", (string)rows[0]!["ended_at"]!);
        Assert.InRange((decimal)rows[0]!["cost"]!, 3.4m, 3.5m);
        Assert.Equal(rig.Emulator.Instances.Select(static one => one.Id), rows.Select(static row => (string)row!["instance_id"]!));
    }

    [Fact]
    public async Task A_run_ends_by_cost_and_the_next_is_skipped_while_one_is_active()
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0, Balance = 1000, TerminatedVisible = TimeSpan.FromDays(30) });
        string id = (string)(await rig.Post("/v1/schedules", """{"name":"a","gpu":"h100_80gb","template":"pytorch","cron":"0 * * * *","max_cost":2.5,"prefer_spot":false}""")).Json["id"]!;
        rig.Time.Advance(TimeSpan.FromHours(3.5));
        JsonArray rows = (await rig.Get("/v1/schedules/" + id + "/runs")).Rows;
        Assert.Equal(["completed", "skipped", "running"], rows.Select(static row => (string)row!["status"]!));
        Assert.Equal(("max_cost", 2.5m), ((string)rows[0]!["reason"]!, (decimal)rows[0]!["cost"]!));
        Assert.All(rig.Emulator.Instances, static one => Assert.False(one.Spot));
    }

    [Fact]
    public async Task Without_credit_a_run_fails()
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0, Balance = 10 });
        string id = (string)(await rig.Post("/v1/schedules", Nightly)).Json["id"]!;
        rig.Emulator.SetBalance(0);
        rig.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("failed", (string)Assert.Single((await rig.Get("/v1/schedules/" + id + "/runs")).Rows)!["status"]!);
        Assert.Empty(rig.Emulator.Instances);
    }

    [Fact]
    public async Task A_schedule_is_replaced_and_removed()
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0 });
        string path = "/v1/schedules/" + (string)(await rig.Post("/v1/schedules", Nightly)).Json["id"]!;
        Answer changed = await rig.Send("PUT", path, Nightly.Replace("0 2", "0 14"));
        Assert.Equal((200, "2026-03-01T14:00:00Z"), (changed.Status, (string)changed.Json["next_run_at"]!));
        Assert.Equal(422, (await rig.Send("PUT", path, """{"cron":"0 3 * * *"}""")).Status);
        Assert.Equal(204, (await rig.Send("DELETE", path)).Status);
        Assert.Equal(404, (await rig.Send("DELETE", path)).Status);
        Assert.Equal(404, (await rig.Send("PUT", path, Nightly)).Status);
        Assert.Equal(404, (await rig.Get(path + "/runs")).Status);
        rig.Time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(rig.Emulator.Instances);
    }

    [Theory]
    [InlineData("alerts", """{"type":"budget_limit","action":"notify","threshold_dollars":1}""")]
    [InlineData("schedules", Nightly)]
    [InlineData("webhooks", """{"url":"https://example.com","events":["balance.low"]}""")]
    public async Task The_faults_of_lists_apply(string name, string body)
    {
        using var rig = new Rig();
        for (int i = 0; i < 3; i++)
            await rig.Post("/v1/" + name, body);
        string path = "/v1/" + name;
        rig.Fault(EmulatorFaultKind.ListEnvelope, path, "Instances", times: 1);
        Assert.Equal(3, ((JsonArray)(await rig.Get(path)).Json[name]!).Count);
        rig.Fault(EmulatorFaultKind.ListEnvelope, path, "Bare", times: 1);
        Assert.Equal(3, ((JsonArray)(await rig.Get(path)).Json).Count);
        rig.Emulator.ClearFaults();
        rig.Fault(EmulatorFaultKind.Paging, path, "NextCursor");
        JsonNode first = (await rig.Get(path)).Json;
        Assert.Equal(2, ((JsonArray)first["data"]!).Count);
        Assert.Single((await rig.Get(path + "?cursor=" + (string)first["next_cursor"]!)).Rows);
        rig.Emulator.ClearFaults();
        rig.Fault(EmulatorFaultKind.ListLag, path);
        Assert.Empty((await rig.Get(path)).Rows);
        rig.Emulator.ClearFaults();
        rig.Fault(EmulatorFaultKind.ExtraFields, path);
        Assert.All((await rig.Get(path)).Rows, static row => Assert.Equal("extra", (string)row!["notes"]!));
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.MissingFields, Names = ["id"] });
        Assert.All((await rig.Get(path)).Rows, static row => Assert.Null(row!["id"]));
    }

    [Fact]
    public async Task Events_are_posted_signed_and_repeated_until_they_are_accepted()
    {
        using var receiver = new EventReceiver();
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0, Balance = 6 });
        Answer made = await rig.Post("/v1/webhooks", "{\"url\":\"" + receiver.Address + "\",\"events\":[\"instance.stopped\",\"balance.low\"]}");
        string secret = (string)made.Json["secret"]!;
        Assert.StartsWith("whsec_", secret);
        Assert.Null((await rig.Get("/v1/webhooks")).Rows[0]!["secret"]);
        receiver.Status = 500;
        string id = rig.Running();
        await rig.Post("/v1/instances/" + id + "/stop");
        await receiver.WaitAsync(1);
        receiver.Status = 200;
        for (int i = 0; i < 500 && receiver.Count < 2; i++)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(10);
        }
        await receiver.WaitAsync(2);
        (Dictionary<string, string> Headers, string Body)[] got = receiver.All;
        Assert.Equal(got[0].Headers["webhook-id"], got[1].Headers["webhook-id"]);
        Assert.Equal(got[0].Body, got[1].Body);
        JsonNode body = JsonNode.Parse(got[0].Body)!;
        Assert.Equal(("instance.stopped", id, got[0].Headers["webhook-id"]), ((string)body["type"]!, (string)body["data"]!["instance_id"]!, (string)body["id"]!));
        Assert.All(got, one => Assert.True(WebhookSignature.IsValid(
            WebhookScheme.StandardWebhooks, Encoding.UTF8.GetBytes(one.Body), SecretText.Of(secret), [one.Headers["webhook-signature"]], one.Headers["webhook-id"], one.Headers["webhook-timestamp"], TimeSpan.FromMinutes(10), rig.Time.GetUtcNow())));
        rig.Emulator.SetBalance(4);
        await receiver.WaitAsync(3);
        Assert.Equal("balance.low", (string)JsonNode.Parse(receiver.All[2].Body)!["type"]!);
        // Once below, it is not sent again.
        rig.Emulator.SetBalance(3);
        rig.Emulator.SetBalance(7);
        rig.Emulator.SetBalance(4);
        await receiver.WaitAsync(4);
    }

    [Fact]
    public async Task A_disabled_webhook_and_other_events_are_not_sent()
    {
        using var receiver = new EventReceiver();
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0 });
        Answer made = await rig.Post("/v1/webhooks", "{\"url\":\"" + receiver.Address + "\",\"events\":[\"instance.stopped\"],\"enabled\":false}");
        string id = rig.Running();
        await rig.Post("/v1/instances/" + id + "/stop");
        Answer changed = await rig.Send("PUT", "/v1/webhooks/" + (string)made.Json["id"]!, "{\"url\":\"" + receiver.Address + "\",\"events\":[\"instance.terminated\"]}");
        Assert.True((bool)changed.Json["enabled"]!);
        await rig.Send("DELETE", "/v1/instances/" + id);
        await receiver.WaitAsync(1);
        Assert.Contains("instance.terminated", Assert.Single(receiver.All).Body);
    }

    /// <summary>Receives deliveries on a loopback port.</summary>
    private sealed class EventReceiver : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<(Dictionary<string, string> Headers, string Body)> _all = [];

        public EventReceiver()
        {
            _listener.Start();
            Address = "http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port + "/";
            _ = AcceptAsync();
        }

        public string Address { get; }

        public int Status { get; set; } = 200;

        public int Count => All.Length;

        public (Dictionary<string, string> Headers, string Body)[] All
        {
            get
            {
                lock (_all)
                    return [.. _all];
            }
        }

        public async Task WaitAsync(int count)
        {
            for (int i = 0; i < 3000 && Count < count; i++)
                await Task.Delay(10);
            Assert.InRange(Count, count, int.MaxValue);
        }

        public void Dispose() => _listener.Stop();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync();
                    using var reader = new StreamReader(client.GetStream(), Encoding.UTF8, false, 1024, leaveOpen: true);
                    var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                    await reader.ReadLineAsync();
                    while (await reader.ReadLineAsync() is { Length: > 0 } line)
                        headers[line.Split(':')[0]] = line.Substring(line.IndexOf(':') + 1).Trim();
                    char[] body = new char[int.Parse(headers["Content-Length"], System.Globalization.CultureInfo.InvariantCulture)];
                    await reader.ReadBlockAsync(body, 0, body.Length);
                    byte[] answer = Encoding.ASCII.GetBytes("HTTP/1.1 " + Status + " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    await client.GetStream().WriteAsync(answer, 0, answer.Length);
                    lock (_all)
                        _all.Add((headers, new string(body)));
                }
            }
            catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The test is over.
            }
        }
    }
}
