using System;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Session;

/// <summary>Tests the errors of commands when the store of a team is wrong, refuses or fails: each cause has its own message and its own advice, nothing is sent, and no file of this machine takes its place.</summary>
public class StoreFailureTests : IdleTests
{
    private static readonly PostgresCluster s_cluster = PostgresCluster.Shared;

    [ServerFact]
    public void A_wrong_password_is_named_and_not_shown()
    {
        string login = NewLogin("PASSWORD 'right-one'");
        Refuses(s_cluster.Text(NewStore(), login) + ";Password=canary-one", "*does not accept the user or the password*", "*PGPASSFILE*");
    }

    [ServerFact]
    public void A_database_that_does_not_exist_is_named() => Refuses(s_cluster.Text("nosuch"), "*nosuch*", "*the database*");

    [ServerFact]
    public void A_database_without_the_schema_names_the_command() => Refuses(s_cluster.Text(s_cluster.NewDatabase()), "*has no tables*", "*Initialize-PRStore*");

    [ServerFact]
    public void A_newer_schema_asks_for_a_newer_module()
    {
        string name = NewStore();
        s_cluster.Sql(name, "INSERT INTO pulserun.schema_version (version) VALUES (99)");
        Refuses(s_cluster.Text(name), "*newer version*", "*Update the module*");
        Assert.Equal(["StoreUnavailable"], Run("Initialize-PRStore -Store $store -Confirm:$false").AllErrorIds());
    }

    [ServerFact]
    public void A_role_without_rights_names_the_grant()
    {
        string name = NewStore();
        Refuses(s_cluster.SocketText(name, NewLogin("")), "*denies a permission*", "*GRANT pulserun_writer*");
        Refuses(s_cluster.SocketText(name, NewLogin("IN ROLE pulserun_reader")), "*denies a permission*", "*GRANT pulserun_writer*");
    }

    [ServerFact]
    public void A_clock_ten_minutes_off_is_named_with_both_times()
    {
        string name = NewStore();
        s_cluster.Sql(name, "CREATE SCHEMA ahead; CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT pg_catalog.clock_timestamp() + interval '10 minutes' $$; ALTER DATABASE " + name + " SET search_path = ahead, pg_catalog, public");
        // With another name, so that no connection of before is used.
        Refuses(s_cluster.Text(name) + ";Application Name=ahead", "*has another time than this host*", "*Set the clock*");
        Assert.Equal("0", s_cluster.Sql(name, "SELECT count(*) FROM pulserun.cleanup_run"));
    }

    /// <summary>A start is compared with the budgets, so it is refused too, with the advice of the failure.</summary>
    [ServerFact]
    public void A_start_is_refused_with_the_advice_of_the_failure()
    {
        SetVariable("PULSERUN_STORE", s_cluster.Text("nosuch"));
        StartIdleEmulator(1);
        Emulator.SetStatus("inst_0", "stopped");
        Outcome done = Run("Start-PRInstance inst_0 -Confirm:$false");
        Assert.Equal(["JournalUnavailable"], done.AllErrorIds());
        AssertLike("*inst_0 was not started*nosuch*", done.Errors[0].Exception.Message);
        AssertLike("*the database*", done.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Equal(0, CountSent("POST *"));
    }

    /// <summary>A hot standby of a server: it can be read, and nothing that must be recorded is done by it.</summary>
    [ServerFact]
    public void A_replica_reads_and_refuses_what_must_be_recorded()
    {
        PostgresCluster primary = PostgresCluster.StartAnother();
        PostgresCluster? replica = null;
        try
        {
            string name = primary.NewDatabase();
            Shell.Set("store", primary.Text(name));
            Do("Initialize-PRStore -Store $store");
            replica = primary.StartReplica();
            WaitUntil(() => replica.Sql(name, "SELECT count(*) FROM pg_tables WHERE tablename = 'audit'") == "1");
            Refuses(replica.Text(name), "*read-only, as a replica is*", "*primary*");
            Assert.Empty(Get<StoreInfo>("Get-PRStore").Leases);
        }
        finally
        {
            replica?.Stop();
            primary.Stop();
        }
    }

    /// <summary>The tables are on a file system of one size, and something else fills it. Nothing is lost or doubled when there is room again.</summary>
    [ServerFact]
    public void A_full_disk_is_named_and_nothing_is_done()
    {
        string disk = Path.Combine(Path.GetTempPath(), "pr-disk-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(disk);
        if (!TryShell("mount -t tmpfs -o size=48m,mode=0777 tmpfs " + disk))
            return; // Only root may mount.
        // A server of its own, because it cannot work on when the file system is gone.
        PostgresCluster cluster = PostgresCluster.StartAnother();
        const string space = "small", name = "on_small";
        try
        {
            PostgresCluster.Shell("mkdir " + disk + "/data && chown postgres: " + disk + "/data");
            cluster.Sql("postgres", "CREATE TABLESPACE " + space + " LOCATION '" + disk + "/data'");
            cluster.Sql("postgres", "CREATE DATABASE " + name + " TABLESPACE " + space);
            string text = cluster.Text(name);
            Shell.Set("store", text);
            Do("Initialize-PRStore -Store $store");
            SetVariable("PULSERUN_STORE", text);
            StartIdleEmulator(3);
            ReadFleet();
            string before = Rows(cluster, name);
            PostgresCluster.Shell("head -c 200m /dev/zero > " + disk + "/filler 2>/dev/null; true");
            // A table has room left in its last pages. What fills them is no content of the module.
            cluster.Sql(name, "DO $$ BEGIN FOR i IN 1..2000 LOOP INSERT INTO pulserun.cleanup_stop SELECT -1, repeat(md5(i::text || g), 8), g FROM generate_series(1, 50) g; END LOOP; EXCEPTION WHEN disk_full THEN NULL; END $$");
            cluster.Sql(name, "DO $$ BEGIN INSERT INTO pulserun.launch (intent, account, gpu, template, requested_at) SELECT gen_random_uuid(), -1, repeat('x', 2000), 't', 1 FROM generate_series(1, 5000); EXCEPTION WHEN disk_full THEN NULL; END $$");
            Outcome launch = Run("New-PRInstance rtx_4090 ('t' * 3000) -Confirm:$false");
            Assert.Equal(["JournalUnavailable"], launch.AllErrorIds());
            AssertLike("*disk of the server is full*", launch.Errors[0].Exception.Message);
            AssertLike("*room on the disk*", launch.Errors[0].ErrorDetails.RecommendedAction);
            Assert.Empty(Acts);
            File.Delete(disk + "/filler");
            Assert.Equal(before, Rows(cluster, name));
            Assert.Equal(3, CleanUp().Count(static line => line.EndsWith("Stopped Idle", StringComparison.Ordinal)));
        }
        finally
        {
            Do("Disconnect-PulseRun");
            cluster.Stop();
            TryShell("umount -l " + disk + " && rmdir " + disk);
        }
    }

    /// <summary>The server is killed while it receives readings. The command fails or has taken them, and the next run has each reading once.</summary>
    [ServerFact]
    public void A_server_killed_in_the_middle_of_a_COPY_loses_and_doubles_nothing()
    {
        PostgresCluster cluster = PostgresCluster.StartAnother();
        try
        {
            string name = cluster.NewDatabase(), text = cluster.Text(name);
            Shell.Set("store", text);
            Do("Initialize-PRStore -Store $store");
            SetVariable("PULSERUN_STORE", text);
            StartIdleEmulator(4);
            ReadFleet();
            string before = cluster.Sql(name, "SELECT count(*) FROM pulserun.sample");
            // The COPY waits inside its transaction until the server is killed.
            cluster.Sql(name, "CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON pulserun.sample FOR EACH ROW EXECUTE FUNCTION public.wait()");
            using RunningScript reading = Start("Get-PRIdleInstance");
            WaitUntil(() => cluster.Sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY pulserun.sample%' AND state = 'active' AND wait_event = 'PgSleep'") == "1");
            cluster.Kill();
            cluster.Start();
            cluster.Sql(name, "DROP TRIGGER slow ON pulserun.sample");
            reading.Wait();
            Assert.Equal("", reading.ErrorText);
            int after = int.Parse(cluster.Sql(name, "SELECT count(*) FROM pulserun.sample"), null), all = int.Parse(before, null) + 4;
            Assert.True(after == all || (after == all - 4 && reading.WarningText.Length > 0), after + " of " + all + " readings; " + reading.WarningText);
            Assert.Equal("0", cluster.Sql(name, "SELECT count(*) FROM (SELECT 1 FROM pulserun.sample GROUP BY instance, ts HAVING count(*) > 1) AS twice"));
        }
        finally
        {
            cluster.Stop();
        }
    }

    private static string NewStore()
    {
        string name = s_cluster.NewDatabase();
        using Shell shell = new();
        shell.Set("text", s_cluster.Text(name));
        shell.Run("Initialize-PRStore -Store $text").Succeeded();
        return name;
    }

    private static string NewLogin(string with)
    {
        string name = "l" + Guid.NewGuid().ToString("N");
        s_cluster.Sql("postgres", "CREATE ROLE " + name + " LOGIN " + with);
        return name;
    }

    private static string Rows(PostgresCluster cluster, string name) => cluster.Sql(name, "SELECT (SELECT count(*) FROM pulserun.sample) || ' ' || (SELECT count(*) FROM pulserun.launch WHERE account > 0) || ' ' || (SELECT count(*) FROM pulserun.cleanup_act)");

    private static bool TryShell(string line)
    {
        try
        {
            PostgresCluster.Shell(line);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Asserts that a cleanup, a launch and a command on the store itself refuse with this message and advice, that nothing is sent, and that this machine gets no file.</summary>
    private void Refuses(string store, string message, string advice)
    {
        Shell.Set("store", store);
        SetVariable("PULSERUN_STORE", store);
        StartIdleEmulator(1);
        Emulator.ClearRequests();
        Check(RunCleanup(), "StoreUnavailable");
        Check(Run("New-PRInstance rtx_4090 pytorch -Confirm:$false"), "JournalUnavailable");
        Check(Run("Clear-PRHistory -Before (Get-Date).AddDays(-9) -Confirm:$false"), "StoreUnavailable");
        Assert.DoesNotContain(Sent, static line => !line.StartsWith("GET ", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(DataDirectory, "pulserun.db")));
        Do("Stop-PREmulator");

        void Check(Outcome outcome, string id)
        {
            Assert.Equal([id], outcome.AllErrorIds());
            var error = outcome.Ended ?? outcome.Errors[0];
            AssertLike(message, error.Exception.Message);
            AssertLike(advice, error.ErrorDetails.RecommendedAction);
            Assert.DoesNotContain("canary", error.Exception.ToString() + error.ErrorDetails, StringComparison.Ordinal);
        }
    }
}
