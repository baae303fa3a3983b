using System;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cleanup;

/// <summary>Tests what a cleanup needs besides readings: protections, a store, a record of its acts, and readings that are spread.</summary>
public class EvidenceTests : HostileTests
{
    private const string Stopped = "Stopped Idle AllBelowThreshold";

    /// <summary>The protection is made while the second look is on its way, by another runspace with another spelling of the address.</summary>
    [Fact]
    public void A_protection_made_during_the_run_is_obeyed()
    {
        Idle("inst_a", "inst_b");
        using Shell other = new();
        other.Set("server", Server.Emulator);
        Assert.Empty(other.Run("$server | Connect-PulseRun").Errors);
        int looks = 0;
        Server.Intercept = request =>
        {
            if (request == "GET /v1/instances/inst_a/metrics" && ++looks == 2)
                other.Run("Protect-PRInstance -Id inst_a").Succeeded();
            return null;
        };
        Assert.Equal(["inst_a Skipped Protected AllBelowThreshold", "inst_b " + Stopped], CleanUp());
        Assert.Equal(["POST /v1/instances/inst_b/stop"], Server.Acts);
    }

    /// <summary>A protection holds for its id, under every key and every spelling of the address.</summary>
    [Theory]
    [InlineData("$server.BaseUri", "pr_test_another0123456789abcdef")]
    [InlineData("($server.BaseUri.AbsoluteUri -replace '127.0.0.1', 'localhost')", "pr_test_hostile0123456789abcdef")]
    public void A_protection_made_under_another_account_is_obeyed(string address, string key)
    {
        Idle("inst_a");
        Shell.Run("$known = Get-PRContext; Connect-PulseRun -BaseUri " + address + " -ApiKey (ConvertTo-SecureString '" + key + "' -AsPlainText -Force); Protect-PRInstance -Id inst_a").Succeeded();
        Assert.Equal(["inst_a Skipped Protected AllBelowThreshold"], CleanUp("-Context $known"));
        Assert.Empty(Server.Acts);
        Shell.Run("Unprotect-PRInstance -Id inst_a -Confirm:$false").Succeeded();
        Assert.Equal(["inst_a " + Stopped], CleanUpEachMinute(1, "-Context $known"));
    }

    /// <summary>The store is overwritten with garbage. Until a person removes the file that was set aside, each run does nothing and says so, and the protections are salvaged where they can be read.</summary>
    [Fact]
    public void A_damaged_store_prevents_every_act_in_each_run_until_its_file_is_removed()
    {
        Idle("inst_a");
        Shell.Run("Get-PRProtection").Succeeded();
        File.WriteAllText(Path.Combine(DataFolder, "pulserun.db.corrupt-20260101T000000.000Z"), "damaged");
        for (int run = 0; run < 3; run++)
        {
            Server.Advance(TimeSpan.FromMinutes(1));
            Outcome outcome = CleanUpWhole();
            Assert.Equal(["StoreUnavailable"], outcome.ErrorIds);
            Assert.Equal(["inst_a Skipped StoreUnavailable AllBelowThreshold"], Actions(outcome));
        }
        Assert.Empty(Server.Acts);
        File.Delete(Path.Combine(DataFolder, "pulserun.db.corrupt-20260101T000000.000Z"));
        Assert.Equal(["inst_a " + Stopped], CleanUpEachMinute(1));
    }

    /// <summary>20 readings within 8 seconds, once, and one every five minutes: a load with a duty of 93 % would be missed. They count as seven slots and not as 27 readings.</summary>
    [Fact]
    public void Readings_close_together_count_once()
    {
        Server.Add("inst_a", one => one.Load(0));
        for (int i = 0; i < 8; i++)
        {
            Server.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
            Shell.Run("Get-PRIdleInstance").Succeeded();
        }
        for (int i = 0; i < 20; i++)
        {
            Server.Advance(TimeSpan.FromSeconds(0.4));
            Shell.Run("Get-PRIdleInstance").Succeeded();
        }
        IdleVerdict verdict = Assert.Single(Shell.Run("Get-PRIdleInstance -NoSample -All").Succeeded().As<IdleVerdict>());
        Assert.True(verdict.SampleCount > 20, verdict.SampleCount.ToString(null, null));
        Assert.True(verdict.DetectableDuty > 0.4, "A load with this duty would be detected: " + verdict.DetectableDuty);
        Assert.Equal(["inst_a Skipped Unknown TooFewSamples"], CleanUp());
        Assert.Empty(Server.Acts);
    }

    /// <summary>Each act has a line before it and a line after it, and the line before it is on the disk when the act arrives.</summary>
    [Fact]
    public void The_intent_is_written_before_the_act_and_the_result_after_it()
    {
        Idle("inst_a", "inst_b");
        string audit = Path.Combine(DataFolder, "audit.jsonl");
        string[] before = [];
        Server.Intercept = request =>
        {
            if (request == "POST /v1/instances/inst_a/stop")
                before = File.ReadAllLines(audit);
            return null;
        };
        CleanUp("-AuditPath '" + audit + "'");
        Assert.Contains(before, line => IsLine(line, "inst_a", "intent"));
        Assert.DoesNotContain(before, line => IsLine(line, "inst_a", "result"));
        string[] after = File.ReadAllLines(audit);
        foreach (string id in new[] { "inst_a", "inst_b" })
            Assert.True(Array.FindIndex(after, line => IsLine(line, id, "intent")) < Array.FindIndex(after, line => IsLine(line, id, "result")));
        Assert.Equal(4, after.Length);
    }

    /// <summary>The audit file becomes a folder when the first act arrives, so its result cannot be written: that act is the last one.</summary>
    [Fact]
    public void The_first_line_that_cannot_be_written_ends_the_acts()
    {
        Idle("inst_a", "inst_b", "inst_c", "inst_d", "inst_e", "inst_f");
        string audit = Path.Combine(DataFolder, "audit.jsonl");
        object gate = new();
        Server.Intercept = request =>
        {
            lock (gate)
            {
                if (request.StartsWith("POST", StringComparison.Ordinal) && File.Exists(audit))
                {
                    File.Delete(audit);
                    Directory.CreateDirectory(audit);
                }
            }
            return null;
        };
        Outcome outcome = CleanUpWhole("-ThrottleLimit 1 -AuditPath '" + audit + "'");
        Assert.Equal(["JournalUnavailable"], outcome.ErrorIds);
        string[] actions = Actions(outcome);
        Assert.Equal(6, actions.Length);
        Assert.Single(Server.Acts);
        Assert.Equal(5, actions.Count(action => action.Contains("Skipped AuditFailed", StringComparison.Ordinal)));
    }

    /// <summary>Two runs on one store at the same time, in two runspaces: together they act on -MaxActions instances.</summary>
    [Fact]
    public void Runs_at_the_same_time_share_MaxActions()
    {
        Idle("inst_a", "inst_b", "inst_c", "inst_d", "inst_e", "inst_f");
        using Shell other = new();
        other.Set("server", Server.Emulator);
        Assert.Empty(other.Run("$server | Connect-PulseRun").Errors);
        // The first act of the first run starts the second run, and waits for its end.
        int acts = 0;
        string[] second = [];
        Server.Intercept = request =>
        {
            if (request.StartsWith("POST", StringComparison.Ordinal) && System.Threading.Interlocked.Increment(ref acts) == 1)
                second = Actions(other.Run("Invoke-PRCleanup -IdleFor 00:30:00 -Jitter 0 -MaxUnknownPercent 100 -MaxActions 4 -Confirm:$false"));
            return null;
        };
        string[] first = Actions(Shell.Run("Invoke-PRCleanup -IdleFor 00:30:00 -Jitter 0 -MaxUnknownPercent 100 -MaxActions 4 -ThrottleLimit 1 -Confirm:$false"));
        Assert.Equal(6, second.Length);
        // The first act of the first run is still under way, so the second run may stop the same instance, which is one more act.
        Assert.Equal(4, Server.Acts.Length);
        Assert.Equal(4, first.Concat(second).Count(action => action.Contains(" Stopped ", StringComparison.Ordinal)));
        Assert.InRange(Server.All.Count(one => one.Status == "stopped"), 3, 4);
    }

    /// <summary>Another host stops instances between the list and the readings. They give no metrics, which is no outage.</summary>
    [Fact]
    public void Instances_that_were_stopped_meanwhile_are_no_outage()
    {
        Idle("inst_a", "inst_b", "inst_c");
        Server.Intercept = request =>
        {
            if (request.EndsWith("/metrics", StringComparison.Ordinal))
            {
                Server.Of("inst_b").Stop();
                Server.Of("inst_c").Stop();
            }
            return null;
        };
        Outcome outcome = Shell.Run("Invoke-PRCleanup -IdleFor 00:30:00 -Jitter 0 -Confirm:$false");
        Assert.Empty(outcome.ErrorIds);
        Assert.Equal(["inst_a " + Stopped, "inst_b Skipped AlreadyStopped ", "inst_c Skipped AlreadyStopped "], Actions(outcome));
        Assert.Equal(["POST /v1/instances/inst_a/stop"], Server.Acts);
    }

    private static bool IsLine(string line, string id, string phase) =>
        line.Contains("\"" + id + "\"", StringComparison.Ordinal) && line.Contains("\"" + phase + "\"", StringComparison.Ordinal);

    private void Idle(params string[] ids)
    {
        foreach (string id in ids)
            Server.Add(id, one => one.Load(0));
        ReadEachMinute(35);
        Server.Advance(TimeSpan.FromSeconds(30));
        Server.ClearRequests();
    }
}
