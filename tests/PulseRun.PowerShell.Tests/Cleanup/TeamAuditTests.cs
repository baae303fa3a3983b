using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cleanup;

/// <summary>The audit of a team's store, and what happens between the grant of an act and the act.</summary>
public class TeamAuditTests : IdleTests
{
    private static readonly PostgresCluster s_cluster = PostgresCluster.Shared;
    private string _name = "";

    [ServerFact]
    public void The_store_says_who_stopped_what_and_why()
    {
        Prepare(2);
        Assert.Equal(["inst_0 Skipped MaxActions", "inst_1 Stopped Idle"], CleanUp("-MaxActions 1").OrderBy(static line => line));
        Assert.Equal("intent Stop Idle|result Stopped Idle", Lines("inst_1"));
        Assert.Equal("", Lines("inst_0"));
        string who = System.Environment.UserName + " " + System.Environment.MachineName + ":" + DataDirectory;
        Assert.Equal(who, s_cluster.Sql(_name, "SELECT DISTINCT os_user || ' ' || host FROM pulserun.v_audit WHERE cost_per_hour IS NOT NULL AND verdict = 'Idle' AND login = 'pulserun'"));
        // With -AuditLevel All, decisions to leave an instance alone are in it too.
        s_cluster.Sql(_name, "DELETE FROM pulserun.audit");
        CleanUp("-MaxActions 1 -AuditLevel All -WhatIf");
        Assert.Equal(2, int.Parse(s_cluster.Sql(_name, "SELECT count(*) FROM pulserun.v_audit WHERE phase = 'result'"), null));
    }

    /// <summary>An act that cannot be recorded is not carried out. The lines are refused like those of a full disk, by an error of the statement.</summary>
    [ServerFact]
    public void An_intent_that_cannot_be_recorded_is_not_carried_out()
    {
        Prepare(3);
        s_cluster.Sql(_name, "CREATE FUNCTION public.full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; CREATE TRIGGER full_disk BEFORE INSERT ON pulserun.audit EXECUTE FUNCTION public.full()");
        Outcome outcome = RunCleanup("-ThrottleLimit 1");
        Assert.Equal(["StoreUnavailable"], outcome.ErrorIds);
        AssertLike("*audit*disk*full*", outcome.Errors[0].Exception.Message);
        AssertLike("*room on the disk*", outcome.Errors[0].ErrorDetails.RecommendedAction);
        Assert.All(Text(outcome), static line => Assert.EndsWith("Skipped AuditFailed", line));
        Assert.Empty(Acts);
        s_cluster.Sql(_name, "DROP TRIGGER full_disk ON pulserun.audit");
        Assert.Equal(3, CleanUp().Count(static line => line.EndsWith("Stopped Idle", System.StringComparison.Ordinal)));
    }

    /// <summary>After the last check of this host, the machine sleeps until its lease is over. The store is asked right before the act is sent.</summary>
    [ServerFact]
    public void An_act_whose_grant_is_over_when_it_would_be_sent_is_not_sent()
    {
        Prepare(1);
        // The intent is the last thing that is written before the act. When it is, the time of the lease is over.
        s_cluster.Sql(_name, "CREATE FUNCTION public.sleep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE pulserun.lease SET expires_at = clock_timestamp() - interval '1 second'; RETURN NULL; END $$; CREATE TRIGGER asleep AFTER INSERT ON pulserun.audit EXECUTE FUNCTION public.sleep()");
        Assert.Equal(["inst_0 Skipped LookTooOld"], CleanUp());
        Assert.Empty(Acts);
        s_cluster.Sql(_name, "DROP TRIGGER asleep ON pulserun.audit");
        Assert.Equal(["inst_0 Stopped Idle"], CleanUp());
    }

    private string Lines(string id) => s_cluster.Sql(_name, "SELECT string_agg(phase || ' ' || act || ' ' || reason, '|' ORDER BY at) FROM pulserun.v_audit WHERE instance = '" + id + "'");

    private void Prepare(int instances)
    {
        _name = s_cluster.NewDatabase();
        string text = s_cluster.Text(_name);
        Shell.Set("store", text);
        Do("Initialize-PRStore -Store $store");
        SetVariable("PULSERUN_STORE", text);
        StartIdleEmulator(instances);
        ReadFleet();
    }
}
