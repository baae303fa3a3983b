using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Emulator.Faults;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class FaultTests
{
    private static readonly TransportKind[] s_doors = [TransportKind.InProcess, TransportKind.Loopback];

    [Theory]
    [InlineData("Seconds", "9")]
    [InlineData(null, "9")]
    [InlineData("date", "Sun, 01 Mar 2026 12:00:09 GMT")]
    [InlineData("Absent", null)]
    [InlineData("Past", "Sun, 01 Mar 2026 11:00:00 GMT")]
    [InlineData("Absurd", "99999999999")]
    [InlineData("Broken", "soon")]
    public async Task Too_many_requests_has_every_form_of_retry_after(string? form, string? header)
    {
        foreach (TransportKind transport in s_doors)
        {
            using var rig = new Rig(transport);
            rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.TooManyRequests, Form = form, RetryAfter = 9 });
            Answer answer = await rig.Get("/v1/instances");
            Assert.Equal(429, answer.Status);
            Assert.Equal(header, answer.Header("Retry-After"));
        }
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ServerError, null, 500, "{\"detail\":\"Boom\"}", "application/json")]
    [InlineData(EmulatorFaultKind.ServerError, "Array", 500, "{\"detail\":[{\"loc\":[\"body\",\"gpu\"],\"msg\":\"Boom\",\"type\":\"value_error\"}]}", "application/json")]
    [InlineData(EmulatorFaultKind.ServerError, "Nested", 500, "{\"error\":{\"code\":\"provider_error\",\"error\":{\"message\":\"Boom\"}}}", "application/json")]
    [InlineData(EmulatorFaultKind.ServerError, "Text", 500, "Boom", "text/plain")]
    [InlineData(EmulatorFaultKind.ServerError, "Empty", 500, "", null)]
    [InlineData(EmulatorFaultKind.ServerError, "Html", 500, "<html><head><title>500</title></head><body><h1>Boom</h1><hr>nginx</body></html>", "text/html")]
    [InlineData(EmulatorFaultKind.HtmlError, null, 502, "<html><head><title>502</title></head><body><h1>Boom</h1><hr>nginx</body></html>", "text/html")]
    [InlineData(EmulatorFaultKind.NestedError, null, 500, "{\"error\":{\"code\":\"provider_error\",\"error\":{\"message\":\"Boom\"}}}", "application/json")]
    public async Task An_error_has_its_form_before_or_after_the_effect(EmulatorFaultKind kind, string? form, int status, string body, string? type)
    {
        foreach (TransportKind transport in s_doors)
        {
            foreach (bool after in new[] { false, true })
            {
                using var rig = new Rig(transport);
                string id = rig.Running();
                rig.Emulator.AddFault(new EmulatorFault { Kind = kind, Form = form, Text = "Boom", AfterEffect = after, Times = 1 });
                Answer answer = await rig.Post("/v1/instances/" + id + "/stop");
                Assert.Equal(status, answer.Status);
                Assert.Equal(body, answer.Body);
                Assert.Equal(type, answer.Header("Content-Type"));
                Assert.Equal(after ? "stopped" : "running", Status(rig, id));
                Assert.Equal(status, rig.Emulator.Requests.Single().Status);
            }
        }
    }

    [Fact]
    public async Task A_server_error_after_the_effect_has_launched()
    {
        using var rig = new Rig();
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Status = 503 });
        Assert.Equal(503, (await rig.Launch()).Status);
        Assert.Equal(7, rig.Emulator.Instances.Count);
    }

    [Fact]
    public async Task A_fault_after_the_effect_does_not_change_a_rejection()
    {
        using var rig = new Rig();
        rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect);
        Assert.Equal(404, (await rig.Get("/v1/instances/inst_nobody")).Status);
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task No_capacity_rejects_launch_and_start_only(TransportKind transport)
    {
        using var rig = new Rig(transport);
        string id = rig.Running();
        rig.Emulator.SetStatus(id, "stopped");
        rig.Fault(EmulatorFaultKind.NoCapacity);
        Assert.Equal(200, (await rig.Get("/v1/instances")).Status);
        foreach (Answer answer in new[] { await rig.Launch(), await rig.Post("/v1/instances/" + id + "/start") })
        {
            Assert.Equal(409, answer.Status);
            Assert.Contains("capacity", answer.Detail, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal("stopped", Status(rig, id));
        Assert.Equal(7, rig.Emulator.Instances.Count);
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task A_redirect_names_its_address(TransportKind transport)
    {
        using var rig = new Rig(transport);
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.RedirectTo, Url = new Uri("https://elsewhere.invalid/v1/instances") });
        Answer answer = await rig.Get("/v1/instances");
        Assert.Equal(307, answer.Status);
        Assert.Equal("https://elsewhere.invalid/v1/instances", answer.Header("Location"));
    }

    [Theory]
    [InlineData(TransportKind.InProcess, false)]
    [InlineData(TransportKind.InProcess, true)]
    [InlineData(TransportKind.Loopback, false)]
    [InlineData(TransportKind.Loopback, true)]
    public async Task A_closed_connection_sends_nothing(TransportKind transport, bool after)
    {
        using var rig = new Rig(transport);
        string id = rig.Running();
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.CutBeforeAnswer, AfterEffect = after });
        await Assert.ThrowsAsync<HttpRequestException>(() => rig.Send("DELETE", "/v1/instances/" + id));
        Assert.Equal(after ? "terminated" : "running", Status(rig, id));
        Assert.All(rig.Emulator.Requests, request => Assert.Equal(0, request.Status));
        rig.Emulator.ClearFaults();
        Assert.Equal(200, (await rig.Get("/v1/instances")).Status);
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task Half_an_answer_announces_its_full_length(TransportKind transport)
    {
        using var rig = new Rig(transport);
        string id = rig.Running();
        rig.Fault(EmulatorFaultKind.HalfAnswer);
        using HttpResponseMessage response = await rig.Http.GetAsync("/v1/instances/" + id, HttpCompletionOption.ResponseHeadersRead);
        int length = (int)response.Content.Headers.ContentLength!;
        (int read, Exception? end) = await ReadAll(await response.Content.ReadAsStreamAsync());
        Assert.Equal(length / 2, read);
        Assert.True(end is IOException || read == length / 2, "The end is an error, or as early as it is.");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => rig.Get("/v1/instances/" + id));
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task Half_an_answer_has_had_its_whole_effect(TransportKind transport)
    {
        using var rig = new Rig(transport);
        string id = rig.Running();
        rig.Fault(EmulatorFaultKind.HalfAnswer);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => rig.Post("/v1/instances/" + id + "/stop"));
        Assert.Equal("stopped", Status(rig, id));
    }

    [Theory]
    [InlineData(TransportKind.InProcess, false)]
    [InlineData(TransportKind.InProcess, true)]
    [InlineData(TransportKind.Loopback, false)]
    [InlineData(TransportKind.Loopback, true)]
    public async Task A_hanging_answer_hangs_until_the_client_goes(TransportKind transport, bool after)
    {
        using var rig = new Rig(transport);
        string id = rig.Running();
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.Hang, Method = "DELETE", AfterEffect = after });
        using var cancel = new CancellationTokenSource();
        Task<Answer> hanging = rig.Send("DELETE", "/v1/instances/" + id, cancel: cancel.Token);
        Answer other = await rig.Get("/v1/instances");
        while (rig.Emulator.Requests.Count < 2 || (after && Status(rig, id) != "terminated"))
            await Task.Yield();
        Assert.Equal(200, other.Status);
        Assert.False(hanging.IsCompleted);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        Assert.Equal(after ? "terminated" : "running", Status(rig, id));
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task A_stalled_body_sends_half_and_then_nothing(TransportKind transport)
    {
        using var rig = new Rig(transport);
        rig.Fault(EmulatorFaultKind.StalledBody);
        using HttpResponseMessage response = await rig.Http.GetAsync("/v1/instances", HttpCompletionOption.ResponseHeadersRead);
        int length = (int)response.Content.Headers.ContentLength!;
        using Stream stream = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[length];
        int read = 0;
        while (read < length / 2)
            read += await stream.ReadAsync(buffer, read, length - read);
        Assert.Equal(length / 2, read);
        using var cancel = new CancellationTokenSource();
        Task<int> more = stream.ReadAsync(buffer, read, length - read, cancel.Token);
        Assert.False(more.IsCompleted);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => more);
    }

    [Theory]
    [InlineData(TransportKind.InProcess, "/v1/instances", "[{\"id\":\"inst_endless\"")]
    [InlineData(TransportKind.Loopback, "/v1/instances", "[{\"id\":\"inst_endless\"")]
    [InlineData(TransportKind.InProcess, "/v1/billing/balance", "{\"id\":\"inst_endless\"")]
    [InlineData(TransportKind.Loopback, "/v1/billing/balance", "{\"id\":\"inst_endless\"")]
    public async Task A_huge_answer_never_ends(TransportKind transport, string path, string begin)
    {
        using var rig = new Rig(transport);
        rig.Fault(EmulatorFaultKind.HugeAnswer);
        using HttpResponseMessage response = await rig.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Null(response.Content.Headers.ContentLength);
        using Stream stream = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[65536];
        long read = 0;
        string text = "";
        while (read < 8_000_000)
        {
            int part = await stream.ReadAsync(buffer, 0, buffer.Length);
            Assert.True(part > 0);
            if (text.Length < begin.Length)
                text += System.Text.Encoding.UTF8.GetString(buffer, 0, part);
            read += part;
        }
        Assert.StartsWith(begin, text);
    }

    [Fact]
    public async Task Deep_nesting_is_as_deep_as_asked()
    {
        using var rig = new Rig();
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.DeepNesting, Count = 1000 });
        Answer answer = await rig.Get("/v1/instances/" + rig.Running());
        Assert.Equal(1000, answer.Body.Split(["\"deeper\":"], StringSplitOptions.None).Length - 1);
        Assert.StartsWith("{\"id\":", answer.Body);
    }

    [Fact]
    public async Task Not_json_is_text_with_a_success()
    {
        using var rig = new Rig();
        rig.Fault(EmulatorFaultKind.NotJson);
        Answer answer = await rig.Get("/v1/instances");
        Assert.Equal(200, answer.Status);
        Assert.Equal("It works!", answer.Body);
        Assert.Equal("text/plain", answer.Header("Content-Type"));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task Actions_with_an_empty_answer_have_taken_effect(int status)
    {
        foreach (TransportKind transport in s_doors)
        {
            using var rig = new Rig(transport);
            string path = "/v1/instances/" + rig.Running();
            rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.EmptyAnswer, Status = status });
            foreach (Answer answer in new[] { await rig.Launch(), await rig.Post(path + "/stop"), await rig.Post(path + "/start"), await rig.Send("DELETE", path) })
            {
                Assert.Equal(status, answer.Status);
                Assert.Equal("", answer.Body);
            }
            Assert.Equal("terminated", (string)(await rig.Get(path)).Json["status"]!);
            Assert.Equal(8, rig.Emulator.Instances.Count);
        }
    }

    [Fact]
    public async Task Actions_return_a_partial_answer()
    {
        using var rig = new Rig();
        string id = rig.Running();
        rig.Fault(EmulatorFaultKind.PartialAnswer);
        Assert.Equal("{\"id\":\"" + id + "\",\"status\":\"stopped\"}", (await rig.Post("/v1/instances/" + id + "/stop")).Body);
        Assert.Equal(14, (await rig.Get("/v1/instances/" + id)).Json.AsObject().Count);
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.MissingFields, Names = ["status"] });
        Assert.Equal("{\"id\":\"" + id + "\",\"status\":null}", (await rig.Send("DELETE", "/v1/instances/" + id)).Body);
    }

    [Fact]
    public async Task Fields_are_added_and_left_out()
    {
        using var rig = new Rig();
        string path = "/v1/instances/" + rig.Running();
        rig.Fault(EmulatorFaultKind.ExtraFields, times: 1);
        Assert.Equal("vision", (string)(await rig.Get(path)).Json["labels"]!["team"]!);
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.ExtraFields, Names = ["note"], Text = "canary", Times = 1 });
        Assert.Equal("canary", (string)(await rig.Get(path)).Json["note"]!);
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.MissingFields, Names = ["spot", "cost_per_hour", "uptime"] });
        JsonObject json = (await rig.Get(path)).Json.AsObject();
        Assert.Equal(12, json.Count);
        Assert.False(json.ContainsKey("spot") || json.ContainsKey("cost_per_hour"));
        Assert.False((await rig.Get(path + "/metrics")).Json.AsObject().ContainsKey("uptime"));
    }

    [Theory]
    [InlineData("Z", "2026-03-01T12:00:00Z")]
    [InlineData("Offset", "2026-03-01T14:00:00+02:00")]
    [InlineData("Fraction", "2026-03-01T12:00:00.250000Z")]
    [InlineData("NoZone", "2026-03-01T12:00:00")]
    public async Task Dates_come_in_their_form(string form, string expected)
    {
        using var rig = new Rig();
        rig.Time.Advance(TimeSpan.FromSeconds(0.25));
        rig.Fault(EmulatorFaultKind.DateForm, form: form);
        JsonNode json = (await rig.Get("/v1/instances/" + rig.Running())).Json;
        Assert.Equal(expected, (string)json["created_at"]!);
        Assert.Equal(expected, (string)json["started_at"]!);
    }

    [Fact]
    public async Task An_unknown_status_changes_the_answer_only()
    {
        using var rig = new Rig();
        string id = rig.Running();
        rig.Fault(EmulatorFaultKind.UnknownStatus);
        Assert.Equal("hibernating", (string)(await rig.Get("/v1/instances/" + id)).Json["status"]!);
        Assert.Equal("running", Status(rig, id));
    }

    [Theory]
    [InlineData(null, "data")]
    [InlineData("Data", "data")]
    [InlineData("Instances", "instances")]
    [InlineData("Bare", null)]
    public async Task The_list_comes_in_its_envelope(string? form, string? name)
    {
        using var rig = new Rig();
        if (form is not null)
            rig.Fault(EmulatorFaultKind.ListEnvelope, form: form);
        Answer answer = await rig.Get("/v1/instances");
        Assert.Equal(6, answer.Rows.Count);
        Assert.Equal(name, (answer.Json as JsonObject)?.Single().Key);
    }

    [Theory]
    [InlineData(TransportKind.InProcess, "NextCursor")]
    [InlineData(TransportKind.Loopback, "NextCursor")]
    [InlineData(TransportKind.InProcess, "Next")]
    [InlineData(TransportKind.Loopback, "Next")]
    public async Task Pages_return_every_row_once_even_when_one_is_removed(TransportKind transport, string form)
    {
        using var rig = new Rig(transport, new EmulatorOptions { TerminatedVisible = TimeSpan.Zero });
        string[] expected = [.. rig.Emulator.Instances.Where(instance => instance.Status == "running").Select(instance => instance.Id)];
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.Paging, Form = form, Count = 2 });
        List<string> ids = [];
        string? path = "/v1/instances?status=running";
        while (path is not null)
        {
            Answer page = await rig.Get(path);
            Assert.InRange(page.Rows.Count, 1, 2);
            ids.AddRange(page.Ids);
            if (ids.Count == 2)
                rig.Emulator.SetStatus(ids[0], "terminated");
            string? next = (string?)page.Json[form == "Next" ? "next" : "next_cursor"];
            path = next is null || form == "Next" ? next : "/v1/instances?status=running&cursor=" + next;
        }
        Assert.Equal(expected, ids);
        Assert.Equal(3, rig.Emulator.Requests.Count);
    }

    [Fact]
    public async Task An_unknown_cursor_is_invalid()
    {
        using var rig = new Rig();
        Assert.Equal(["query.cursor"], (await rig.Get("/v1/instances?cursor=nonsense")).Fields);
    }

    [Fact]
    public async Task Lists_have_five_kinds_of_faults()
    {
        using var rig = new Rig();
        rig.Fault(EmulatorFaultKind.ListCut, times: 1);
        JsonObject cut = (await rig.Get("/v1/instances")).Json.AsObject();
        Assert.Equal(["data", "has_more"], cut.Select(field => field.Key));
        Assert.True((bool)cut["has_more"]!);
        Assert.Equal(2, cut["data"]!.AsArray().Count);

        rig.Fault(EmulatorFaultKind.ForeignNext, times: 1);
        Assert.Equal("elsewhere.pulserun.invalid", new Uri((string)(await rig.Get("/v1/instances")).Json["next"]!).Host);

        rig.Fault(EmulatorFaultKind.CursorLoop, times: 2);
        Answer first = await rig.Get("/v1/instances");
        Answer second = await rig.Get("/v1/instances?cursor=" + first.Json["next_cursor"]);
        Assert.Equal((string)first.Json["next_cursor"]!, (string)second.Json["next_cursor"]!);

        rig.Fault(EmulatorFaultKind.StatusFilterIgnored, times: 1);
        Assert.Equal(6, (await rig.Get("/v1/instances?status=stopped")).Rows.Count);

        rig.Fault(EmulatorFaultKind.ListLag);
        string id = rig.Running();
        rig.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.DoesNotContain(id, (await rig.Get("/v1/instances")).Ids);
        Assert.Equal(200, (await rig.Get("/v1/instances/" + id)).Status);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(id, (await rig.Get("/v1/instances")).Ids);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_delay_holds_its_own_request_only(bool after)
    {
        foreach (TransportKind transport in s_doors)
        {
            using var rig = new Rig(transport);
            string id = rig.Running();
            rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.Delay, Path = "*/stop", Duration = TimeSpan.FromSeconds(5), AfterEffect = after });
            Task<Answer> late = rig.Post("/v1/instances/" + id + "/stop");
            while (rig.Emulator.Requests.Count == 0 || (after && Status(rig, id) != "stopped"))
                await Task.Yield();
            Assert.Equal(200, (await rig.Get("/v1/instances")).Status);
            Assert.False(late.IsCompleted);
            Assert.Equal(0, rig.Emulator.Requests[0].Status);
            Assert.Equal(after ? "stopped" : "running", Status(rig, id));
            Assert.Equal("stopped", (string)(await rig.Finish(late)).Json["status"]!);
            Assert.Equal(200, rig.Emulator.Requests[0].Status);
        }
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task A_hundred_requests_wait_at_once(TransportKind transport)
    {
        using var rig = new Rig(transport, new EmulatorOptions { RequestsPerMinute = null });
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.Delay, Times = 100, Duration = TimeSpan.FromSeconds(5) });
        Task<Answer>[] late = [.. Enumerable.Range(0, 100).Select(_ => rig.Get("/v1/instances"))];
        while (rig.Emulator.Requests.Count < 100)
            await Task.Yield();
        Assert.Equal(200, (await rig.Get("/v1/billing/balance")).Status);
        Assert.DoesNotContain(late, request => request.IsCompleted);
        foreach (Task<Answer> request in late)
            Assert.Equal(200, (await rig.Finish(request)).Status);
    }

    [Fact]
    public async Task A_fault_counts_only_the_requests_it_concerns()
    {
        using var rig = new Rig();
        string id = rig.Running();
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Method = "post", Path = "/v1/*/st?p", Skip = 1, Times = 2 });
        await rig.Get("/v1/instances");
        await rig.Post("/v1/instances/" + id + "/start");
        for (int i = 0; i < 4; i++)
            await rig.Post("/v1/instances/" + id + "/stop");
        Assert.Equal([200, 409, 200, 500, 500, 409], rig.Emulator.Requests.Select(request => request.Status));
    }

    [Fact]
    public async Task A_path_can_match_the_query()
    {
        using var rig = new Rig();
        rig.Fault(EmulatorFaultKind.ServerError, path: "*status=running");
        Assert.Equal(200, (await rig.Get("/v1/instances")).Status);
        Assert.Equal(500, (await rig.Get("/v1/instances?status=running")).Status);
    }

    [Fact]
    public async Task A_probability_is_kept()
    {
        using var rig = new Rig(options: new EmulatorOptions { RequestsPerMinute = null });
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Probability = 0.25 });
        for (int i = 0; i < 1000; i++)
            await rig.Get("/v1/billing/balance");
        Assert.InRange(rig.Emulator.Requests.Count(request => request.Status == 500), 200, 300);
    }

    [Fact]
    public async Task The_fault_added_first_wins_and_shapes_add_up()
    {
        using var rig = new Rig();
        rig.Fault(EmulatorFaultKind.HtmlError, times: 1);
        rig.Fault(EmulatorFaultKind.ServerError, times: 2);
        rig.Fault(EmulatorFaultKind.ListEnvelope, form: "Bare");
        rig.Fault(EmulatorFaultKind.UnknownStatus);
        Assert.Equal(502, (await rig.Get("/v1/instances")).Status);
        Assert.Equal(500, (await rig.Get("/v1/instances")).Status);
        Assert.Equal("hibernating", (string)(await rig.Get("/v1/instances")).Json.AsArray()[0]!["status"]!);
    }

    [Fact]
    public async Task A_fault_is_kept_as_it_was_when_added()
    {
        using var rig = new Rig();
        var fault = new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Status = 503 };
        rig.Emulator.AddFault(fault);
        fault.Status = 599;
        Assert.Equal(503, (await rig.Get("/v1/instances")).Status);
        rig.Emulator.ClearFaults();
        Assert.Equal(200, (await rig.Get("/v1/instances")).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clearing_the_faults_ends_a_delay_and_not_a_hang(bool afterEffect)
    {
        using var rig = new Rig();
        string id = rig.Running();
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.Hang, Path = "/v1/instances" });
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.Delay, Duration = TimeSpan.FromDays(1), AfterEffect = afterEffect });
        using var cancel = new CancellationTokenSource();
        Task<Answer> delayed = rig.Post("/v1/instances/" + id + "/stop"), hanging = rig.Send("GET", "/v1/instances", cancel: cancel.Token);
        string Status() => rig.Emulator.Instances.Single(one => one.Id == id).Status!;
        string before = afterEffect ? "stopped" : "running";
        // Requests arrive from other threads.
        Assert.True(SpinWait.SpinUntil(() => rig.Emulator.Requests.Count == 2 && Status() == before, TimeSpan.FromMinutes(1)));
        Assert.False(delayed.IsCompleted);
        rig.Emulator.ClearFaults();
        Assert.Equal(200, (await delayed).Status);
        Assert.Equal("stopped", Status());
        Assert.False(hanging.IsCompleted);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
    }

    public static IEnumerable<object[]> Impossible() =>
    [
        [new EmulatorFault { Kind = EmulatorFaultKind.Paging, Form = "Sideways" }],
        [new EmulatorFault { Kind = EmulatorFaultKind.Hang, Form = "Z" }],
        [new EmulatorFault { Kind = EmulatorFaultKind.RedirectTo }],
        [new EmulatorFault { Skip = -1 }],
        [new EmulatorFault { Times = -1 }],
        [new EmulatorFault { RetryAfter = -1 }],
        [new EmulatorFault { Probability = 1.1 }],
        [new EmulatorFault { Probability = double.NaN }],
        [new EmulatorFault { Count = 0 }],
        [new EmulatorFault { Status = 99 }],
        [new EmulatorFault { Duration = TimeSpan.FromTicks(-1) }],
    ];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void An_invalid_fault_is_rejected(EmulatorFault fault)
    {
        using var rig = new Rig();
        Assert.Throws<ArgumentException>(() => rig.Emulator.AddFault(fault));
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*/stop", "/v1/instances/a/stop", true)]
    [InlineData("*/stop", "/v1/instances/a/stop/x", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("?", "", false)]
    [InlineData("", "a", false)]
    [InlineData("POST", "post", true)]
    public void Wildcards_match_whole_texts(string pattern, string text, bool expected) => Assert.Equal(expected, Glob.IsMatch(pattern, text));

    private static string? Status(Rig rig, string id) => rig.Emulator.Instances.Single(instance => instance.Id == id).Status;

    private static async Task<(int Read, Exception? End)> ReadAll(Stream stream)
    {
        byte[] buffer = new byte[100];
        int read = 0;
        try
        {
            for (int part = 1; part > 0; read += part)
                part = await stream.ReadAsync(buffer, 0, buffer.Length);
            return (read, null);
        }
        catch (IOException exception)
        {
            return (read, exception);
        }
    }
}
