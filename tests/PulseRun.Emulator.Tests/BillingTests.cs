using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class BillingTests
{
    [Fact]
    public async Task Usage_is_charged_by_the_minute_and_every_charge_is_a_row()
    {
        using var rig = NewRig(100);
        string id = rig.Emulator.AddInstance(new Instance { CostPerHour = 6 }).Id;
        rig.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(100m, rig.Emulator.Balance);
        rig.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("""{"balance":99.8,"currency":"usd"}""", (await rig.Get("/v1/billing/balance")).Json.ToJsonString().Replace("99.800000", "99.8"));
        JsonArray rows = (await rig.Get("/v1/billing/transactions?type=instance_charge")).Rows;
        Assert.Equal(2, rows.Count);
        JsonNode newest = rows[0]!;
        Assert.Equal(-0.1m, (decimal)newest["amount"]!);
        Assert.Equal(99.8m, (decimal)newest["balance_after"]!);
        Assert.Equal(id, (string)newest["instance_id"]!);
        Assert.Equal("2026-03-01T12:02:00Z", (string)newest["created_at"]!);
    }

    [Fact]
    public async Task A_stop_charges_the_begun_minute_and_then_nothing()
    {
        using var rig = NewRig(100);
        string id = rig.Emulator.AddInstance(new Instance { CostPerHour = 6 }).Id;
        rig.Time.Advance(TimeSpan.FromSeconds(90));
        await rig.Post("/v1/instances/" + id + "/stop");
        Assert.Equal(99.85m, rig.Emulator.Balance);
        rig.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(99.85m, rig.Emulator.Balance);
    }

    [Fact]
    public async Task The_ledger_adds_up()
    {
        using var rig = new Rig();
        rig.Emulator.SetBalance(20);
        rig.Emulator.SetBalance(30);
        rig.Time.Advance(TimeSpan.FromMinutes(17));
        JsonArray rows = (await rig.Get("/v1/billing/transactions")).Rows;
        decimal sum = 0;
        foreach (JsonNode? row in rows.Reverse())
        {
            sum += (decimal)row!["amount"]!;
            Assert.Equal(sum, (decimal)row["balance_after"]!);
            Assert.Equal((string)row["type"]! == "instance_charge", row.AsObject().ContainsKey("instance_id"));
        }
        Assert.Equal(sum, rig.Emulator.Balance);
        Assert.Equal(["credit_topup", "instance_charge", "promo_credit", "refund"], rows.Select(row => (string)row!["type"]!).Distinct().OrderBy(type => type));
    }

    [Fact]
    public async Task At_balance_0_everything_is_terminated_and_nothing_starts()
    {
        using var rig = NewRig(0.25m);
        rig.Emulator.AddInstance(new Instance { CostPerHour = 6 });
        string stopped = rig.Emulator.AddInstance(new Instance { Status = "stopped" }).Id;
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(rig.Emulator.Instances, instance => instance.Status == "terminated");
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.All(rig.Emulator.Instances, instance => Assert.Equal("terminated", instance.Status));
        Assert.Equal(0m, rig.Emulator.Balance);
        rig.Emulator.SetStatus(stopped, "stopped");
        Assert.Equal(402, (await rig.Post("/v1/instances/" + stopped + "/start")).Status);
    }

    [Fact]
    public void A_balance_of_0_terminates_at_once()
    {
        using var rig = new Rig();
        rig.Emulator.SetBalance(0);
        Assert.All(rig.Emulator.Instances, instance => Assert.Equal("terminated", instance.Status));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Emulator.SetBalance(-1));
    }

    [Fact]
    public async Task A_budget_is_a_total_and_ends_the_instance()
    {
        using var rig = NewRig(100);
        Answer launch = await rig.Post("/v1/instances", """{"gpu":"h100_80gb","template":"pytorch","budget_limit":0.1}""");
        string id = (string)launch.Json["id"]!;
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("running", rig.Emulator.Instances.Single(instance => instance.Id == id).Status);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("terminated", rig.Emulator.Instances.Single(instance => instance.Id == id).Status);
        Assert.Equal(99.9m, rig.Emulator.Balance);
    }

    [Fact]
    public async Task A_key_may_lack_billing()
    {
        using var rig = new Rig();
        rig.Emulator.AllowBilling = false;
        Assert.Equal(403, (await rig.Get("/v1/billing/balance")).Status);
        Assert.Equal(403, (await rig.Get("/v1/billing/transactions")).Status);
        Assert.Equal(200, (await rig.Get("/v1/instances")).Status);
    }

    [Fact]
    public async Task An_unknown_type_of_transaction_is_invalid()
    {
        using var rig = new Rig();
        Answer answer = await rig.Get("/v1/billing/transactions?type=bribe");
        Assert.Equal(422, answer.Status);
        Assert.Equal(["query.type"], answer.Fields);
    }

    private static Rig NewRig(decimal balance) => new(options: new EmulatorOptions { Instances = 0, Balance = balance });
}
