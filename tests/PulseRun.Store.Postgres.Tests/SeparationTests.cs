#if NET
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Npgsql;
using PulseRun.Core.Budgets;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Core.Jobs;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.RateLimit;
using PulseRun.Core.Schedules;
using PulseRun.Core.Store;
using PulseRun.Store.Tests;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Tests the separation of rows by account with real logins: what a login that is bound to one account can do by hand, and what the module still reads of others.</summary>
public sealed class SeparationTests : IDisposable
{
    private const string A = "account-a", B = "account-b";

    /// <summary>The functions that run with the rights of the owner. Each one is a way around the rules, so each one is here on purpose.</summary>
    private static readonly string[] s_ownersFunctions = ["bound_accounts", "drop_partitions", "drop_partitions_of_all", "ensure_partition", "expire_audit", "is_roll_up_due", "protections", "roll_up", "split_rollup", "visible_accounts"];

    private static readonly PostgresCluster s_cluster = PostgresCluster.Shared;
    private readonly TempFolder _folder = new();
    private readonly ITeamStore _store;
    private readonly string _login = "l" + Guid.NewGuid().ToString("N");

    public SeparationTests() => _store = PostgresStoreFactory.Open(s_cluster.Text(Name));

    private string Name => new NpgsqlConnectionStringBuilder(File.ReadAllText(_folder.File)).Database!;

    private string LoginText => s_cluster.SocketText(Name, _login);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void EveryTableAndViewIsSeparated_AndNoFunctionIsAWayAround()
    {
        Assert.Equal("", s_cluster.Sql(Name, """
            SELECT string_agg(c.relname, ',' ORDER BY c.relname) FROM pg_class c WHERE c.relname NOT IN ('account_role', 'schema_version', 'rollup_setting') AND c.relnamespace = 'pulserun'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'by_account')
            """));
        Assert.Equal("sample", Unrestricted());
        Assert.Equal("", s_cluster.Sql(Name, """
            SELECT string_agg(c.relname, ',') FROM pg_class c WHERE c.relnamespace = 'pulserun'::regnamespace AND c.relkind = 'v'
                AND (pg_get_viewdef(c.oid) NOT LIKE '%visible_accounts%' OR NOT coalesce(c.reloptions::text, '') LIKE '%security_barrier%')
            """));
        Assert.Empty(s_cluster.Sql(Name, "SELECT string_agg(proname, ',' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'pulserun'::regnamespace AND prosecdef").Split(',').Except(s_ownersFunctions));
        Bind(A);
        Assert.Equal("", Unrestricted());
        // The last binding ends, and readings are written with COPY again.
        s_cluster.Sql(Name, "SELECT pulserun.unbind('" + _login + "', '" + A + "')");
        Assert.Equal("sample", Unrestricted());
        // A second run changes nothing and fails on nothing.
        Assert.Equal(_store.RequiredVersion, _store.Initialize());

        string Unrestricted() => s_cluster.Sql(Name, "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relname NOT IN ('account_role', 'schema_version', 'rollup_setting') AND relnamespace = 'pulserun'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND NOT relrowsecurity");
    }

    [Fact]
    public void ABoundWriter_NeitherReadsNorWritesAnotherAccount_ByHandEither()
    {
        Fill(A, "inst_a");
        Fill(B, "inst_b");
        Bind(A);
        string other = s_cluster.Sql(Name, "SELECT id FROM pulserun.account WHERE digest = '" + B + "'"), own = s_cluster.Sql(Name, "SELECT id FROM pulserun.account WHERE digest = '" + A + "'");
        string[] tries = ["", "SELECT set_config('pulserun.account', '" + other + "', true); ", "SET LOCAL pulserun.account = ''; ", "SET LOCAL ROLE pulserun_writer; ", "SET LOCAL row_security = on; "];
        foreach ((string table, string key) in Tables())
        {
            string isTheirs = key switch
            {
                "instance" => "instance IN (" + Numbers(other) + ")",
                "intent" => "intent IN (" + s_cluster.Sql(Name, "SELECT string_agg('''' || intent || '''', ',') FROM pulserun.launch WHERE account = " + other) + ")",
                "step" => "step LIKE '%" + B + "'",
                _ => key + " = " + other,
            };
            Assert.True(Count("SELECT count(*) FROM pulserun." + table + " WHERE " + isTheirs) > 0, "The test has no row of " + table);
            foreach (string setting in tries)
            {
                Assert.Equal(0, AsLogin(setting, "SELECT count(*) FROM pulserun." + table + " WHERE " + isTheirs));
                if (table == "audit")
                {
                    Refused(setting, "UPDATE pulserun.audit SET act = 'x'");
                    Refused(setting, "DELETE FROM pulserun.audit");
                    continue;
                }
                Assert.Equal(0, AsLogin(setting, "WITH gone AS (DELETE FROM pulserun." + table + " WHERE " + isTheirs + " RETURNING 1) SELECT count(*) FROM gone"));
                Assert.Equal(0, AsLogin(setting, "WITH changed AS (UPDATE pulserun." + table + " SET " + (key == "id" ? "digest = digest" : key + " = " + key) + " WHERE " + isTheirs + " RETURNING 1) SELECT count(*) FROM changed"));
            }
            // Its own rows are there, and cannot be given away.
            string isOwn = key switch { "instance" => "instance IN (" + Numbers(own) + ")", "account" => "account = " + own, _ => "true" };
            Assert.True(AsLogin("", "SELECT count(*) FROM pulserun." + table + " WHERE " + isOwn) > 0, "The login does not see its rows of " + table);
            if (key is "account" && table != "audit")
                Refused("", "UPDATE pulserun." + table + " SET account = " + other + " WHERE " + isOwn);
            if (key is "instance")
                Refused("", "UPDATE pulserun." + table + " SET instance = " + Numbers(other).Split(',')[0] + " WHERE " + isOwn);
        }
        Refused("", "INSERT INTO pulserun.cleanup_stop (account, instance, at) VALUES (" + other + ", 'inst_b', 7)");
        Refused("", "INSERT INTO pulserun.sample (ts, judged, instance) SELECT ts, 0, " + Numbers(other).Split(',')[0] + " FROM pulserun.sample");
        Refused("", "INSERT INTO pulserun.audit (account, host, os_user, run, instance, phase, act, reason, line) VALUES (" + other + ", 'h', 'u', gen_random_uuid(), 'i', 'result', 'Stopped', 'Idle', '{}')");
        // Neither the partitions, nor the bindings, nor the functions of the owner are a way around.
        string part = s_cluster.Sql(Name, "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relnamespace = 'pulserun'::regnamespace LIMIT 1");
        Refused("", "SELECT count(*) FROM pulserun." + part);
        Refused("", "SELECT count(*) FROM pulserun.account_role");
        Refused("", "UPDATE pulserun.schema_version SET version = 7");
        Refused("", "DELETE FROM pulserun.account_role");
        Refused("", "SELECT pulserun.unbind('" + _login + "', '" + A + "')");
        Refused("", "SELECT pulserun.separate()");
        Refused("", "SELECT pulserun.drop_partitions_of_all(9000000000000)");
        Refused("", "ALTER TABLE pulserun.launch DISABLE ROW LEVEL SECURITY");
        // Readings of today. Expired days may be dropped by every host, and those of the test's noon are.
        DateTimeOffset today = DateTimeOffset.UtcNow;
        _store.History.RecordReadings(A, [new InstanceMetrics { Id = "inst_a", SampledAt = today, GpuUtilization = 1 }], today);
        _store.History.RecordReadings(B, [new InstanceMetrics { Id = "inst_b", SampledAt = today, GpuUtilization = 1 }], today);
        long readings = Count("SELECT count(*) FROM pulserun.sample");
        AsLogin("", "SELECT pulserun.drop_partitions(9000000000000)::bigint");
        Assert.Equal((2, 2), (readings, Count("SELECT count(*) FROM pulserun.sample")));
        // The lists of a dashboard follow the binding, also with a function that tells what it is given.
        foreach (string view in s_cluster.Sql(Name, "SELECT string_agg(viewname, ' ') FROM pg_views WHERE schemaname = 'pulserun'").Split(' '))
        {
            Assert.True(Count("SELECT count(*) FROM pulserun." + view + " WHERE account = '" + B + "'") > 0, "The test has no row of " + view);
            Assert.Equal(0, AsLogin("", "SELECT count(*) FROM pulserun." + view + " WHERE account <> '" + A + "'"));
            Assert.True(AsLogin("", "SELECT count(*) FROM pulserun." + view) > 0, view);
        }
        using (NpgsqlConnection connection = Open(LoginText))
        {
            var heard = new List<string>();
            connection.Notice += (_, e) => heard.Add(e.Notice.MessageText);
            Execute(connection, "CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'");
            Execute(connection, "SELECT count(*) FROM pulserun.v_state WHERE pg_temp.tell(instance)");
            Execute(connection, "SELECT count(*) FROM pulserun.note WHERE pg_temp.tell(instance)");
            Assert.Contains("inst_a", heard);
            Assert.DoesNotContain("inst_b", heard);
        }
        // An unbound writer sees both, as does the owner.
        string free = MakeLogin("pulserun_writer");
        using ITeamStore all = PostgresStoreFactory.Open(s_cluster.SocketText(Name, free));
        Assert.Equal(2, new[] { A, B }.Sum(account => all.Launches.Open(account).Count));
        Assert.Equal(["inst_a", "inst_b"], all.Notes.Living(TempFolder.Scope.Service).Keys.OrderBy(static id => id, StringComparer.Ordinal));
        Assert.Equal(2, all.History.StatesOfService(A, TempFolder.Noon).Select(static state => state.Id).Distinct().Count());
    }

    [Fact]
    public void ABoundWriter_DoesEverythingWithItsOwnAccount_AndNothingWithAnother()
    {
        Bind(A);
        using ITeamStore mine = PostgresStoreFactory.Open(LoginText);
        Fill(mine, A, "inst_a");
        Assert.Equal("Writer", mine.Describe().Role);
        InstanceMetrics odd = new() { Id = "inst_a", SampledAt = TempFolder.Noon.AddMinutes(1), GpuUtilization = 0.5, MemoryUsage = 12.34567, DiskUsage = 7.5, Gpus = [new GpuMetrics { Utilization = 0.5 }] };
        mine.History.RecordReadings(A, [odd], TempFolder.Noon.AddMinutes(1));
        // A reading that was written without COPY is read like one that was written with it.
        InstanceMetrics read = _store.History.Readings(A, "inst_a", odd.SampledAt).Single();
        Assert.Equal((odd.GpuUtilization, odd.MemoryUsage, odd.DiskUsage, 1), (read.GpuUtilization, read.MemoryUsage, read.DiskUsage, read.Gpus.Count));
        Assert.Equal(_store.History.Window(A, null, TempFolder.Noon.AddMinutes(-1), TempFolder.Noon.AddMinutes(2))["inst_a"], mine.History.Window(A, null, TempFolder.Noon.AddMinutes(-1), TempFolder.Noon.AddMinutes(2))["inst_a"]);
        foreach (Action<ITeamStore> use in new Action<ITeamStore>[]
        {
            static store => store.History.RecordReadings(B, [new InstanceMetrics { Id = "inst_b", SampledAt = TempFolder.Noon }], TempFolder.Noon),
            static store => store.Cleanups.Begin(Guid.NewGuid(), B),
            static store => store.Launches.Begin(B, JournalWords.Intent(Guid.NewGuid()), null),
            static store => store.Audit(B).Append([Line(Guid.NewGuid(), "inst_b")]),
            static store => store.Notes.Change(TempFolder.Scope with { Account = B }, "inst_b", new NoteChange { Name = new("x") }, TempFolder.Noon),
            static store => store.Budgets.Change("s", InstanceNote.NoTags, static rule => rule),
        })
        {
            StoreUnavailableException error = Assert.Throws<StoreUnavailableException>(() => use(mine));
            Assert.Equal(StoreFailure.Forbidden, error.Reason);
            Assert.Contains("pulserun.bind", error.Message, StringComparison.Ordinal);
        }
        Assert.Empty(mine.Launches.Open(B));
        Assert.Equal("0", s_cluster.Sql(Name, "SELECT count(*) FROM pulserun.account WHERE digest = '" + B + "'"));
    }

    /// <summary>A protection holds for the id under every account, because one fleet may be reached with several keys: that is the one thing that a bound login reads of others.</summary>
    [Fact]
    public void ProtectionsOfOtherAccountsHold_WithoutTheirReason()
    {
        _store.Notes.Protect(TempFolder.Scope with { Account = B }, "inst_b", "secret plan", null, TempFolder.Noon);
        _store.Notes.Protect(TempFolder.Scope, "inst_a", "mine", null, TempFolder.Noon);
        Bind(A);
        using ITeamStore mine = PostgresStoreFactory.Open(LoginText);
        IReadOnlyDictionary<string, Protection> held = mine.Notes.Protections(TempFolder.Noon);
        Assert.Equal(("mine", null), (held["inst_a"].Reason, held["inst_b"].Reason));
        Assert.False(mine.Notes.Unprotect("inst_b"));
        Assert.Equal(2, mine.Notes.Protections(TempFolder.Noon).Count);
        Assert.True(mine.Notes.Unprotect("inst_a"));
        Assert.Equal("secret plan", _store.Notes.Protections(TempFolder.Noon)["inst_b"].Reason);
    }

    [Fact]
    public void AReader_SeesTheAccountsOfItsBinding_AndAllWithoutOne()
    {
        Fill(A, "inst_a");
        Fill(B, "inst_b");
        string reader = MakeLogin("pulserun_reader"), free = MakeLogin("pulserun_reader");
        s_cluster.Sql(Name, "SELECT pulserun.bind('" + reader + "', '" + B + "')");
        Assert.Equal("account-b", Ask(s_cluster.SocketText(Name, reader), "SELECT string_agg(DISTINCT account, ',') FROM pulserun.v_reading"));
        Assert.Equal("account-a,account-b", Ask(s_cluster.SocketText(Name, free), "SELECT string_agg(DISTINCT account, ',') FROM pulserun.v_reading"));
        Assert.Throws<PostgresException>(() => Ask(s_cluster.SocketText(Name, reader), "SELECT count(*) FROM pulserun.note"));
        using ITeamStore store = PostgresStoreFactory.Open(s_cluster.SocketText(Name, reader));
        Assert.Equal("inst_b", Assert.Single(store.Describe().Leases).InstanceId);
    }

    /// <summary>A binding may be that of a group, and a login may have several.</summary>
    [Fact]
    public void ABindingOfAGroup_HoldsForItsMembers()
    {
        Fill(A, "inst_a");
        Fill(B, "inst_b");
        string group = "g" + Guid.NewGuid().ToString("N"), member = MakeLogin("pulserun_writer");
        s_cluster.Sql("postgres", "CREATE ROLE " + group + " NOLOGIN; GRANT " + group + " TO " + member);
        s_cluster.Sql(Name, "SELECT pulserun.bind('" + group + "', '" + A + "')");
        Assert.Equal("inst_a", Ask(s_cluster.SocketText(Name, member), "SELECT string_agg(name, ',') FROM pulserun.instance"));
        s_cluster.Sql(Name, "SELECT pulserun.bind('" + member + "', '" + B + "')");
        Assert.Equal("inst_a,inst_b", Ask(s_cluster.SocketText(Name, member), "SELECT string_agg(name, ',' ORDER BY name) FROM pulserun.instance"));
        Assert.Contains("does not exist", Assert.Throws<InvalidOperationException>(() => s_cluster.Sql(Name, "SELECT pulserun.bind('nosuch', 'x')")).Message, StringComparison.Ordinal);
    }

    /// <summary>If a transaction is about one account, the database restricts it to that account, and the setting ends with it: through a pooler the next transaction of the connection is another host's.</summary>
    [Fact]
    public void ATransactionAboutOneAccount_IsRestrictedToIt_AndTheNextIsNot()
    {
        Fill(A, "inst_a");
        Fill(B, "inst_b");
        MakeLogin("pulserun_writer", _login);
        using var database = new Connection.Database(() => Connection.ConnectionText.Parse(LoginText + ";Maximum Pool Size=1", null), "x");
        Assert.Equal(("inst_a", "inst_a,inst_b"), database.Write(static session =>
        {
            string all = (string)session.One("SELECT string_agg(name, ',' ORDER BY name) FROM pulserun.instance")!;
            session.Lock(Connection.AccountLock.History, session.Account(A));
            return ((string)session.One("SELECT string_agg(name, ',') FROM pulserun.instance")!, all);
        }));
        Assert.Equal("inst_a,inst_b", database.Read(static session => session.One("SELECT string_agg(name, ',' ORDER BY name) FROM pulserun.instance")));
    }

    [Fact]
    public void TheAudit_IsAppendedTo_AndTheDatabaseSaysWhenAndWho()
    {
        MakeLogin("pulserun_writer", _login);
        Guid run = Guid.NewGuid();
        using (ITeamStore host = PostgresStoreFactory.Open(LoginText))
        {
            host.Audit(A).Append([]);
            host.Audit(A).Append([Line(run, "inst_a") with { Phase = "intent", Action = "Stop" }]);
            host.Audit(A).Append([Line(run, "inst_a"), Line(run, "inst_b") with { Action = "Failed", Error = "It's \"broken\"\u2028." }]);
        }
        Assert.Equal($"intent Stop Idle {_login}|result Stopped Idle {_login}", s_cluster.Sql(Name, "SELECT string_agg(phase || ' ' || act || ' ' || reason || ' ' || login, '|' ORDER BY at) FROM pulserun.v_audit WHERE instance = 'inst_a' AND run = '" + run + "' AND at > clock_timestamp() - interval '1 minute'"));
        Assert.Equal("It's \"broken\"\u2028.|1.5|92.5|h100_80gb", s_cluster.Sql(Name, "SELECT error, cost_per_hour, peak_gpu, gpu FROM pulserun.v_audit WHERE instance = 'inst_b'"));
        string host_ = Environment.MachineName;
        Assert.StartsWith(host_ + ":", s_cluster.Sql(Name, "SELECT DISTINCT host FROM pulserun.v_audit"), StringComparison.Ordinal);
        // Neither a change nor another time or login.
        Refused("", "UPDATE pulserun.audit SET reason = 'x'");
        Refused("", "DELETE FROM pulserun.audit");
        Refused("", "TRUNCATE pulserun.audit");
        foreach (string column in new[] { "login", "at" })
            Refused("", "INSERT INTO pulserun.audit (" + column + ", account, host, os_user, run, instance, phase, act, reason, line) SELECT " + column + ", account, host, os_user, run, instance, phase, act, reason, line FROM pulserun.audit");
        // 400 days, by the clock of the database.
        s_cluster.Sql(Name, "UPDATE pulserun.audit SET at = at - interval '401 days' WHERE instance = 'inst_b'; UPDATE pulserun.audit SET at = at - interval '399 days' WHERE phase = 'intent'");
        using ITeamStore again = PostgresStoreFactory.Open(LoginText);
        again.Cleanups.Begin(Guid.NewGuid(), A);
        Assert.Equal("inst_a intent,inst_a result", s_cluster.Sql(Name, "SELECT string_agg(instance || ' ' || phase, ',' ORDER BY at) FROM pulserun.audit"));
    }

    private static CleanupAuditLine Line(Guid run, string id) => new()
    {
        Time = TempFolder.Noon, Run = run, Id = id, Phase = "result", Action = "Stopped", Reason = "Idle", Gpu = "h100_80gb", CostPerHour = 1.5m, PeakGpu = 92.5,
    };

    private void Fill(string account, string id) => Fill(_store, account, id);

    /// <summary>Writes at least one row for the account into each table that belongs to accounts.</summary>
    private static void Fill(ITeamStore store, string account, string id)
    {
        DateTimeOffset now = TempFolder.Noon;
        var scope = new NoteScope(TempFolder.Scope.Service, account);
        store.History.RecordReadings(account, [new InstanceMetrics { Id = id, SampledAt = now, GpuUtilization = 1 }], now);
        store.History.RecordReadings(account, [new InstanceMetrics { Id = id, SampledAt = now.AddSeconds(-90), GpuUtilization = 1 }], now.AddSeconds(-90));
        store.History.RecordStates(account, [new Instance { Id = id, Status = "stopped" }], true, now);
        store.History.RecordStates(account, [new Instance { Id = id, Status = "stopped" }], true, now.AddMinutes(1));
        store.History.RecordReadings(account, [new InstanceMetrics { Id = id, SampledAt = now, GpuUtilization = 1 }], now);
        store.ReadingRequests.TryWarnOverload(account, now, TimeSpan.FromHours(1));
        store.Launches.Begin(account, JournalWords.Intent(Guid.NewGuid()) with { Attempt = 1 }, null);
        store.Launches.RecordPrices(account, [new Instance { Id = id, Gpu = "h100_80gb", CostPerHour = 1, Status = "running" }], now);
        store.Notes.Change(scope, id, new NoteChange { Name = new("name of " + id) }, now);
        Guid run = Guid.NewGuid();
        store.Cleanups.Begin(run, account);
        Assert.True(store.Cleanups.TryAct(run, id, 1));
        Assert.True(store.Cleanups.TryClaim(run, account, id, TimeSpan.FromMinutes(1)));
        Assert.True(store.Cleanups.IsGranted(run, id, TimeSpan.FromSeconds(5)));
        store.Cleanups.Finish(run, id, "Stop");
        store.Cleanups.RecordStop(account, id, now);
        store.Warnings.Claim(account, id, now, now, TimeSpan.FromMinutes(1), out _);
        store.Schedules.Begin(account, new ScheduleRecord { IntentId = Guid.NewGuid(), Request = new ScheduleRequest { Name = id, Gpu = "g", Template = "t", Cron = "0 * * * *" }, Before = [], RequestedAt = now, RequestTimeout = TimeSpan.FromSeconds(100), OwnerState = OwnerState.Alive });
        store.Jobs.Write(account, new JobRecord { JobId = id, Name = id, InstanceId = id, Command = "true", Directory = "/", CreatedAt = now });
        for (int draw = 0; draw < 13; draw++)
            store.Rate.Draw(account, new RateDraw(5, 60));
        store.Audit(account).Append([Line(run, id)]);
    }

    /// <summary>Returns the tables with the column by which their rows belong to an account.</summary>
    private List<(string Table, string Key)> Tables()
    {
        s_cluster.Sql(Name, "INSERT INTO pulserun.import VALUES ('f', 'readings account-a', 1, 1), ('f', 'readings account-b', 1, 1); INSERT INTO pulserun.clock_reset SELECT id, 1 FROM pulserun.instance ON CONFLICT DO NOTHING");
        var tables = s_cluster.Sql(Name, """
            SELECT string_agg(c.relname || ' ' || CASE WHEN c.relname = 'account' THEN 'id' WHEN c.relname = 'launch_attempt' THEN 'intent' WHEN c.relname = 'import' THEN 'step'
                WHEN EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account') THEN 'account' ELSE 'instance' END, ',' ORDER BY c.relname)
            FROM pg_class c WHERE c.relnamespace = 'pulserun'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT IN ('account_role', 'schema_version', 'budget', 'rollup', 'rollup_setting')
            """).Split(',').Select(static one => (one.Split(' ')[0], one.Split(' ')[1])).ToList();
        Assert.True(tables.Count >= 24, tables.Count.ToString(CultureInfo.InvariantCulture));
        return tables;
    }

    private string Numbers(string account) => s_cluster.Sql(Name, "SELECT string_agg(id::text, ',') FROM pulserun.instance WHERE account = " + account);

    private void Bind(string account)
    {
        MakeLogin("pulserun_writer", _login);
        s_cluster.Sql(Name, "SELECT pulserun.bind('" + _login + "', '" + account + "')");
    }

    private static string MakeLogin(string role, string? name = null)
    {
        name ??= "l" + Guid.NewGuid().ToString("N");
        s_cluster.Sql("postgres", "CREATE ROLE " + name + " LOGIN IN ROLE " + role);
        return name;
    }

    private long Count(string sql) => long.Parse(s_cluster.Sql(Name, sql), CultureInfo.InvariantCulture);

    private long AsLogin(string setting, string sql)
    {
        using NpgsqlConnection connection = Open(LoginText);
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        if (setting.Length > 0)
            Execute(connection, setting);
        using var command = new NpgsqlCommand(sql, connection, transaction);
        object? value = command.ExecuteScalar();
        transaction.Commit();
        return value is long count ? count : 0;
    }

    private void Refused(string setting, string sql)
    {
        PostgresException error = Assert.Throws<PostgresException>(() => AsLogin(setting, sql));
        Assert.True(error.SqlState == "42501", sql + ": " + error.SqlState + " " + error.MessageText);
    }

    private static NpgsqlConnection Open(string text)
    {
        var connection = new NpgsqlConnection(text);
        connection.Open();
        return connection;
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static string? Ask(string text, string sql)
    {
        using NpgsqlConnection connection = Open(text);
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar()?.ToString();
    }
}
#endif
