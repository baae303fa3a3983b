using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;

namespace PulseRun.Tests.Shared;

/// <summary>
/// A private PostgreSQL server in a temporary folder, one for each run of a test assembly: real, on a socket and on a loopback port, without fsync. It never touches a server of the system.
/// It ends with this process, however that ends.
/// </summary>
public sealed class PostgresCluster
{
    private static readonly Lazy<PostgresCluster> s_shared = new(static () => new PostgresCluster());
    private static readonly string s_process = IdOfThisProcess();
    private static int s_databases;

    /// <summary>Is a part of each text that chooses a database.</summary>
    private const string Patience = ";Timeout=60";

    private readonly string _settings;

    private PostgresCluster(int? primary = null, string settings = "")
    {
        _settings = settings;
        Folder = Path.Combine(Path.GetTempPath(), "pr-pg-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Folder);
        Port = LocalPorts.Free();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
        string user = IsRoot ? "runuser -u postgres -- " : "";
        if (IsRoot)
            Shell("chown postgres: " + Folder);
        Shell(user + (primary is { } port
            ? Bin + "/pg_basebackup -h 127.0.0.1 -p " + port.ToString(CultureInfo.InvariantCulture) + " -U pulserun -D " + Data + " -R -X stream -c fast --no-sync >/dev/null 2>&1"
            : Bin + "/initdb -D " + Data + " -U pulserun -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null"));
        File.WriteAllText(Path.Combine(Folder, "hba"), "local all all trust\nhost all pulserun 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\nlocal replication all trust\nhost replication all 127.0.0.1/32 trust\n");
        Start();
    }

    /// <summary>Gets the reason why no server can be started here; null when one can. Tests are skipped with it. CI installs the packages.</summary>
    public static string? Missing { get; } = FindBin() is null ? "PostgreSQL is not installed (Debian: postgresql)." : null;

    /// <summary>Gets the server of this test run. It is started at its first use.</summary>
    public static PostgresCluster Shared => s_shared.Value;

    /// <summary>Returns a server that a test may stop and kill.</summary>
    /// <param name="settings">Further options of the server, such as <c>-c fsync=on</c>. They take precedence.</param>
    public static PostgresCluster StartAnother(string settings = "") => new(settings: settings);

    public string Folder { get; }

    public int Port { get; }

    /// <summary>Returns a port for a program that listens later.</summary>
    public static int FreePort() => LocalPorts.Free();

    /// <summary>Starts a replica of this server that can be read.</summary>
    public PostgresCluster StartReplica() => new(Port);

    /// <summary>Makes a replica the primary.</summary>
    public void Promote() => Shell((IsRoot ? "runuser -u postgres -- " : "") + Bin + "/pg_ctl -D " + Data + " promote -w -t 100 >/dev/null");

    /// <summary>Gets the process id of the server.</summary>
    public int ProcessId => int.Parse(File.ReadAllLines(Path.Combine(Data, "postmaster.pid"))[0], CultureInfo.InvariantCulture);

    private static string Bin { get; } = FindBin() ?? "";

    private static string IdOfThisProcess()
    {
        using Process self = Process.GetCurrentProcess();
        return self.Id.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsRoot { get; } = Environment.UserName == "root";

    private string Data => Path.Combine(Folder, "data");

    /// <summary>Returns the text that chooses a database, by the loopback port. A busy machine may need more than the default of 5 s for a connection.</summary>
    public string Text(string database, string user = "pulserun") =>
        "Host=127.0.0.1;Port=" + Port.ToString(CultureInfo.InvariantCulture) + ";Database=" + database + ";Username=" + user + Patience;

    /// <summary>Returns the text that chooses a database by the socket, where every login is trusted.</summary>
    public string SocketText(string database, string user) =>
        "Host=" + Folder + ";Port=" + Port.ToString(CultureInfo.InvariantCulture) + ";Database=" + database + ";Username=" + user + Patience;

    /// <summary>Makes an empty database and returns its name.</summary>
    public string NewDatabase(string? template = null)
    {
        string name = "t" + s_process + "_" + Interlocked.Increment(ref s_databases).ToString(CultureInfo.InvariantCulture);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Sql("postgres", "CREATE DATABASE " + name + (string.IsNullOrEmpty(template) ? "" : " TEMPLATE " + template));
                return name;
            }
            catch (InvalidOperationException error) when (error.Message.Contains("is being accessed by other users", StringComparison.Ordinal) && clock.Elapsed < TimeSpan.FromSeconds(60))
            {
                // The server waits 5 s for the end of connections that were closed, and for autovacuum. On a busy machine they need longer.
            }
        }
    }

    /// <summary>Runs SQL statements with psql and returns the output, without headers.</summary>
    public string Sql(string database, string sql)
    {
        string file = Path.Combine(Path.GetTempPath(), "pr-sql-" + Guid.NewGuid().ToString("N"));
        File.WriteAllText(file, sql);
        try
        {
            return Shell(Bin + "/psql -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p " + Port.ToString(CultureInfo.InvariantCulture) + " -U pulserun -d " + database + " -f " + file).Trim();
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Returns a dump of a database as SQL text.</summary>
    public string Dump(string database) => Shell(Bin + "/pg_dump -h 127.0.0.1 -p " + Port.ToString(CultureInfo.InvariantCulture) + " -U pulserun " + database);

    /// <summary>Starts the server, and waits until it answers.</summary>
    public void Start()
    {
        // The server is a child of a shell that ends it when this process is gone, even after kill -9.
        string options = "-D " + Data + " -k " + Folder + " -p " + Port.ToString(CultureInfo.InvariantCulture)
            + " -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 -c max_prepared_transactions=0 -c shared_buffers=32MB -c hba_file=" + Path.Combine(Folder, "hba") + " -c log_min_messages=fatal " + _settings;
        string script = Path.Combine(Folder, "run.sh");
        File.WriteAllText(script, "#!/bin/sh\ncd /\n" + Bin + "/postgres " + options + " >>" + Folder + "/log 2>&1 &\np=$!\n"
            + "while [ -d /proc/" + s_process + " ] && kill -0 $p 2>/dev/null; do sleep 1; done\nkill -QUIT $p 2>/dev/null\nwait $p\n"
            + "if [ ! -d /proc/" + s_process + " ]; then rm -rf " + Folder + "; fi\n");
        Process.Start(new ProcessStartInfo("/bin/sh", "-c \"" + (IsRoot ? "chmod 755 " + script + " " + Folder + "; runuser -u postgres -- " : "") + "setsid /bin/sh " + script + " </dev/null >/dev/null 2>&1 &\"") { UseShellExecute = false })!.WaitForExit();
        var clock = Stopwatch.StartNew();
        while (!Answers())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(60))
                throw new InvalidOperationException("The PostgreSQL server of the tests does not answer: " + (File.Exists(Folder + "/log") ? File.ReadAllText(Folder + "/log") : "no log"));
            Thread.Sleep(50);
        }
    }

    /// <summary>Kills the whole server, as kill -9 and a loss of power do.</summary>
    public void Kill()
    {
        int id = ProcessId;
        Shell("kill -9 " + id.ToString(CultureInfo.InvariantCulture));
        // The children end by themselves when the server is gone; a new one refuses to start before.
        Shell("while pgrep -P " + id.ToString(CultureInfo.InvariantCulture) + " >/dev/null; do sleep 0.05; done; while fuser " + Port.ToString(CultureInfo.InvariantCulture) + "/tcp >/dev/null 2>&1; do sleep 0.05; done; rm -f " + Data + "/postmaster.pid");
    }

    /// <summary>Stops the server and deletes its folder. A second call does nothing.</summary>
    public void Stop()
    {
        if (!Directory.Exists(Folder))
            return;
        try
        {
            Shell((IsRoot ? "runuser -u postgres -- " : "") + Bin + "/pg_ctl -D " + Data + " stop -m immediate -w -t 20 >/dev/null 2>&1; rm -rf " + Folder);
        }
        catch (InvalidOperationException)
        {
            // The watching shell ends it.
        }
    }

    /// <summary>Runs a line of shell and returns its output.</summary>
    public static string Shell(string line)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", "-c \"" + line.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
#pragma warning disable VSTHRD002 // The program has ended.
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(line + ": " + output + errors.GetAwaiter().GetResult());
#pragma warning restore VSTHRD002
    }

    private bool Answers()
    {
        try
        {
            return Shell(Bin + "/pg_isready -h 127.0.0.1 -p " + Port.ToString(CultureInfo.InvariantCulture)).Length > 0;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string? FindBin()
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux) || !Directory.Exists("/usr/lib/postgresql"))
            return null;
        string? newest = null;
        foreach (string version in Directory.GetDirectories("/usr/lib/postgresql"))
        {
            if (File.Exists(version + "/bin/initdb") && (newest is null || string.CompareOrdinal(version, newest) > 0))
                newest = version;
        }
        return newest is null ? null : newest + "/bin";
    }
}
