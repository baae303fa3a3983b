#if NET
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using PulseRun.Tests.Shared;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Runs PgBouncer in transaction mode before the server of the tests, with fewer server connections than clients.</summary>
internal sealed class Pooler : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "pr-bouncer-" + Guid.NewGuid().ToString("N")[..12]);
    private readonly Process _process;

    public Pooler(PostgresCluster cluster, string database)
    {
        Port = LocalPorts.Free();
        Directory.CreateDirectory(_folder);
        string ini = Path.Combine(_folder, "pgbouncer.ini");
        File.WriteAllText(ini, $"""
            [databases]
            {database} = host=127.0.0.1 port={cluster.Port} user=pulserun
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {Port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 3
            max_client_conn = 100
            logfile = {_folder}/log
            """ + "\n");
        PostgresCluster.Shell("chmod -R a+rwX " + _folder);
        bool isRoot = Environment.UserName == "root";
        var start = new ProcessStartInfo(isRoot ? "runuser" : "/usr/sbin/pgbouncer") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in isRoot ? new[] { "-u", "postgres", "--", "/usr/sbin/pgbouncer", "-q", ini } : ["-q", ini])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                probe.Connect(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (clock.Elapsed < TimeSpan.FromSeconds(60) && !_process.HasExited)
            {
                Thread.Sleep(20);
            }
        }
    }

    public int Port { get; }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
#endif
