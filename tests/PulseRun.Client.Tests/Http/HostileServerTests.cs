using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Http;

public class HostileServerTests
{
    [Theory]
    [InlineData("pr_live_CANARY\nx")]
    [InlineData("pr_live_CANARYé")]
    [InlineData("pr_live CANARY")]
    [InlineData("")]
    public void Key_ThatCannotBeSent_IsInvalidRequest(string key)
    {
        var error = Assert.Throws<PulseRunException>(() => new Rig(new Stub(() => Stub.Json("{}")), configure: options => options.Key = key));
        Assert.Equal(ErrorIds.InvalidRequest, error.ErrorId);
        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForeignException_IsConverted_WithoutItsSecrets()
    {
        using var rig = new Rig(new Stub((_, _, _) => throw new RegexMatchTimeoutException("Bearer " + Rig.Key, "pattern", TimeSpan.FromSeconds(1))));
        foreach (var act in new Func<Task>[] { () => rig.GetAsync(), () => rig.ListAsync(), () => rig.StopAsync(), () => rig.Client.GetBalanceAsync(rig.Observer, Rig.None) })
        {
            var error = await Assert.ThrowsAsync<PulseRunException>(act);
            Assert.Equal(ErrorIds.UnexpectedError, error.ErrorId);
            Assert.Null(error.InnerException);
            Assert.DoesNotContain(Rig.Key, error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("7.9e28", null)]
    [InlineData("79228162514264337593543950335", null)]
    [InlineData("-7.9e28", null)]
    [InlineData("1e300", null)]
    [InlineData("\"7.9e28\"", null)]
    [InlineData("1.99", 1.99)]
    public async Task Price_Invalid_IsUnknown_AndSumsDoNotOverflow(string price, double? expected)
    {
        using var rig = new Rig(new Stub(() => Stub.Json("[{\"id\":\"a\",\"status\":\"running\",\"cost_per_hour\":" + price + "},{\"id\":\"b\",\"status\":\"running\",\"cost_per_hour\":" + price + "}]")));
        var rows = await rig.ListAsync();
        Assert.All(rows, row => Assert.Equal((decimal?)expected, row.CostPerHour));
        Assert.Equal((decimal)(expected ?? 0) * 2, rows.Sum(row => row.CostPerHour ?? 0));
        if (expected is null)
            Assert.All(rows, row => Assert.True(row.AdditionalProperties.ContainsKey("cost_per_hour")));
    }

    [Fact]
    public async Task Balance_Invalid_IsMalformed()
    {
        using var rig = new Rig(new Stub(() => Stub.Json("{\"balance\":7.9e28,\"currency\":\"usd\"}")));
        Assert.Equal(ErrorIds.MalformedResponse, (await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.GetBalanceAsync(rig.Observer, Rig.None))).ErrorId);
    }

    [Theory]
    [InlineData("{\"data\":[],\"next_cursor\":\"c#\"}", 10)]
    [InlineData("{\"data\":[{\"id\":\"t\",\"amount\":-1}],\"next_cursor\":\"c#\"}", 11)]
    [InlineData("{\"data\":[{\"id\":\"t#\",\"amount\":-1}],\"next_cursor\":\"c#\"}", 1000)]
    [InlineData("{\"data\":[{\"amount\":-1}],\"next_cursor\":\"c#\"}", 1000)]
    [InlineData("{\"data\":[{\"id\":\"t#\",\"amount\":-1}],\"next_cursor\":\"same\"}", 2)]
    public async Task Ledger_WithoutEnd_Ends(string page, int requests)
    {
        var stub = new Stub((_, index, _) => Task.FromResult(Stub.Json(page.Replace("#", index.ToString()))));
        using var rig = new Rig(stub);
        var quiet = new Observer { WantsDebug = false, WantsVerbose = false };
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.RunClockAsync(rig.Client.GetTransactionsAsync(null, quiet, Rig.None), TimeSpan.FromSeconds(1)));
        Assert.Equal(ErrorIds.IncompleteList, error.ErrorId);
        Assert.Equal(requests, stub.Count);
    }

    [Theory]
    [InlineData("{\"data\":[],\"next_cursor\":\"c#\"}", 10)]
    [InlineData("{\"data\":[{\"id\":\"i#\"}],\"next_cursor\":\"c#\"}", 1000)]
    [InlineData("{\"data\":[{\"id\":\"i#\"}],\"next\":\"/v1/instances?page=#\"}", 1000)]
    public async Task List_WithoutEnd_Ends(string page, int requests)
    {
        var stub = new Stub((_, index, _) => Task.FromResult(Stub.Json(page.Replace("#", index.ToString()))));
        using var rig = new Rig(stub);
        var quiet = new Observer { WantsDebug = false, WantsVerbose = false };
        var rows = new List<Instance>();
        var list = rig.Client.ListAsync(null, rows.AddRange, quiet, Rig.None);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.RunClockAsync(Done(list), TimeSpan.FromSeconds(1)));
        Assert.Equal(ErrorIds.IncompleteList, error.ErrorId);
        Assert.Equal(requests, stub.Count);
    }

    [Fact]
    public async Task Ledger_RowsThatMoveToTheNextPage_CountOnce()
    {
        using var rig = new Rig(new Stub(
            () => Stub.Json("{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}],\"next_cursor\":\"2\"}"),
            () => Stub.Json("{\"data\":[{\"id\":\"b\"},{\"id\":\"c\"}]}")));
        var ledger = await rig.Client.GetTransactionsAsync(null, rig.Observer, Rig.None);
        Assert.Equal(["a", "b", "c"], ledger.Select(line => line.Id));
    }

    /// <summary>Serves a body that neither stalls nor ends: one byte every 20 s.</summary>
    [Fact]
    public async Task List_ThatArrivesSlowly_EndsAtTheTimeLimit()
    {
        var script = new Script();
        script.Give("[");
        using var rig = new Rig(new Stub(() => script.AsAnswer()), configure: options => options.Timeout = TimeSpan.FromSeconds(100));
        var list = Done(rig.Client.ListAsync(null, _ => { }, new Observer { WantsDebug = false }, Rig.None));
        var start = rig.Time.GetUtcNow();
        // The next byte is late only for a reader that waits for it.
        await WaitsAsync(2);
        while (!list.IsCompleted)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(20));
            int waits = script.Waits;
            script.Give(" ");
            await WaitsAsync(waits + 1);
            Assert.InRange(rig.Time.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromHours(1));
        }
        var error = await Assert.ThrowsAsync<PulseRunException>(() => list);
        Assert.Equal(ErrorIds.RequestTimeout, error.ErrorId);
        // A list that exceeded its time limit is tried once more.
        Assert.InRange(rig.Time.GetUtcNow() - start, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(400));
        Assert.Contains("100 s", error.Message);

        async Task WaitsAsync(int count)
        {
            while (!list.IsCompleted && script.Waits < count)
                await Task.Delay(1);
        }
    }

    [Fact]
    public async Task Pages_ShareOneTimeLimit()
    {
        Rig? rig = null;
        var stub = new Stub((_, index, _) =>
        {
            // Each page takes 30 s.
            rig!.Time.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(Stub.Json("{\"data\":[{\"id\":\"i" + index + "\"}],\"next_cursor\":\"c" + index + "\"}"));
        });
        using (rig = new Rig(stub, configure: options => options.Timeout = TimeSpan.FromSeconds(100)))
        {
            var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.ListAsync().WaitBoundedAsync());
            Assert.Equal(ErrorIds.RequestTimeout, error.ErrorId);
            Assert.InRange(stub.Count, 4, 5);
        }
    }

    [Theory]
    [InlineData("RUNNING", "?status=running")]
    [InlineData("Stopped", "?status=stopped")]
    [InlineData("running", "?status=running")]
    [InlineData("Hibernating", "")]
    public async Task Status_IsSentAsTheApiSpellsIt_OrFilteredHere(string status, string query)
    {
        // A strict server, which accepts only its own spelling.
        string all = "[{\"id\":\"a\",\"status\":\"running\"},{\"id\":\"b\",\"status\":\"stopped\"},{\"id\":\"c\",\"status\":\"hibernating\"}]";
        var stub = new Stub((request, _, _) => Task.FromResult(Stub.Json(
            request.RequestUri!.Query is "" or "?status=running" or "?status=stopped" ? all : "[]")));
        using var rig = new Rig(stub);
        Assert.Equal(status.ToLowerInvariant(), Assert.Single(await rig.ListAsync(status)).Status);
        Assert.Equal("/v1/instances" + query, stub.Requests[0].Path);
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }
}
