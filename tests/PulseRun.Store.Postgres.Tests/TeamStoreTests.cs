#if NET
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using PulseRun.Store.Sqlite;
using PulseRun.Store.Tests;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Tests what only the store of a team has: its schema, roles, leases, partitions and failures.</summary>
public sealed class TeamStoreTests : IDisposable
{
    private static readonly PostgresCluster s_cluster = PostgresCluster.Shared;
    private readonly TempFolder _folder = new();
    private readonly ITeamStore _store;

    public TeamStoreTests() => _store = (ITeamStore)_folder.Open();

    private string Text => File.ReadAllText(_folder.File);

    private string Name => new NpgsqlConnectionStringBuilder(Text).Database!;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Initialize_ByFiveAtOnce_MakesOneSchema_AndIsRepeatable()
    {
        string text = s_cluster.Text(s_cluster.NewDatabase());
        ITeamStore[] stores = [.. Enumerable.Range(0, 5).Select(_ => PostgresStoreFactory.Open(text))];
        int[] before = new int[5];
        Parallel.For(0, 5, i => before[i] = stores[i].Initialize());
        int made = stores[0].RequiredVersion;
        Assert.Equal([0, made, made, made, made], before.OrderBy(static version => version));
        Assert.Equal(stores[0].RequiredVersion, stores[0].ReadVersion());
        Assert.Empty(stores[1].Notes.Protections(TempFolder.Noon));
        foreach (ITeamStore store in stores)
            store.Dispose();
    }

    [Fact]
    public void Script_RunByAnAdministrator_MakesTheSameSchema()
    {
        string name = s_cluster.NewDatabase();
        using ITeamStore store = PostgresStoreFactory.Open(s_cluster.Text(name));
        s_cluster.Sql(name, store.Script());
        Assert.Equal(store.RequiredVersion, store.ReadVersion());
        Assert.Equal(Schema(Name), Schema(name));
    }

    private static string Schema(string database) => s_cluster.Sql(database, "SELECT string_agg(table_name || '.' || column_name || ' ' || data_type, ',' ORDER BY table_name, column_name) FROM information_schema.columns WHERE table_schema = 'pulserun'");

    [Fact]
    public void ADatabaseWithoutTheSchema_IsNoSchema() => Fails(StoreFailure.NoSchema, s_cluster.Text(s_cluster.NewDatabase()), "Initialize-PRStore");

    [Fact]
    public void ANewerSchema_IsRefused_AndLeftAlone()
    {
        s_cluster.Sql(Name, "INSERT INTO pulserun.schema_version (version) VALUES (99)");
        Fails(StoreFailure.NewerVersion, Text, "newer version");
        using ITeamStore again = PostgresStoreFactory.Open(Text);
        Assert.Equal(StoreFailure.NewerVersion, Assert.Throws<StoreUnavailableException>(() => again.Initialize()).Reason);
        Assert.Equal("99", s_cluster.Sql(Name, "SELECT max(version) FROM pulserun.schema_version"));
    }

    [Fact]
    public void AnEarlierSchema_NamesTheCommand()
    {
        s_cluster.Sql(Name, "DELETE FROM pulserun.schema_version WHERE version > 1");
        Fails(StoreFailure.NoSchema, Text, "Initialize-PRStore");
    }

    [Fact]
    public void AnEarlierSchema_IsMigrated_AndKeepsItsRows()
    {
        string name = s_cluster.NewDatabase();
        using Stream first = typeof(PostgresStore).Assembly.GetManifestResourceStream("PulseRun.Store.Postgres.Schema.001.sql")!;
        using var reader = new StreamReader(first);
        s_cluster.Sql(name, "CREATE SCHEMA pulserun; CREATE TABLE pulserun.schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), applied_by text NOT NULL DEFAULT current_user);\n"
            + reader.ReadToEnd() + "INSERT INTO pulserun.schema_version (version) VALUES (1); INSERT INTO pulserun.account (digest) VALUES ('kept');");
        using ITeamStore store = PostgresStoreFactory.Open(s_cluster.Text(name));
        Assert.Equal(1, store.Initialize());
        Assert.Equal("kept", s_cluster.Sql(name, "SELECT digest FROM pulserun.account"));
        Assert.Equal(Schema(Name), Schema(name));
        Assert.Empty(store.Jobs.All("kept"));
    }

    [Fact]
    public void AServerThatOnlyReads_IsReadOnly_ForWrites()
    {
        s_cluster.Sql(Name, "ALTER DATABASE " + Name + " SET default_transaction_read_only = on");
        using ITeamStore store = PostgresStoreFactory.Open(Text + ";Application Name=again");
        Assert.Empty(store.Notes.Protections(TempFolder.Noon));
        StoreUnavailableException error = Assert.Throws<StoreUnavailableException>(() => store.Notes.Unprotect("inst_1"));
        Assert.Equal(StoreFailure.ReadOnly, error.Reason);
    }

    [Fact]
    public void AWrongPassword_IsAccessDenied_AndIsNotShown()
    {
        string user = "u" + Guid.NewGuid().ToString("N");
        s_cluster.Sql("postgres", "CREATE ROLE " + user + " LOGIN PASSWORD 'right-one'");
        StoreUnavailableException error = Fails(StoreFailure.AccessDenied, s_cluster.Text(Name, user) + ";Password=wrong-one", "password");
        Assert.DoesNotContain("wrong-one", error.ToString(), StringComparison.Ordinal);
        Fails(StoreFailure.AccessDenied, s_cluster.Text(Name, user), "PGPASSFILE");
        Fails(StoreFailure.AccessDenied, s_cluster.Text("nosuch"), "nosuch");
    }

    [Fact]
    public void APassword_ComesFromTheCommand_ThePasswordFile_OrTheServiceFile()
    {
        string user = "u" + Guid.NewGuid().ToString("N");
        s_cluster.Sql("postgres", "CREATE ROLE " + user + " LOGIN PASSWORD 'right-one' IN ROLE pulserun_writer");
        using (ITeamStore store = PostgresStoreFactory.Open(s_cluster.Text(Name, user), static () => "right-one"))
            Assert.Empty(store.Notes.Protections(TempFolder.Noon));
        string passFile = Path.Combine(_folder.Root, "pgpass");
        File.WriteAllText(passFile, "127.0.0.1:" + s_cluster.Port + ":*:" + user + ":right-one\n");
        PostgresCluster.Shell("chmod 600 " + passFile);
        using (ITeamStore store = PostgresStoreFactory.Open(s_cluster.Text(Name, user) + ";Passfile=" + passFile))
            Assert.Empty(store.Notes.Protections(TempFolder.Noon));
        string service = Path.Combine(_folder.Root, "service");
        File.WriteAllText(service, "# the team\n[other]\nhost=nowhere\n[team]\nhost=127.0.0.1\nport=" + s_cluster.Port + "\ndbname=" + Name + "\nuser=" + user + "\npassword=right-one\nsslmode=prefer\n");
        Environment.SetEnvironmentVariable("PGSERVICEFILE", service);
        try
        {
            using ITeamStore store = PostgresStoreFactory.Open("Service=team");
            Assert.Empty(store.Notes.Protections(TempFolder.Noon));
            using ITeamStore none = PostgresStoreFactory.Open("Service=nosuch");
            Assert.Equal(StoreFailure.Misconfigured, Assert.Throws<StoreUnavailableException>(() => none.Notes.Protections(TempFolder.Noon)).Reason);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PGSERVICEFILE", null);
        }
    }

    [Fact]
    public void TheRoles_HaveTheLeastRights()
    {
        string stranger = Role(null), reader = Role("pulserun_reader"), writer = Role("pulserun_writer");
        Assert.Equal(StoreFailure.Forbidden, Refusal(stranger, static store => store.Notes.Protections(TempFolder.Noon)));
        Assert.Equal(StoreFailure.Forbidden, Refusal(reader, static store => store.Notes.Unprotect("inst_1")));
        Assert.Equal(StoreFailure.Forbidden, Refusal(reader, static store => store.Launches.Open(TempFolder.Account)));
        using (ITeamStore store = PostgresStoreFactory.Open(s_cluster.Text(Name, writer) + ";Password=x"))
        {
            // Everything that a host does: it makes a partition too, by a function of the owner.
            store.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_1", SampledAt = TempFolder.Noon.AddDays(3), GpuUtilization = 1 }], TempFolder.Noon.AddDays(3));
            store.History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_1", Status = "running" }], true, TempFolder.Noon);
            Guid run = Guid.NewGuid();
            store.Cleanups.Begin(run, TempFolder.Account);
            Assert.True(store.Cleanups.TryAct(run, "inst_1", 1));
            store.Launches.Begin(TempFolder.Account, JournalWords.Intent(Guid.NewGuid()), null);
            Assert.Equal("Writer", store.Describe().Role);
            Assert.Equal(StoreFailure.Forbidden, Assert.Throws<StoreUnavailableException>(() => store.Initialize()).Reason);
        }
        using (ITeamStore store = PostgresStoreFactory.Open(s_cluster.Text(Name, reader) + ";Password=x"))
        {
            Assert.Equal(("Reader", 1), (store.Describe().Role, store.Describe().Leases.Count));
            Assert.Equal([false, false, true], store.Roles().Select(static role => role.IsMine));
        }
        Assert.Equal("1", s_cluster.Sql(Name, "SET ROLE " + reader + "; SELECT count(*) FROM pulserun.v_reading"));
        Assert.Throws<InvalidOperationException>(() => s_cluster.Sql(Name, "SET ROLE " + writer + "; UPDATE pulserun.schema_version SET version = 7"));
        Assert.Throws<InvalidOperationException>(() => s_cluster.Sql(Name, "SET ROLE " + writer + "; DROP TABLE pulserun.lease"));

        string Role(string? member)
        {
            string name = "r" + Guid.NewGuid().ToString("N");
            s_cluster.Sql("postgres", "CREATE ROLE " + name + " LOGIN PASSWORD 'x'" + (member is null ? "" : " IN ROLE " + member));
            return name;
        }

        StoreFailure Refusal(string user, Action<ITeamStore> use)
        {
            using ITeamStore store = PostgresStoreFactory.Open(s_cluster.Text(Name, user) + ";Password=x");
            return Assert.Throws<StoreUnavailableException>(() => use(store)).Reason;
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public void AClockTenMinutesOff_IsRefused_AndNothingIsWritten(int minutes)
    {
        using var store = new PostgresStore(Text, null, new StoreLimits(), () => DateTimeOffset.UtcNow.AddMinutes(minutes));
        StoreUnavailableException error = Assert.Throws<StoreUnavailableException>(() => store.Cleanups.Begin(Guid.NewGuid(), TempFolder.Account));
        Assert.Equal(StoreFailure.ClockSkew, error.Reason);
        Assert.Equal("0", s_cluster.Sql(Name, "SELECT count(*) FROM pulserun.cleanup_run"));
    }

    [Fact]
    public void AClockTwoMinutesOff_IsCorrected()
    {
        using var store = new PostgresStore(Text, null, new StoreLimits(), static () => DateTimeOffset.UtcNow.AddMinutes(2));
        Assert.Empty(store.Notes.Protections(TempFolder.Noon));
        Assert.InRange(store.ClockOffset, TimeSpan.FromSeconds(-125), TimeSpan.FromSeconds(-115));
    }

    [Fact]
    public void ALease_IsTakenByOneOfTwoHosts_AndItsOldTokenChangesNothing()
    {
        Guid first = Guid.NewGuid(), second = Guid.NewGuid();
        _store.Cleanups.Begin(first, TempFolder.Account, TimeSpan.FromSeconds(100));
        _store.Cleanups.Begin(second, TempFolder.Account, TimeSpan.FromSeconds(100));
        // The second run is that of another host.
        s_cluster.Sql(Name, "UPDATE pulserun.cleanup_run SET host = 'other', owner = 'other@x|1|y' WHERE run = '" + second + "'");
        Assert.True(_store.Cleanups.TryAct(first, "inst_1", 5));
        Assert.False(_store.Cleanups.TryAct(second, "inst_1", 5));
        Assert.Equal("t", s_cluster.Sql(Name, "SELECT expires_at - clock_timestamp() > interval '105 seconds' FROM pulserun.lease"));
        // The first host stops for longer than its lease.
        s_cluster.Sql(Name, "UPDATE pulserun.lease SET expires_at = clock_timestamp() - interval '1 second'");
        Assert.True(_store.Cleanups.TryAct(second, "inst_1", 5));
        Assert.False(_store.Cleanups.TryAct(first, "inst_1", 5));
        _store.Cleanups.Finish(first, "inst_1", "Stop");
        _store.Cleanups.Release(first, "inst_1");
        Assert.Equal("|1", s_cluster.Sql(Name, "SELECT result, (SELECT count(*) FROM pulserun.lease) FROM pulserun.lease"));
        _store.Cleanups.Finish(second, "inst_1", "Stop");
        StoreLease lease = Assert.Single(_store.Describe().Leases);
        Assert.Equal(("inst_1", "Stop", "Stop"), (lease.InstanceId, lease.Intent, lease.Result));
        // A look from before the act cannot justify another act: the lease holds for longer than a look is good.
        Assert.True(lease.ExpiresAt - DateTimeOffset.UtcNow > PulseRun.Core.Client.ActWindow.ForCleanup);
    }

    /// <summary>The host sleeps: for it no time passes between the grant and the act. The clock of the database goes on.</summary>
    [Fact]
    public void AnActIsGranted_ForSecondsByTheClockOfTheDatabase_AndNotAfterAnotherTookIt()
    {
        // Longer than the few seconds of a cleanup, so that a busy machine is within it.
        TimeSpan within = TimeSpan.FromMinutes(1);
        Guid run = Guid.NewGuid(), other = Guid.NewGuid();
        _store.Cleanups.Begin(run, TempFolder.Account, TimeSpan.FromSeconds(100));
        _store.Cleanups.Begin(other, TempFolder.Account, TimeSpan.FromSeconds(1));
        Assert.False(_store.Cleanups.IsGranted(run, "inst_1", within));
        Assert.True(_store.Cleanups.TryAct(run, "inst_1", 5));
        Assert.True(_store.Cleanups.IsGranted(run, "inst_1", within));
        Assert.False(_store.Cleanups.IsGranted(other, "inst_1", within));
        // A minute passes: the lease holds for another, but the look is too old.
        s_cluster.Sql(Name, "UPDATE pulserun.lease SET expires_at = expires_at - interval '61 seconds'");
        Assert.False(_store.Cleanups.IsGranted(run, "inst_1", within));
        Assert.True(_store.Cleanups.TryAct(run, "inst_1", 5));
        Assert.True(_store.Cleanups.IsGranted(run, "inst_1", within));
        // The lease runs out, and a run of another host takes it.
        s_cluster.Sql(Name, "UPDATE pulserun.lease SET expires_at = clock_timestamp() - interval '1 second'; UPDATE pulserun.cleanup_run SET host = 'other' WHERE run = '" + other + "'");
        Assert.False(_store.Cleanups.IsGranted(run, "inst_1", within));
        Assert.True(_store.Cleanups.TryAct(other, "inst_1", 5));
        Assert.False(_store.Cleanups.IsGranted(run, "inst_1", TimeSpan.FromDays(1)));
    }

    [Fact]
    public void Acts_OfAnotherHostInTheLastMinute_CountToo_AndOwnEarlierRunsDoNot()
    {
        Guid first = Guid.NewGuid();
        _store.Cleanups.Begin(first, TempFolder.Account);
        Assert.True(_store.Cleanups.TryAct(first, "inst_1", 1));
        _store.Cleanups.End(first);
        Guid next = Guid.NewGuid();
        _store.Cleanups.Begin(next, TempFolder.Account);
        Assert.True(_store.Cleanups.TryAct(next, "inst_2", 1));
        _store.Cleanups.End(next);
        s_cluster.Sql(Name, "UPDATE pulserun.cleanup_run SET host = 'other'");
        Guid here = Guid.NewGuid();
        _store.Cleanups.Begin(here, TempFolder.Account);
        Assert.False(_store.Cleanups.TryAct(here, "inst_3", 2));
        Assert.True(_store.Cleanups.TryAct(here, "inst_3", 3));
        s_cluster.Sql(Name, "UPDATE pulserun.cleanup_act SET began = began - interval '61 seconds' WHERE instance <> 'inst_3'");
        Assert.True(_store.Cleanups.TryAct(here, "inst_4", 2));
    }

    [Fact]
    public void RunsOfAHostThatIsGone_StopCountingAfterMinutes()
    {
        Guid gone = Guid.NewGuid();
        _store.Cleanups.Begin(gone, TempFolder.Account);
        Assert.True(_store.Cleanups.TryAct(gone, "inst_1", 1));
        s_cluster.Sql(Name, "UPDATE pulserun.cleanup_run SET host = 'other', owner = 'other@x|1|y'; UPDATE pulserun.cleanup_act SET began = began - interval '2 minutes'");
        Guid here = Guid.NewGuid();
        _store.Cleanups.Begin(here, TempFolder.Account);
        Assert.False(_store.Cleanups.TryAct(here, "inst_2", 1));
        s_cluster.Sql(Name, "UPDATE pulserun.cleanup_run SET alive_until = clock_timestamp() WHERE run = '" + gone + "'");
        Assert.True(_store.Cleanups.TryAct(here, "inst_2", 1));
    }

    [Fact]
    public void Readings_NeedAtMostSixtyBytes_AndADayIsDroppedAsAWhole()
    {
        DateTimeOffset noon = TempFolder.Noon;
        for (int minute = 0; minute < 40; minute++)
        {
            DateTimeOffset at = noon.AddMinutes(minute);
            _store.History.RecordReadings(TempFolder.Account, [.. Enumerable.Range(0, 1000).Select(i => new InstanceMetrics { Id = "inst_" + i, SampledAt = at.AddMilliseconds(i), GpuUtilization = i % 100, MemoryUsage = 40.5, DiskUsage = 12.5, Uptime = TimeSpan.FromSeconds(minute * 60) })], at.AddSeconds(1));
        }
        Assert.InRange(double.Parse(s_cluster.Sql(Name, "SELECT sum(pg_total_relation_size(inhrelid)) / 40000 FROM pg_inherits WHERE inhparent = 'pulserun.sample'::regclass"), System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        InstanceMetrics first = _store.History.Readings(TempFolder.Account, "inst_7", noon).First();
        Assert.Equal((7, 40.5, 12.5, TimeSpan.Zero), (first.GpuUtilization, first.MemoryUsage, first.DiskUsage, first.Uptime));
        DateTimeOffset later = noon.AddDays(16);
        _store.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = "inst_1", SampledAt = later, GpuUtilization = 1 }], later);
        Assert.Equal("sample_20260317", s_cluster.Sql(Name, "SELECT string_agg(inhrelid::regclass::text, ',') FROM pg_inherits WHERE inhparent = 'pulserun.sample'::regclass").Replace("pulserun.", "", StringComparison.Ordinal));
        Assert.Equal(later, Assert.Single(_store.History.Readings(TempFolder.Account, null, noon)).SampledAt);
    }

    [Fact]
    public void AServerKilledInACopy_LosesNothingThatWasRecorded_AndDoublesNothing()
    {
        PostgresCluster cluster = PostgresCluster.StartAnother();
        try
        {
            string name = cluster.NewDatabase(), text = cluster.Text(name);
            using ITeamStore store = PostgresStoreFactory.Open(text);
            store.Initialize();
            var recorded = 0;
            using var stop = new CancellationTokenSource();
            var work = Task.Run(() =>
            {
                for (int tick = 0; !stop.IsCancellationRequested; tick++)
                {
                    DateTimeOffset at = TempFolder.Noon.AddSeconds(tick);
                    try
                    {
                        store.Launches.Begin(TempFolder.Account, JournalWords.Intent(Guid.NewGuid(), now: at), null);
                        store.History.RecordReadings(TempFolder.Account, [.. Enumerable.Range(0, 2000).Select(i => new InstanceMetrics { Id = "inst_" + i, SampledAt = at, GpuUtilization = 1 })], at);
                        // A journal entry is on the disk before its answer, unlike a reading.
                        store.Launches.Begin(TempFolder.Account, JournalWords.Intent(Guid.NewGuid(), now: at), null);
                        Interlocked.Increment(ref recorded);
                    }
                    catch (StoreUnavailableException)
                    {
                        // The host goes on with the next tick.
                    }
                }
            });
            for (int round = 0; round < 3; round++)
            {
                int before = Volatile.Read(ref recorded);
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref recorded) >= before + 3, TimeSpan.FromSeconds(60)));
                cluster.Kill();
                cluster.Start();
            }
            stop.Cancel();
#pragma warning disable xUnit1031 // The work has a bound of its own.
            Assert.True(work.Wait(TimeSpan.FromSeconds(60)));
#pragma warning restore xUnit1031
            Assert.True(long.Parse(cluster.Sql(name, "SELECT count(*) FROM pulserun.launch"), System.Globalization.CultureInfo.InvariantCulture) >= 2 * recorded);
            // Each tick is there as a whole and once, or not at all.
            Assert.Equal("0", cluster.Sql(name, "SELECT count(*) FROM (SELECT ts FROM pulserun.sample GROUP BY ts HAVING count(*) <> 2000) AS torn"));
        }
        finally
        {
            cluster.Stop();
        }
    }

    [Fact]
    public void AFailoverToAnotherPrimary_IsSurvived()
    {
        PostgresCluster first = PostgresCluster.StartAnother();
        PostgresCluster? second = null;
        try
        {
            string name = first.NewDatabase();
            second = first.StartReplica();
            string text = "Host=127.0.0.1:" + first.Port + ",127.0.0.1:" + second.Port + ";Database=" + name + ";Username=pulserun;SSL Mode=Disable;Target Session Attributes=primary";
            using ITeamStore store = PostgresStoreFactory.Open(text);
            store.Initialize();
            store.Launches.Begin(TempFolder.Account, JournalWords.Intent(Guid.NewGuid()), null);
            using (ITeamStore replica = PostgresStoreFactory.Open(second.Text(name)))
            {
                Assert.True(SpinWait.SpinUntil(() => second.Sql(name, "SELECT count(*) FROM pg_tables WHERE tablename = 'launch'") == "1" && second.Sql(name, "SELECT count(*) FROM pulserun.launch") == "1", TimeSpan.FromSeconds(60)));
                Assert.Single(replica.Launches.Open(TempFolder.Account));
                Assert.Equal(StoreFailure.ReadOnly, Assert.Throws<StoreUnavailableException>(() => replica.Notes.Unprotect("inst_1")).Reason);
            }
            first.Kill();
            second.Promote();
            Assert.True(SpinWait.SpinUntil(() => Begins(store), TimeSpan.FromSeconds(60)));
            Assert.Equal(2, store.Launches.Open(TempFolder.Account).Count);
        }
        finally
        {
            second?.Stop();
            first.Stop();
        }

        static bool Begins(ITeamStore store)
        {
            try
            {
                store.Launches.Begin(TempFolder.Account, JournalWords.Intent(Guid.NewGuid()), null);
                return true;
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void AConnectionCutInACommit_IsReadBack_AndNotDoneTwice()
    {
        using var cut = new CuttingProxy(s_cluster.Port);
        using ITeamStore store = PostgresStoreFactory.Open("Host=127.0.0.1;Port=" + cut.Port + ";Database=" + Name + ";Username=pulserun;SSL Mode=Disable;Timeout=60");
        for (int i = 0; i < 20; i++)
        {
            // Cuts the connection after the answer to the commit was produced and before it is delivered, or before the commit is sent.
            cut.CutAt(i % 2 == 0 ? "COMMIT" : "INSERT", afterServer: i % 4 < 2);
            store.Launches.Begin(TempFolder.Account, JournalWords.Intent(Guid.NewGuid()), null);
        }
        Assert.True(cut.Cuts >= 20, cut.Cuts + " cuts");
        Assert.Equal("20", s_cluster.Sql(Name, "SELECT count(*) FROM pulserun.launch"));
    }

    [Fact]
    public void AHostPausedInATransaction_LosesItsLocks_ByALimitThatEndsWithTheTransaction()
    {
        using var database = new Connection.Database(() => Connection.ConnectionText.Parse(Text, null), "x");
        Assert.Equal("10s", database.Write(static session => session.One("SHOW idle_in_transaction_session_timeout")));
        Assert.Equal("0", database.Raw(static connection => new NpgsqlCommand("SHOW idle_in_transaction_session_timeout", connection).ExecuteScalar()));
    }

    [Fact]
    public void ThroughAPoolerInTransactionMode_EverythingWorks_AndNoSessionStateIsLeft()
    {
        if (!File.Exists("/usr/sbin/pgbouncer"))
            return;
        using var pooler = new Pooler(s_cluster, Name);
        string text = "Host=127.0.0.1;Port=" + pooler.Port + ";Database=" + Name + ";Username=pulserun;SSL Mode=Disable;Timeout=60";
        ITeamStore[] hosts = [.. Enumerable.Range(0, 4).Select(i => PostgresStoreFactory.Open(text + ";Application Name=h" + i))];
        Parallel.For(0, 4, host =>
        {
            for (int tick = 0; tick < 10; tick++)
            {
                DateTimeOffset at = TempFolder.Noon.AddSeconds(tick);
                hosts[host].History.RecordReadings(TempFolder.Account, [.. Enumerable.Range(0, 50).Select(i => new InstanceMetrics { Id = "inst_" + host + "_" + i, SampledAt = at, GpuUtilization = 1 })], at);
                hosts[host].History.RecordStates(TempFolder.Account, [new Instance { Id = "inst_" + host, Status = tick % 2 == 0 ? "running" : "stopped" }], false, at);
                hosts[host].Launches.Begin(TempFolder.Account, JournalWords.Intent(Guid.NewGuid()), null);
                Guid run = Guid.NewGuid();
                hosts[host].Cleanups.Begin(run, TempFolder.Account);
                hosts[host].Cleanups.TryAct(run, "inst_" + tick, 100);
                hosts[host].Cleanups.End(run);
            }
        });
        Assert.Equal("2000", s_cluster.Sql(Name, "SELECT count(*) FROM pulserun.sample"));
        Assert.Equal(40, _store.Launches.Open(TempFolder.Account).Count);
        Assert.Equal("0", s_cluster.Sql(Name, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        foreach (ITeamStore host in hosts)
            host.Dispose();
    }

    [Fact]
    public void Import_TakesALocalFileOver_OnceHoweverOftenItIsStarted()
    {
        using var local = new LocalContent();
        StoreCount first = _store.Import("/home/a/pulserun.db", local, _ => { });
        Assert.Equal((25_000, 2, 1, 1, 1), (first.Readings, first.States, first.Launches, first.Protections, first.Stops));
        Assert.Equal((1, 1, 0), (first.Notes, first.Prices, first.NamesTaken));
        StoreCount again = _store.Import("/home/a/pulserun.db", local, _ => { });
        Assert.Equal((0, 0, 0, 0, 0), (again.Readings, again.States, again.Launches, again.Protections, again.Stops));
        Assert.Equal((0, 0, 0), (again.Notes, again.Prices, again.NamesTaken));
        InstanceNote note = _store.Notes.Get(TempFolder.Scope.Service, "inst_0")!;
        Assert.Equal(("trainer", "vision", LocalContent.Begin.AddDays(9)), (note.Name, note.Tags["team"], note.ExpiresAt));
        Assert.Equal(2.5m, _store.Launches.EstimatePrice(TempFolder.Account, new LaunchRequest { Gpu = "h100_80gb", Template = "x" }));
        Assert.Equal("25000", s_cluster.Sql(Name, "SELECT count(*) FROM pulserun.sample"));
        Assert.Equal("running", _store.History.CurrentStates(TempFolder.Account)["inst_1"].Status);
    }

    [Fact]
    public void Import_KeepsWhatTheTeamHasNoted_AndDoesNotBringBackWhatItHasEnded()
    {
        using var local = new LocalContent();
        _store.Notes.Change(TempFolder.Scope, "inst_9", new NoteChange { Name = new("Trainer") }, LocalContent.Begin);
        _store.Notes.Change(TempFolder.Scope, "inst_1", new NoteChange { Name = new("mine") }, LocalContent.Begin);
        StoreCount first = _store.Import("x", local, _ => { });
        // The name belongs to another instance, which keeps it; the protection joins the note that is there.
        Assert.Equal((1, 1, 1), (first.Notes, first.Protections, first.NamesTaken));
        InstanceNote note = _store.Notes.Get(TempFolder.Scope.Service, "inst_0")!;
        Assert.Equal((null, "vision"), (note.Name, note.Tags["team"]));
        Assert.Equal(("mine", "kept"), (_store.Notes.Get(TempFolder.Scope.Service, "inst_1")!.Name, _store.Notes.Protections(LocalContent.Begin)["inst_1"].Reason));
        Assert.True(_store.Notes.Unprotect("inst_1"));
        Assert.Equal((0, 0), (_store.Import("x", local, _ => { }) is var again ? again.Notes : 0, again.Protections));
        Assert.Empty(_store.Notes.Protections(LocalContent.Begin));
    }

    [Fact]
    public void Import_ThatWasInterrupted_GoesOnWhereItEnded()
    {
        using var local = new LocalContent();
        Assert.Throws<OperationCanceledException>(() => _store.Import("x", local, count => throw new OperationCanceledException()));
        long begun = long.Parse(s_cluster.Sql(Name, "SELECT count(*) FROM pulserun.sample"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(begun, 1, 24_999);
        Assert.Equal(25_000 - begun, _store.Import("x", local, _ => { }).Readings);
        Assert.Equal("25000", s_cluster.Sql(Name, "SELECT count(*) FROM pulserun.sample"));
    }

    [Fact]
    public void Clear_DeletesWhatIsOlder_AndKeepsTheLastStates()
    {
        using var local = new LocalContent();
        _store.Import("x", local, _ => { });
        DateTimeOffset before = LocalContent.Begin.AddSeconds(20_000);
        StoreCount cleared = _store.Clear(before);
        Assert.Equal(20_000, cleared.Readings);
        Assert.Equal(5_000, _store.History.Readings(TempFolder.Account, null, LocalContent.Begin).Count());
        Assert.Equal(2, _store.History.CurrentStates(TempFolder.Account).Count);
    }

    private static StoreUnavailableException Fails(StoreFailure reason, string text, string says)
    {
        using ITeamStore store = PostgresStoreFactory.Open(text);
        StoreUnavailableException error = Assert.Throws<StoreUnavailableException>(() => store.Notes.Unprotect("inst_1"));
        Assert.Equal(reason, error.Reason);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        return error;
    }
}
#endif
