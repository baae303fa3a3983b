using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Resources;

/// <summary>Tests alerts, schedules and webhooks against answers that are not documented, in each form that is common.</summary>
public class AccountObjectTests
{
    private const string AlertRow = """{"id":"al_1","type":"price_drop","gpu_type":"a100_80gb","threshold_price":"0.80","action":"notify","triggered":false,"created_at":"2026-03-01T12:00:00Z","team":"vision"}""";
    private const string ScheduleRow = """{"id":7,"name":"nightly","gpu":"h100_80gb","template":"pytorch","cron":"0 2 * * *","max_duration_hours":4,"max_cost":"10.5","prefer_spot":true,"created_at":"2026-03-01T12:00:00Z","team":"vision"}""";
    private const string WebhookRow = """{"id":"wh_1","url":"https://example.com/hook","events":["balance.low"],"enabled":true,"secret":"whsec_c2VjcmV0","created_at":"2026-03-01T12:00:00Z","team":"vision"}""";
    private const string RunRow = """{"id":"run_1","status":"completed","instance":{"id":"inst_1"},"started_at":"2026-03-01T02:00:00Z","finished_at":"2026-03-01T03:00:00Z","total_cost":2.1}""";

    public static TheoryData<string> Envelopes => ["[@]", """{"data":[@]}""", """{"#":[@]}""", """{"items":[@],"next_cursor":null}""", """{"data":{"#":[@]},"has_more":false}"""];

    public static TheoryData<string, int> Objects => new()
    {
        { "@", 201 },
        { """{"data":@}""", 200 },
        { """{"#":@}""", 201 },
        { """{"success":true,"#":@}""", 200 },
        { "[@]", 200 },
        { """{"data":{"#":@}}""", 202 },
    };

    [Theory]
    [MemberData(nameof(Envelopes))]
    public async Task AList_InAnyEnvelope(string envelope)
    {
        var alert = Assert.Single(await ListAsync(envelope, "alerts", AlertRow, rig => rig.Client.GetAlertsAsync(rig.Observer, Rig.None)));
        Assert.Equal(("al_1", "price_drop", "a100_80gb", 0.80m, false), (alert.Id, alert.Type, alert.Gpu, alert.PriceBelow, alert.Triggered));
        Assert.Equal("vision", alert.AdditionalProperties["team"]);
        var schedule = Assert.Single(await ListAsync(envelope, "schedules", ScheduleRow, rig => rig.Client.GetSchedulesAsync(rig.Observer, Rig.None)));
        Assert.Equal(("7", "nightly", "0 2 * * *", TimeSpan.FromHours(4), 10.5m, true), (schedule.Id, schedule.Name, schedule.Cron, schedule.MaxDuration, schedule.MaxCost, schedule.Spot));
        Assert.Equal(["2026-03-02T02", "2026-03-03T02", "2026-03-04T02"], schedule.NextRuns.Select(static time => time.ToString("yyyy-MM-dd'T'HH", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal("vision", schedule.AdditionalProperties["team"]);
        var webhook = Assert.Single(await ListAsync(envelope, "webhooks", WebhookRow, rig => rig.Client.GetWebhooksAsync(rig.Observer, Rig.None)));
        Assert.Equal(("wh_1", "https://example.com/hook", true), (webhook.Id, webhook.Uri, webhook.Enabled));
        Assert.Equal(["balance.low"], webhook.Events);
        Assert.Equal("whsec_c2VjcmV0".Length, webhook.Secret!.Length);
        Assert.Equal(["team"], webhook.AdditionalProperties.Keys);
        var run = Assert.Single(await ListAsync(envelope, "runs", RunRow, rig => rig.Client.GetScheduleRunsAsync("7", rig.Observer, Rig.None)));
        Assert.Equal(("run_1", "7", "inst_1", 2.1m, TimeSpan.FromHours(1)), (run.Id, run.ScheduleId, run.InstanceId, run.Cost, run.EndedAt - run.StartedAt));
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public async Task ACreatedObject_InAnyEnvelope(string envelope, int status)
    {
        using var alerts = Answering(envelope, "alert", AlertRow, status);
        Assert.Equal("al_1", (await alerts.Client.CreateAlertAsync(new AlertRequest { Gpu = "a100_80gb", PriceBelow = 0.80m }, alerts.Observer, Rig.None)).Id);
        using var webhooks = Answering(envelope, "webhook", WebhookRow, status);
        Assert.Equal("wh_1", (await webhooks.Client.CreateWebhookAsync(new WebhookRequest { Url = "https://example.com/hook", Events = ["balance.low"] }, webhooks.Observer, Rig.None)).Id);
        using var schedules = Answering(envelope, "schedule", ScheduleRow, status);
        var changed = await schedules.Client.SetScheduleAsync("7", Wanted, new Schedule { Id = "7" }, schedules.Observer, Rig.None);
        Assert.Equal(("7", "nightly", 10.5m), (changed.Id, changed.Name, changed.MaxCost));
    }

    [Theory]
    [InlineData(204, "")]
    [InlineData(202, "")]
    [InlineData(200, "{}")]
    [InlineData(200, "\"ok\"")]
    [InlineData(200, "<html>done</html>")]
    public async Task AnUpdateWithAShortAnswer_IsFilledInFromWhatWasSent(int status, string body)
    {
        using var rig = new Rig(new Stub(() => Stub.Answer(status, body)));
        var schedule = await rig.Client.SetScheduleAsync("7", Wanted, new Schedule { Id = "7", CreatedAt = rig.Time.GetUtcNow() }, rig.Observer, Rig.None);
        Assert.Equal(("7", "nightly", "0 2 * * *", TimeSpan.FromHours(3), false), (schedule.Id, schedule.Name, schedule.Cron, schedule.MaxDuration, schedule.Spot));
        Assert.NotNull(schedule.CreatedAt);
        Assert.Equal(3, schedule.NextRuns.Count);
        var webhook = await rig.Client.SetWebhookAsync(new Webhook { Id = "wh_1", Uri = "https://example.com/a", Events = ["balance.low"] }, new WebhookRequest { Enabled = false }, rig.Observer, Rig.None);
        Assert.Equal(("wh_1", "https://example.com/a", false), (webhook.Id, webhook.Uri, webhook.Enabled));
        await rig.Client.RemoveAlertAsync("al_1", rig.Observer, Rig.None);
    }

    [Fact]
    public async Task TheBodies_AreThoseOfTheDocumentation()
    {
        var stub = new Stub(() => Stub.Json("{\"id\":\"x\"}"));
        using var rig = new Rig(stub);
        await rig.Client.CreateAlertAsync(new AlertRequest { Gpu = "a100_80gb", PriceBelow = 0.80m }, rig.Observer, Rig.None);
        await rig.Client.CreateAlertAsync(new AlertRequest { SpendAbove = 50 }, rig.Observer, Rig.None);
        await rig.Client.CreateWebhookAsync(new WebhookRequest { Url = "https://example.com/", Events = ["balance.low"] }, rig.Observer, Rig.None);
        await rig.Client.SetScheduleAsync("x", Wanted, new Schedule { Id = "x" }, rig.Observer, Rig.None);
        Assert.Equal(
            [
                """{"type":"price_drop","action":"notify","gpu_type":"a100_80gb","threshold_price":0.80}""",
                """{"type":"budget_limit","action":"notify","threshold_dollars":50}""",
                """{"url":"https://example.com/","events":["balance.low"]}""",
                """{"name":"nightly","gpu":"h100_80gb","template":"pytorch","cron":"0 2 * * *","max_duration_hours":3,"prefer_spot":false}""",
            ],
            stub.Requests.Select(static one => one.Body));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(405)]
    public async Task AServerWithoutTheCollection_IsFeatureUnavailable(int status)
    {
        using var rig = new Rig(new Stub(() => Stub.Json("{\"detail\":\"Not Found\"}", status)));
        Func<Task>[] all =
        [
            () => rig.Client.GetAlertsAsync(rig.Observer, Rig.None),
            () => rig.Client.CreateAlertAsync(new AlertRequest { SpendAbove = 1 }, rig.Observer, Rig.None),
            () => rig.Client.GetSchedulesAsync(rig.Observer, Rig.None),
            () => rig.Client.GetWebhooksAsync(rig.Observer, Rig.None),
            () => rig.Client.CreateWebhookAsync(new WebhookRequest { Url = "https://example.com/", Events = ["balance.low"] }, rig.Observer, Rig.None),
        ];
        foreach (var call in all)
            Assert.Equal(ErrorIds.FeatureUnavailable, (await Assert.ThrowsAsync<PulseRunException>(call)).ErrorId);
    }

    [Fact]
    public async Task ANotFoundOfOneId_SaysWhetherTheWholeFeatureIsMissing()
    {
        using var without = new Rig(new Stub(() => Stub.Json("{\"detail\":\"Not Found\"}", 404)));
        using var with = new Rig(new Stub((request, _, _) => Task.FromResult(request.Method == HttpMethod.Get && !request.RequestUri!.AbsolutePath.EndsWith("/runs", StringComparison.Ordinal) ? Stub.Json("[]") : Stub.Json("{\"detail\":\"Not Found\"}", 404))));
        foreach (var (call, id) in new (Func<Rig, Task> Call, string Id)[]
        {
            (rig => rig.Client.RemoveAlertAsync("x", rig.Observer, Rig.None), ErrorIds.AlertNotFound),
            (rig => rig.Client.RemoveScheduleAsync("x", rig.Observer, Rig.None), ErrorIds.ScheduleNotFound),
            (rig => rig.Client.GetScheduleRunsAsync("x", rig.Observer, Rig.None), ErrorIds.ScheduleNotFound),
            (rig => rig.Client.SetScheduleAsync("x", Wanted, new Schedule { Id = "x" }, rig.Observer, Rig.None), ErrorIds.ScheduleNotFound),
            (rig => rig.Client.RemoveWebhookAsync("x", rig.Observer, Rig.None), ErrorIds.WebhookNotFound),
        })
        {
            Assert.Equal(ErrorIds.FeatureUnavailable, (await Assert.ThrowsAsync<PulseRunException>(() => call(without))).ErrorId);
            Assert.Equal(id, (await Assert.ThrowsAsync<PulseRunException>(() => call(with))).ErrorId);
        }
    }

    [Fact]
    public async Task ARemovalWhoseAnswerWasLost_IsASuccess()
    {
        var stub = new Stub(() => Stub.Json("{\"detail\":\"bad gateway\"}", 502), () => Stub.Json("{\"detail\":\"Not Found\"}", 404));
        using var rig = new Rig(stub);
        await rig.Client.RemoveWebhookAsync("wh_1", rig.Observer, Rig.None);
        Assert.Equal(2, stub.Count);
    }

    [Theory]
    [InlineData("{\"data\":[@],\"next_cursor\":\"c2\"}", "/v1/alerts?cursor=c2")]
    [InlineData("{\"data\":[@],\"next\":\"/v1/alerts?page=2\"}", "/v1/alerts?page=2")]
    public async Task Pages_AreFollowed(string first, string second)
    {
        var stub = new Stub(() => Stub.Json(first.Replace("@", AlertRow)), () => Stub.Json("[{\"id\":\"al_1\"},{\"id\":\"al_2\"}]"));
        using var rig = new Rig(stub);
        Assert.Equal(["al_1", "al_2"], (await rig.Client.GetAlertsAsync(rig.Observer, Rig.None)).Select(static one => one.Id));
        Assert.Equal(["/v1/alerts", second], stub.Requests.Select(static one => one.Path));
    }

    [Theory]
    [InlineData("{\"data\":[],\"has_more\":true}", ErrorIds.IncompleteList)]
    [InlineData("{\"data\":[{\"id\":\"a\"}],\"next\":\"https://elsewhere.test/v1/alerts?cursor=2\"}", ErrorIds.IncompleteList)]
    [InlineData("{\"data\":[{\"id\":\"a\"}],\"next_cursor\":\"same\"}", ErrorIds.IncompleteList)]
    [InlineData("{\"ok\":true}", ErrorIds.MalformedResponse)]
    [InlineData("<html></html>", ErrorIds.MalformedResponse)]
    [InlineData("", ErrorIds.MalformedResponse)]
    public async Task AListThatCannotBeTrusted_IsAnError(string body, string id)
    {
        using var rig = new Rig(new Stub(() => Stub.Json(body)));
        Assert.Equal(id, (await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.GetAlertsAsync(rig.Observer, Rig.None))).ErrorId);
    }

    [Fact]
    public async Task ALostAnswer_IsFoundInTheList()
    {
        var stub = new Stub((request, _, _) => Task.FromResult(request.Method == HttpMethod.Post ? Stub.Json("{\"detail\":\"bad gateway\"}", 502) : Stub.Json("[" + AlertRow + "]")));
        using var rig = new Rig(stub);
        var alert = await rig.Client.CreateAlertAsync(new AlertRequest { Gpu = "a100_80gb", PriceBelow = 0.80m }, rig.Observer, Rig.None);
        Assert.Equal("al_1", alert.Id);
        Assert.Single(rig.Observer.Warnings);
        Assert.Equal(["POST /v1/alerts", "GET /v1/alerts"], stub.Requests.Select(static one => one.ToString()));
        // Another price is another alert.
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.CreateAlertAsync(new AlertRequest { Gpu = "a100_80gb", PriceBelow = 0.70m }, rig.Observer, Rig.None));
        Assert.Equal(ErrorIds.ServerError, error.ErrorId);
        Assert.Contains("may have been created", error.Message);
    }

    [Theory]
    [InlineData("\"triggered\":true", true)]
    [InlineData("\"is_triggered\":\"false\"", false)]
    [InlineData("\"triggered_at\":\"2026-03-01T12:00:00Z\"", true)]
    [InlineData("\"status\":\"Triggered\"", true)]
    [InlineData("\"status\":\"active\"", null)]
    [InlineData("\"triggered_at\":null", null)]
    public async Task ATriggeredAlert_IsSoByAFlagATimeOrAState(string field, bool? triggered)
    {
        using var rig = new Rig(new Stub(() => Stub.Json("[{\"id\":\"a\"," + field + "}]")));
        Assert.Equal(triggered, Assert.Single(await rig.Client.GetAlertsAsync(rig.Observer, Rig.None)).Triggered);
    }

    [Fact]
    public async Task HostileValues_AreUnknown_AndSecretsAreHidden()
    {
        using var rig = new Rig(new Stub(() => Stub.Json("""[{"id":{"a":1},"name":["x"],"cron":"\u001b[31m","max_duration_hours":-3,"max_cost":1e300,"prefer_spot":"perhaps","startup_script":"export TOKEN=pr_live_CANARYcanary0123456789","created_at":17,"api_key":"pr_live_another0123456789"},5,null]""")));
        var schedule = Assert.Single(await rig.Client.GetSchedulesAsync(rig.Observer, Rig.None));
        Assert.Equal(("", null, null, null, null), (schedule.Id, schedule.Name, schedule.MaxDuration, schedule.MaxCost, schedule.Spot));
        Assert.Empty(schedule.NextRuns);
        Assert.DoesNotContain('\u001b', schedule.Cron!);
        Assert.DoesNotContain("CANARY", schedule.StartupScript);
        Assert.DoesNotContain("another", schedule.AdditionalProperties.ToString());
        Assert.Equal("export TOKEN=pr_live_CANARYcanary0123456789", schedule.Raw!.StartupScript);
    }

    private static ScheduleRequest Wanted => new() { Name = "nightly", Gpu = "h100_80gb", Template = "pytorch", Cron = "0 2 * * *", MaxDurationHours = 3, Spot = false };

    private static async Task<IReadOnlyList<T>> ListAsync<T>(string envelope, string name, string row, Func<Rig, Task<IReadOnlyList<T>>> list)
    {
        using var rig = Answering(envelope, name, row, 200);
        return await list(rig);
    }

    private static Rig Answering(string envelope, string name, string row, int status) => new(new Stub(() => Stub.Json(envelope.Replace("#", name).Replace("@", row), status)));
}
