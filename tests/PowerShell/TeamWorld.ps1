# Dot-sourced by TeamFaults.ps1 and TeamRate.ps1. Defines a service that counts what arrives at it, proxies before the database that can cut connections, and traps that strike at a chosen moment.

$root = Split-Path (Split-Path $PSScriptRoot)
. $PSScriptRoot/Types.ps1
Add-TestType PulseRun.Tests.Shared.PostgresCluster -Path (Join-Path $root 'tests/Shared/Postgres/PostgresCluster.cs'), (Join-Path $root 'tests/Shared/LocalPorts.cs')
Add-TestType PulseRunTeamWorld -Definition @'
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

// The service of a team's hosts, in real time, and the proxies between the hosts and their database.
public sealed class PulseRunTeamWorld : IDisposable
{
    private readonly object _lock = new object();
    private readonly Random _random;
    private readonly int _limit;
    private readonly double _idleFor;
    private readonly DateTime _start = DateTime.UtcNow;
    private readonly HttpListener _http = new HttpListener();
    private readonly HttpListener _control = new HttpListener();
    private readonly List<Machine> _machines = new List<Machine>();
    private readonly Queue<DateTime> _accepted = new Queue<DateTime>();
    private readonly List<Run> _runs = new List<Run>();
    private readonly Dictionary<int, Run> _current = new Dictionary<int, Run>();
    private readonly Dictionary<int, int> _hostOfProcess = new Dictionary<int, int>();
    private readonly List<HostProxy> _proxies = new List<HostProxy>();
    private readonly List<double> _delays = new List<double>();
    private Trap _trap;
    private string _apiFault, _apiFaultKind;
    private double _apiFaultSeconds;
    private int _made;

    public PulseRunTeamWorld(int fleet, int limit, double idleForSeconds, int seed)
    {
        _random = new Random(seed);
        (_limit, _idleFor) = (limit, idleForSeconds);
        for (int i = 0; i < fleet; i++)
            _machines.Add(new Machine("inst_" + i.ToString("d3", CultureInfo.InvariantCulture), "h100_80gb", null) { StartedAt = _start.AddHours(-1), IdleFrom = _start.AddMinutes(-30) });
        Address = Listen(_http, Answer);
        Control = Listen(_control, Hear);
    }

    public string Address { get; private set; }
    public string Control { get; private set; }
    public int Requests { get; private set; }
    public int Refused { get; private set; }
    public int Largest { get; private set; }
    public int Stops { get; private set; }
    public int Repeats { get; private set; }
    public int Launched { get; private set; }
    public int Readings { get; private set; }
    public int ReadTwice { get; private set; }
    public int Ready { get; private set; }

    // The seconds by which the uptime of instances lags, for a reading that is taken with a moved clock.
    public double Back { get; set; }

    public int Ended { get; private set; }
    public List<string> Doubles { get; private set; } = new List<string>();
    public List<string> Wrong { get; private set; } = new List<string>();
    public List<string> SentTwice { get; private set; } = new List<string>();
    public List<string> Failures { get; private set; } = new List<string>();
    public List<string> Lines { get; private set; } = new List<string>();
    public Dictionary<string, int> AcceptedBy { get; private set; } = new Dictionary<string, int>();
    public Dictionary<string, int> RefusedBy { get; private set; } = new Dictionary<string, int>();
    public double Uptime { get { return (DateTime.UtcNow - _start).TotalSeconds; } }

    // The launches that arrived, by the id of their intent, with the instance that each became.
    public Dictionary<string, string> Launches { get; private set; } = new Dictionary<string, string>();

    public string[] LaunchedIds { get { lock (_lock) return _machines.Where(m => m.Intent != null && !m.IsGone).Select(m => m.Id).ToArray(); } }

    // Adds a proxy for a host, and returns its port.
    public int AddProxy(int database)
    {
        var proxy = new HostProxy(this, _proxies.Count + 1, database);
        _proxies.Add(proxy);
        return proxy.Port;
    }

    public void SetProcess(int host, int process)
    {
        lock (_lock)
            _hostOfProcess[process] = host;
    }

    public int ProcessOf(int host)
    {
        lock (_lock)
            return _hostOfProcess.Where(one => one.Value == host).Select(one => one.Key).DefaultIfEmpty(0).Last();
    }

    public void Forget(int process)
    {
        lock (_lock)
        {
            _hostOfProcess.Remove(process);
            _current.Remove(process);
        }
    }

    public int Cuts { get { return _proxies.Sum(p => p.Cuts); } }

    public void Cut(int host) { _proxies[host - 1].Cut(); }

    public void Swallow(int host, double seconds) { _proxies[host - 1].Swallow(seconds); }

    public static void Signal(int process, int signal)
    {
        if (process > 1)
            kill(process, signal);
    }

    // Makes the next request of a kind fail: "before" cuts before it has an effect, "after" cuts when it had one, "late" cuts at once and lets it have its effect some seconds later, "slow" answers late.
    public void FailNext(string kind, string fault, double seconds)
    {
        lock (_lock)
            (_apiFaultKind, _apiFault, _apiFaultSeconds) = (kind, fault, seconds);
    }

    public bool HasFailed { get { lock (_lock) return _apiFault == null; } }

    // Strikes when an event happens: "db:WORD" of a host, before the server gets it or when its answer comes; or "api:KIND" of any host.
    public void Arm(string when, bool after, int host, string effect, double seconds)
    {
        lock (_lock)
            _trap = new Trap { When = when, After = after, Host = host, Effect = effect, Seconds = seconds };
    }

    // The host that was struck; 0 while nothing has happened.
    public int Struck { get { lock (_lock) return _trap == null ? 0 : _trap.StruckHost; } }

    // Strikes now if nothing has happened, and disarms. Returns the host.
    public int Disarm()
    {
        Trap trap;
        lock (_lock)
            (trap, _trap) = (_trap, null);
        if (trap != null && trap.StruckHost == 0)
        {
            trap.StruckHost = trap.Host;
            Do(trap, trap.Host);
        }
        return trap == null ? 0 : trap.StruckHost;
    }

    public string Overall()
    {
        lock (_lock)
        {
            double[] delays = _delays.OrderBy(d => d).ToArray();
            double longest = _machines.Where(m => m.Intent == null && m.StoppedAt == null && m.IdleFrom < DateTime.UtcNow).Select(m => (DateTime.UtcNow - m.IdleFrom).TotalSeconds).DefaultIfEmpty(0).Max();
            return string.Format(CultureInfo.InvariantCulture, "{0:0} s, {1} requests, {2} refused, at most {3} in a minute, {4} readings ({5} within 15 s of another), {6} runs ended of {7}, {8} stops ({9} repeated by the same run), idle until the stop: median {10:0} s, p95 {11:0} s, now at most {12:0} s, {13} launches",
                Uptime, Requests, Refused, Largest, Readings, ReadTwice, Ended, _runs.Count, Stops, Repeats,
                delays.Length == 0 ? 0 : delays[delays.Length / 2], delays.Length == 0 ? 0 : delays[delays.Length * 95 / 100], longest, Launches.Count);
        }
    }

    // Checks MaxActions by what arrived. All acts of runs that were active at one moment count together, and so do the acts of other hosts in the minute before an act.
    public string[] TooMany(int max)
    {
        lock (_lock)
        {
            var found = new List<string>();
            foreach (Run run in _runs)
            {
                var ids = new HashSet<string>();
                foreach (Act act in run.Acts)
                {
                    if (!ids.Add(act.Id))
                        continue;
                    var active = _runs.Where(r => r.Acts.Count > 0 && r.Listed != null && r.Listed <= act.At && r.Acts.Max(a => a.At) >= act.At).ToList();
                    int together = active.Sum(r => r.Acts.Select(a => a.Id).Distinct().Count());
                    if (together > max)
                        found.Add(string.Format("{0:HH:mm:ss}: {1} acts of {2} runs at once", act.At, together, active.Count));
                    // An act is granted at most some seconds before it arrives, so these acts of others were granted earlier, and within the minute.
                    int others = _runs.Where(r => r.Host != run.Host && r.Host != 0 && run.Host != 0).Sum(r => r.Acts.Where(a => a.At > act.At.AddSeconds(-45) && a.At <= act.At.AddSeconds(-12)).Select(a => a.Id).Distinct().Count());
                    if (others + ids.Count > max)
                        found.Add(string.Format("{0:HH:mm:ss}: act {1} of run {2} of host {3} after {4} acts of others in the minute before: {5}", act.At, ids.Count, run.Number, run.Host, others,
                            string.Join(" ", _runs.Where(r => r.Host != run.Host).SelectMany(r => r.Acts.Where(a => a.At > act.At.AddSeconds(-45) && a.At <= act.At.AddSeconds(-12)).Select(a => string.Format("{0:HH:mm:ss} host {1} run {2}", a.At, r.Host, r.Number))))));
                }
            }
            return found.ToArray();
        }
    }

    public int RunsWithActs { get { lock (_lock) return _runs.Count(r => r.Acts.Count > 0); } }

    public int Overlapping { get { lock (_lock) return _runs.Count(r => r.Acts.Count > 0 && _runs.Any(o => o.Host != r.Host && o.Listed <= r.Acts.Max(a => a.At) && (o.EndedAt ?? DateTime.MaxValue) >= r.Listed)); } }

    public void Dispose()
    {
        _http.Close();
        _control.Close();
        foreach (HostProxy proxy in _proxies)
            proxy.Dispose();
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);

    private static string Listen(HttpListener http, Action<HttpListenerContext> answer)
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        string address = "http://127.0.0.1:" + port;
        http.Prefixes.Add(address + "/");
        http.Start();
        new Thread(() =>
        {
            while (true)
            {
                HttpListenerContext call;
                try { call = http.GetContext(); }
                catch (Exception) { return; }
                // A thread for each request: slow answers must not hold the others.
                new Thread(() => answer(call)) { IsBackground = true }.Start();
            }
        }) { IsBackground = true }.Start();
        return address;
    }

    // Receives the reports of the hosts, which come by another path than the requests to the service.
    private void Hear(HttpListenerContext call)
    {
        try
        {
            var query = call.Request.QueryString;
            int process = int.Parse(query["pid"] ?? "0", CultureInfo.InvariantCulture), host = int.Parse(query["host"] ?? "0", CultureInfo.InvariantCulture);
            lock (_lock)
            {
                switch (call.Request.Url.AbsolutePath)
                {
                    case "/ready": Ready++; break;
                    case "/begin":
                        _hostOfProcess[process] = host;
                        var run = new Run { Host = host, Number = _runs.Count };
                        _runs.Add(run);
                        _current[process] = run;
                        break;
                    case "/end":
                        Ended++;
                        if (_current.TryGetValue(process, out Run over))
                            over.EndedAt = DateTime.UtcNow;
                        _current.Remove(process);
                        break;
                }
                if (query["text"] is string text)
                    Lines.Add(string.Format(CultureInfo.InvariantCulture, "{0:0.0} host{1} {2}", Uptime, host, text));
            }
            call.Response.Close();
        }
        catch (Exception) { call.Response.Abort(); }
    }

    private void Answer(HttpListenerContext call)
    {
        try
        {
            DateTime arrived = DateTime.UtcNow;
            string path = call.Request.Url.AbsolutePath, method = call.Request.HttpMethod;
            string[] parts = path.Split('/');
            string kind = method == "GET" && parts.Length == 3 ? "list" : path.EndsWith("/metrics", StringComparison.Ordinal) ? "metrics" : path.EndsWith("/stop", StringComparison.Ordinal) ? "stop"
                : method == "POST" && parts.Length == 3 ? "launch" : method == "GET" && parts.Length == 4 ? "get" : "other";
            Tuple<int, int> sender = Sender(((IPEndPoint)call.Request.RemoteEndPoint).Port);
            Strike("api:" + kind, false, sender.Item1);
            string fault = null;
            double seconds = 0;
            bool isRefused = false;
            lock (_lock)
            {
                Requests++;
                DateTime now = DateTime.UtcNow;
                while (_accepted.Count > 0 && now - _accepted.Peek() >= TimeSpan.FromSeconds(60))
                    _accepted.Dequeue();
                string name = (sender.Item1 == 0 ? "?" : sender.Item1.ToString(CultureInfo.InvariantCulture));
                if (_accepted.Count >= _limit)
                {
                    Refused++;
                    RefusedBy[name] = RefusedBy.TryGetValue(name, out int refused) ? refused + 1 : 1;
                    isRefused = true;
                    Lines.Add(string.Format(CultureInfo.InvariantCulture, "{0:0.0} host{1} refused: {2} {3}", Uptime, name, method, path));
                    seconds = Math.Max(1, Math.Ceiling(60 - (now - _accepted.Peek()).TotalSeconds));
                }
                else
                {
                    _accepted.Enqueue(now);
                    AcceptedBy[name] = AcceptedBy.TryGetValue(name, out int accepted) ? accepted + 1 : 1;
                    Largest = Math.Max(Largest, _accepted.Count);
                    if (_apiFault != null && (_apiFaultKind == kind || _apiFaultKind == "any"))
                    {
                        (fault, seconds) = (_apiFault, _apiFaultSeconds);
                        _apiFault = null;
                    }
                }
            }
            if (isRefused)
            {
                call.Response.Headers["Retry-After"] = seconds.ToString(CultureInfo.InvariantCulture);
                Send(call, 429, "{\"detail\":\"too many requests\"}");
                return;
            }
            if (fault == "before")
            {
                Reset(call);
                return;
            }
            string intent = call.Request.Headers["Idempotency-Key"];
            if (fault == "late")
            {
                Reset(call);
                Thread.Sleep(TimeSpan.FromSeconds(seconds));
                Work(kind, method, parts, intent, arrived, sender);
                return;
            }
            if (fault == "slow")
                Thread.Sleep(TimeSpan.FromSeconds(seconds));
            else if (kind == "stop" || kind == "launch")
                Thread.Sleep(TimeSpan.FromSeconds(Chance() * 0.3));
            Tuple<int, string> result = Work(kind, method, parts, intent, arrived, sender);
            Strike("api:" + kind, true, sender.Item1);
            if (fault == "after")
                Reset(call);
            else
                Send(call, result.Item1, result.Item2);
        }
        catch (HttpListenerException) { }
        catch (ObjectDisposedException) { }
        catch (IOException) { }
        catch (Exception error) { lock (_lock) Failures.Add(error.ToString()); }
    }

    private double Chance() { lock (_lock) return _random.NextDouble(); }

    // Resets the connection. Abort would send an empty answer.
    private static void Reset(HttpListenerContext call)
    {
        const System.Reflection.BindingFlags Hidden = System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public;
        object connection = typeof(HttpListenerContext).GetProperty("Connection", Hidden).GetValue(call);
        var socket = (Socket)connection.GetType().GetField("_socket", Hidden).GetValue(connection);
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    private static void Send(HttpListenerContext call, int status, string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        call.Response.StatusCode = status;
        call.Response.ContentType = "application/json";
        call.Response.OutputStream.Write(bytes, 0, bytes.Length);
        call.Response.Close();
    }

    private Tuple<int, string> Work(string kind, string method, string[] parts, string intent, DateTime arrived, Tuple<int, int> sender)
    {
        lock (_lock)
        {
            DateTime now = DateTime.UtcNow;
            foreach (Machine machine in _machines)
                machine.MoveTo(now, _random);
            _current.TryGetValue(sender.Item2, out Run run);
            if (parts[2] == "billing")
                return Tuple.Create(200, "{\"balance\":100000,\"currency\":\"usd\"}");
            if (kind == "list")
            {
                if (run != null && run.Listed == null)
                    run.Listed = now;
                return Tuple.Create(200, "[" + string.Join(",", _machines.Where(m => !m.IsGone).Select(Json)) + "]");
            }
            if (kind == "launch")
            {
                var made = new Machine("inst_new" + (++_made).ToString("d4", CultureInfo.InvariantCulture), "rtx_4090", intent ?? "none") { StartedAt = now, IdleFrom = now.AddDays(1) };
                _machines.Add(made);
                Launched++;
                if (Launches.ContainsKey(intent ?? "none"))
                    SentTwice.Add(intent);
                Launches[intent ?? "none"] = made.Id;
                return Tuple.Create(200, Json(made));
            }
            Machine one = parts.Length > 3 ? _machines.Find(m => m.Id == parts[3] && !m.IsGone) : null;
            if (one == null)
                return Tuple.Create(404, "{\"detail\":\"not found\"}");
            switch (kind)
            {
                case "metrics":
                    if (one.StoppedAt != null)
                        return Tuple.Create(409, "{\"detail\":\"not running\"}");
                    if (Back > 0)
                        one.ReadAt = DateTime.MinValue;
                    else
                        Readings++;
                    if ((now - one.ReadAt).TotalSeconds < 15)
                        ReadTwice++;
                    one.ReadAt = now.AddSeconds(-Back);
                    return Tuple.Create(200, string.Format(CultureInfo.InvariantCulture, "{{\"gpu_utilization\":{0},\"memory_usage\":1,\"uptime\":{1:0}}}", now < one.IdleFrom ? 90 : 0, (now - one.StartedAt).TotalSeconds - Back));
                case "stop":
                    Stop(one, now, arrived, run, sender.Item1);
                    return Tuple.Create(200, Json(one));
                default:
                    if (method == "DELETE")
                        one.IsGone = true;
                    return Tuple.Create(200, Json(one));
            }
        }
    }

    private void Stop(Machine one, DateTime now, DateTime arrived, Run run, int host)
    {
        // A process that died right after it had sent the request has no run any more; it counts as a run of its own.
        if (run == null)
        {
            run = new Run { Host = host, Number = _runs.Count, Listed = arrived };
            _runs.Add(run);
        }
        run.Acts.Add(new Act { At = arrived, Id = one.Id });
        string what = string.Format(CultureInfo.InvariantCulture, "{0:0.0} s: {1} in its period {2} by host {3}, run {4}", Uptime, one.Id, one.Period, run.Host, run.Number);
        if (one.StoppedAt != null)
        {
            if (one.StoppedBy == run)
                Repeats++;
            else
                Doubles.Add(what + ", stopped " + (now - one.StoppedAt.Value).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s before by host " + one.StoppedBy.Host + ", run " + one.StoppedBy.Number);
            return;
        }
        double idle = (now - one.IdleFrom).TotalSeconds;
        if (idle < _idleFor - 1)
            Wrong.Add(what + " after " + idle.ToString("0.0", CultureInfo.InvariantCulture) + " s without work");
        if (one.Period > 0)
            _delays.Add(idle);
        Stops++;
        one.StoppedAt = now;
        one.StoppedBy = run;
        one.StartsAt = now.AddSeconds(12 + _random.NextDouble() * 18);
    }

    private static string Json(Machine one)
    {
        return string.Format(CultureInfo.InvariantCulture, "{{\"id\":\"{0}\",\"status\":\"{1}\",\"gpu\":\"{2}\",\"provider\":\"vast_ai\",\"region\":\"us-east\",\"ip\":\"10.0.0.1\",\"ssh_command\":\"ssh root@10.0.0.1\",\"cost_per_hour\":0.5,\"template\":\"pytorch\",\"spot\":false,\"started_at\":\"{3}\",\"created_at\":\"{4}\"}}",
            one.Id, one.StoppedAt != null ? "stopped" : "running", one.Gpu, Iso(one.StartedAt), Iso(one.CreatedAt));
    }

    private static string Iso(DateTime time) { return time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture); }

    // Returns the host that has a connection to this service: its process holds the socket.
    private Tuple<int, int> Sender(int port)
    {
        KeyValuePair<int, int>[] hosts;
        lock (_lock)
        {
            hosts = _hostOfProcess.ToArray();
        }
        try
        {
            string local = "0100007F:" + port.ToString("X4", CultureInfo.InvariantCulture), inode = null;
            foreach (string file in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
            {
                foreach (string line in File.ReadLines(file).Skip(1))
                {
                    string[] columns = line.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
                    if (columns[1].EndsWith(local, StringComparison.Ordinal))
                        inode = "socket:[" + columns[9] + "]";
                }
                if (inode != null)
                    break;
            }
            foreach (KeyValuePair<int, int> host in hosts)
            {
                if (!Directory.Exists("/proc/" + host.Key + "/fd"))
                    continue;
                foreach (string descriptor in Directory.EnumerateFileSystemEntries("/proc/" + host.Key + "/fd"))
                {
                    string target;
                    try { target = new FileInfo(descriptor).LinkTarget; }
                    catch (IOException) { continue; }
                    if (target == inode)
                        return Tuple.Create(host.Value, host.Key);
                }
            }
        }
        catch (IOException) { }
        catch (UnauthorizedAccessException) { }
        return Tuple.Create(0, 0);
    }

    private void Strike(string when, bool after, int host)
    {
        Trap trap;
        lock (_lock)
        {
            trap = _trap;
            if (trap == null || trap.StruckHost != 0 || trap.When != when || trap.After != after || host == 0 || (when[0] == 'd' && trap.Host != host))
                return;
            trap.StruckHost = host;
        }
        Do(trap, host);
    }

    private void Do(Trap trap, int host)
    {
        switch (trap.Effect)
        {
            case "kill": Signal(ProcessOf(host), 9); break;
            case "pause":
                int process = ProcessOf(host);
                Signal(process, 19);
                new Thread(() => { Thread.Sleep(TimeSpan.FromSeconds(trap.Seconds)); Signal(process, 18); }) { IsBackground = true }.Start();
                break;
            case "cut": Cut(host); break;
            case "swallow": Swallow(host, trap.Seconds); break;
        }
    }

    private sealed class Trap
    {
        public string When, Effect;
        public bool After;
        public int Host, StruckHost;
        public double Seconds;
    }

    private sealed class Run
    {
        public int Host, Number;
        public DateTime? Listed, EndedAt;
        public List<Act> Acts = new List<Act>();
    }

    private sealed class Act
    {
        public DateTime At;
        public string Id;
    }

    private sealed class Machine
    {
        public Machine(string id, string gpu, string intent) { (Id, Gpu, Intent, CreatedAt) = (id, gpu, intent, DateTime.UtcNow); }
        public string Id, Gpu, Intent;
        public DateTime CreatedAt, StartedAt, IdleFrom, StartsAt, ReadAt;
        public DateTime? StoppedAt;
        public Run StoppedBy;
        public int Period;
        public bool IsGone;

        // Someone starts a stopped instance again, and it works for some seconds.
        public void MoveTo(DateTime now, Random random)
        {
            if (StoppedAt == null || now < StartsAt)
                return;
            StoppedAt = null;
            StoppedBy = null;
            Period++;
            StartedAt = StartsAt;
            IdleFrom = StartsAt.AddSeconds(4 + random.NextDouble() * 8);
        }
    }

    // Passes the connections of one host on to the database.
    private sealed class HostProxy : IDisposable
    {
        private static readonly string[] s_words = { "COMMIT", "cleanup_run", "cleanup_act", "pulserun.lease", "rate_block", "leased_until", "COPY pulserun.sample", "pulserun.state", "pulserun.launch", "pulserun.note" };
        private static readonly byte[][] s_bytes = s_words.Select(Encoding.ASCII.GetBytes).ToArray();
        private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
        private readonly PulseRunTeamWorld _world;
        private readonly int _host, _server;
        private readonly ConcurrentDictionary<Socket, Socket> _open = new ConcurrentDictionary<Socket, Socket>();
        private long _swallowUntil;

        public HostProxy(PulseRunTeamWorld world, int host, int server)
        {
            (_world, _host, _server) = (world, host, server);
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            new Thread(Accept) { IsBackground = true }.Start();
        }

        public int Port { get; private set; }
        public int Cuts;

        // Resets all connections of the host.
        public void Cut()
        {
            Interlocked.Increment(ref Cuts);
            foreach (Socket socket in _open.Keys)
                Reset(socket);
        }

        // Lets nothing through for some time, and then cuts.
        public void Swallow(double seconds)
        {
            Interlocked.Exchange(ref _swallowUntil, Environment.TickCount64 + (long)(seconds * 1000));
            new Thread(() => { Thread.Sleep(TimeSpan.FromSeconds(seconds)); Cut(); }) { IsBackground = true }.Start();
        }

        public void Dispose()
        {
            _listener.Stop();
            foreach (Socket socket in _open.Keys)
                socket.Dispose();
        }

        private bool Swallows { get { return Environment.TickCount64 < Interlocked.Read(ref _swallowUntil); } }

        private static void Reset(Socket socket)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }
            catch (Exception) { }
        }

        private void Accept()
        {
            while (true)
            {
                Socket client;
                try { client = _listener.AcceptSocket(); }
                catch (Exception) { return; }
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }

        private void Serve(Socket client)
        {
            var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            client.NoDelay = true;
            _open[client] = server;
            _open[server] = client;
            try
            {
                server.Connect(IPAddress.Loopback, _server);
                var seen = new string[1];
                var back = new Thread(() => Pass(server, client, false, seen)) { IsBackground = true };
                back.Start();
                Pass(client, server, true, seen);
            }
            catch (Exception) { }
            Reset(client);
            Reset(server);
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
        }

        private void Pass(Socket from, Socket to, bool toServer, string[] seen)
        {
            var buffer = new byte[65536];
            try
            {
                int count;
                while ((count = from.Receive(buffer)) > 0)
                {
                    if (Swallows)
                        continue;
                    if (toServer)
                    {
                        seen[0] = null;
                        for (int i = 0; i < s_words.Length; i++)
                        {
                            if (buffer.AsSpan(0, count).IndexOf(s_bytes[i]) < 0)
                                continue;
                            seen[0] = s_words[i];
                            _world.Strike("db:" + s_words[i], false, _host);
                        }
                    }
                    else if (seen[0] is string word)
                    {
                        _world.Strike("db:" + word, true, _host);
                    }
                    to.Send(buffer, 0, count, SocketFlags.None);
                }
            }
            catch (Exception) { }
            Reset(from);
            Reset(to);
        }
    }
}
'@

# Start-TeamWorld: imports the module, and starts a server with a database that has the tables, and the service of the hosts. Stop-TeamWorld ends all, and Start-WorldHost starts a host.
function Start-TeamWorld([string] $Name, [string] $Module, [int] $Fleet, [int] $RequestsPerMinute, [int] $IdleSeconds, [int] $Seed) {
    Import-Module $Module
    $folder = Join-Path ([IO.Path]::GetTempPath()) "pulserun-$Name-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
    $team = [pscustomobject]@{
        Module = $Module; Folder = $folder; Shared = (New-Item -ItemType Directory (Join-Path $folder 'shared')).FullName
        Cluster = [PulseRun.Tests.Shared.PostgresCluster]::StartAnother(''); World = [PulseRunTeamWorld]::new($Fleet, $RequestsPerMinute, $IdleSeconds, $Seed)
        Hosts = @{}; Database = $null; Store = $null
    }
    $team.Database = $team.Cluster.NewDatabase($null)
    $team.Store = $team.Cluster.Text($team.Database, 'pulserun')
    $null = Initialize-PRStore -Store $team.Store
    $team
}

# Start-WorldHost: starts a host with a number and a home of its own, which it keeps when it is started again.
function Start-WorldHost($Team, [int] $Number, [hashtable] $Environment) {
    $home_ = (New-Item -ItemType Directory -Force (Join-Path $Team.Folder "home$Number")).FullName
    chmod 700 $home_
    $child = Start-HostProcess (Join-Path $PSScriptRoot 'TeamHost.ps1') ($Environment + @{
        TEAM_MODULE = $Team.Module; TEAM_HOST = $Number; TEAM_CONTROL = $Team.World.Control; TEAM_ADDRESS = $Team.World.Address; TEAM_SHARED = $Team.Shared; TEAM_PARENT = $PID
        PULSERUN_DATA_DIR = $home_; PULSERUN_STORE = ''; PULSERUN_API_KEY = ''; PULSERUN_BASE_URI = ''; PULSERUN_CLOCK_OFFSET = ''
    })
    $Team.World.SetProcess($Number, $child.Id)
    $Team.Hosts[$Number] = $child
}

# Wait-WorldHost: waits until so many hosts are ready. They begin when there is a file named go.
function Wait-WorldHost($Team, [int] $Count) {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while ($Team.World.Ready -lt $Count) {
        if ($clock.Elapsed.TotalSeconds -gt 600) { throw 'The hosts do not start.' }
        [Threading.Thread]::Sleep(20)
    }
}

# Stop-TeamWorld: ends the hosts, the service and the server, and deletes their files.
function Stop-TeamWorld($Team) {
    foreach ($child in $Team.Hosts.Values) { try { $child.Kill($true) } catch { } }
    $Team.World.Dispose()
    $Team.Cluster.Stop()
    Remove-Item $Team.Folder -Recurse -Force -ErrorAction Ignore
}

# Start-Bouncer: starts PgBouncer in transaction mode before a server, and returns its process, its port and its file of settings.
function Start-Bouncer([int] $ServerPort, [string] $Database, [string] $Folder, [int] $Port) {
    if (-not $Port) { $Port = [PulseRun.Tests.Shared.PostgresCluster]::FreePort() }
    $null = New-Item -ItemType Directory -Force $Folder
    $ini = Join-Path $Folder 'pgbouncer.ini'
    Set-Content $ini @"
[databases]
$Database = host=127.0.0.1 port=$ServerPort user=pulserun
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $Port
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 6
max_client_conn = 200
server_login_retry = 1
logfile = $Folder/log
"@
    $isRoot = [Environment]::UserName -eq 'root'
    if ($isRoot) { chmod -R a+rwX $Folder }
    $start = [Diagnostics.ProcessStartInfo]::new($isRoot ? 'runuser' : '/usr/sbin/pgbouncer')
    foreach ($argument in $isRoot ? @('-u', 'postgres', '--', '/usr/sbin/pgbouncer', '-q', $ini) : @('-q', $ini)) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while ($true) {
        $probe = [Net.Sockets.TcpClient]::new()
        try { $probe.Connect([Net.IPAddress]::Loopback, $Port); break }
        catch { if ($clock.Elapsed.TotalSeconds -gt 60) { throw "PgBouncer does not start: $(Get-Content "$Folder/log" -Tail 3)" }; [Threading.Thread]::Sleep(50) }
        finally { $probe.Dispose() }
    }
    [pscustomobject]@{ Process = $process; Port = $Port; Folder = $Folder }
}

# Start-HostProcess: starts a host: a process with a home of its own and the given environment. It ends when its standard input ends, so also with this process.
function Start-HostProcess([string] $Script, [hashtable] $Environment) {
    $pwsh = @(if (Test-Path (Join-Path $PSHOME 'pwsh')) { Join-Path $PSHOME 'pwsh' } else { 'dotnet'; Join-Path $PSHOME 'pwsh.dll' })
    $start = [Diagnostics.ProcessStartInfo]::new($pwsh[0])
    foreach ($argument in @($pwsh | Select-Object -Skip 1) + '-NoProfile', '-NonInteractive', '-File', $Script) { $start.ArgumentList.Add($argument) }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = "$($Environment[$name])" }
    $start.Environment['POWERSHELL_TELEMETRY_OPTOUT'] = '1'
    # Its output goes to the log of the host, which is read when it failed.
    $start.RedirectStandardInput = $true
    [Diagnostics.Process]::Start($start)
}
