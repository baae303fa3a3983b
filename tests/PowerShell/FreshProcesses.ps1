<#
.SYNOPSIS
Runs Invoke-PRCleanup in a new process for each minute of a simulation, against a server of its own with a moved clock, and measures what a fleet pays.
.DESCRIPTION
The server is not the emulator of the module. It has a fleet of constant size, job lengths as in a public trace of a GPU cluster, a limit of requests per minute by its own clock, and a Date header.
Each minute of the simulation takes the real time of one process. The minutes that a process takes beyond its own are left out. The result has the regret: what was paid from the end of the last job of each instance to its stop,
divided by what a detector that knows everything would pay, which is exactly the window. Instances that are idle at the end for longer than the window count, too.
.PARAMETER Clock
How the process gets the time of the simulation. Date: only by the Date header of the server. Offset: by PULSERUN_CLOCK_OFFSET. Faketime: by libfaketime, whose path is in PULSERUN_FAKETIME.
.EXAMPLE
./tests/PowerShell/FreshProcesses.ps1 -Instances 300 -Minutes 720
#>
param(
    [int] $Instances = 60,
    [int] $RequestsPerMinute = 60,
    [int] $Minutes = 240,
    [int] $WarmUpMinutes = 60,
    [timespan] $IdleFor = '00:30',
    [int] $MinSamples = 20,
    [ValidateSet('Date', 'Offset', 'Faketime')] [string] $Clock = 'Offset',
    [int] $Seed = 1,
    # The part of instances that have a job at the beginning.
    [double] $Busy = 1,
    # A folder for the store; default: a new one.
    [string] $Store,
    [string] $Module = (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'out/PulseRun')
)
$ErrorActionPreference = 'Stop'

. $PSScriptRoot/Types.ps1
Add-TestType PulseRunStandIn -Definition @'
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;

public sealed class PulseRunStandIn : IDisposable
{
    private static readonly DateTime s_start = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly double[] s_prices = { 0.2, 0.35, 0.6, 1, 1, 2, 2.5, 8 };
    private readonly HttpListener _http = new HttpListener();
    private readonly object _lock = new object();
    private readonly Random _random;
    private readonly int _limit;
    private readonly double _window;
    private readonly double _warmUp;
    private readonly List<Machine> _machines = new List<Machine>();
    private readonly Stopwatch _since = new Stopwatch();
    private double _minute;
    private int _made, _counted, _sentInMinute, _stops;
    private long _sent;
    private double _paid, _needed;
    private int _wrong;
    private readonly List<double> _delays = new List<double>();

    public PulseRunStandIn(int count, int limit, double windowMinutes, double warmUp, double busy, int seed)
    {
        _random = new Random(seed);
        (_limit, _window, _warmUp) = (limit, windowMinutes, warmUp);
        for (int i = 0; i < count; i++)
        {
            double length = UnderWay(), age = length * _random.NextDouble();
            _machines.Add(_random.NextDouble() < busy ? Make(-age, length) : Make(-age - length, length));
        }
        var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        Address = "http://127.0.0.1:" + port;
        _http.Prefixes.Add(Address + "/");
        _http.Start();
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public string Address { get; private set; }

    // The time of the simulation goes on by real time after the beginning of a minute, beyond its end too when a process takes longer.
    public DateTime Now { get { lock (_lock) return s_start.AddMinutes(Time); } }

    // The first minute that has not begun yet.
    public int NextMinute { get { lock (_lock) return (int)Time + 1; } }

    public int Largest { get; private set; }

    public int Refused { get; private set; }

    public int Wrong { get { return _wrong; } }

    public int Stops { get { return _stops; } }

    public List<string> Failures { get; private set; } = new List<string>();

    public List<string> Stopped { get; private set; } = new List<string>();

    public void Begin(double minute)
    {
        lock (_lock)
        {
            _minute = minute;
            _since.Restart();
        }
    }

    public string Result(double minutes)
    {
        lock (_lock)
        {
            Largest = Math.Max(Largest, _sentInMinute);
            double paid = _paid, needed = _needed;
            int late = 0;
            foreach (Machine one in _machines)
            {
                one.IsBusy(minutes, _random);
                double idle = minutes - one.IdleFrom;
                // As long as what began in the warm-up counts neither here nor at a stop.
                if (one.EndsFinally(minutes) && idle > _window)
                {
                    late++;
                    paid += one.Price * idle;
                    needed += one.Price * _window;
                }
            }
            double[] delays = _delays.OrderBy(static d => d).ToArray();
            return string.Format(CultureInfo.InvariantCulture, "stops={0} measured={1} late={2} wrong={3} regret={4:0.000} delayMedian={5:0.0} delayP95={6:0.0} requestsPerMinute={7:0.0} most={8} refused={9}",
                _stops, delays.Length, late, _wrong, needed == 0 ? double.NaN : paid / needed, delays.Length == 0 ? double.NaN : delays[delays.Length / 2],
                delays.Length == 0 ? double.NaN : delays[delays.Length * 95 / 100], _sent / minutes, Largest, Refused);
        }
    }

    public void Dispose() { _http.Close(); }

    private double Time { get { return _minute + _since.Elapsed.TotalMinutes; } }

    private void Serve()
    {
        while (true)
        {
            HttpListenerContext call;
            try { call = _http.GetContext(); }
            catch (Exception) { return; }
            ThreadPool.QueueUserWorkItem(_ =>
            {
                try { Answer(call); }
                catch (Exception error) { lock (_lock) Failures.Add(error.ToString()); }
            });
        }
    }

    private void Answer(HttpListenerContext call)
    {
        string path = call.Request.Url.AbsolutePath, body;
        int status = 200;
        lock (_lock)
        {
            _sent++;
            double now = Time;
            if ((int)now != _counted)
            {
                Largest = Math.Max(Largest, _sentInMinute);
                (_counted, _sentInMinute) = ((int)now, 0);
            }
            call.Response.Headers["Date"] = s_start.AddMinutes(now).ToString("r", CultureInfo.InvariantCulture);
            string[] parts = path.Split('/');
            Machine one = parts.Length > 3 ? _machines.Find(m => m.Id == parts[3]) : null;
            if (++_sentInMinute > _limit)
            {
                Refused++;
                call.Response.Headers["Retry-After"] = "1";
                (status, body) = (429, "{\"detail\":\"too many requests\"}");
            }
            else if (call.Request.HttpMethod == "GET" && path == "/v1/instances")
                body = "{\"instances\":[" + string.Join(",", _machines.Select(m => Json(m, now))) + "]}";
            else if (one == null)
                (status, body) = (404, "{\"detail\":\"not found\"}");
            else if (path.EndsWith("/metrics", StringComparison.Ordinal))
                body = string.Format(CultureInfo.InvariantCulture, "{{\"gpu_utilization\":{0},\"memory_usage\":1,\"uptime\":{1:0}}}", one.IsBusy(now, _random) ? 90 : 0, (now - one.Start) * 60);
            else if (call.Request.HttpMethod == "POST" && path.EndsWith("/stop", StringComparison.Ordinal))
            {
                body = Json(one, now).Replace("\"running\"", "\"stopped\"");
                Stop(one, now);
            }
            else
                body = Json(one, now);
        }
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        call.Response.StatusCode = status;
        call.Response.ContentType = "application/json";
        call.Response.OutputStream.Write(bytes, 0, bytes.Length);
        call.Response.Close();
    }

    private void Stop(Machine one, double now)
    {
        _stops++;
        Stopped.Add(one.Id);
        bool isBusy = one.IsBusy(now, _random);
        if (one.Worked(now - _window, now) >= 0.206 * _window)
            _wrong++;
        if (!isBusy && one.IdleFrom >= _warmUp)
        {
            _delays.Add(now - one.IdleFrom);
            _paid += one.Price * (now - one.IdleFrom);
            _needed += one.Price * _window;
        }
        _machines[_machines.IndexOf(one)] = Make(now, JobLength(_random.NextDouble()));
    }

    private Machine Make(double start, double length)
    {
        return new Machine("inst_" + _made++.ToString("x6", CultureInfo.InvariantCulture), start, length, s_prices[_random.Next(s_prices.Length)]);
    }

    private static string Json(Machine one, double now)
    {
        return string.Format(CultureInfo.InvariantCulture, "{{\"id\":\"{0}\",\"status\":\"running\",\"gpu\":\"h100_80gb\",\"provider\":\"vast_ai\",\"region\":\"us-east\",\"cost_per_hour\":{1},\"template\":\"pytorch\",\"spot\":false,\"started_at\":\"{2}\",\"created_at\":\"{2}\"}}",
            one.Id, one.Price, s_start.AddMinutes(one.Start).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    // Half of the jobs take at most 20 minutes, nine of ten at most 214, and one of a hundred more than 80 hours.
    private static double JobLength(double quantile)
    {
        double odds = Math.Log(Math.Max(1e-9, quantile) / Math.Max(1e-9, 1 - quantile)), at90 = Math.Log(9), at99 = Math.Log(99);
        double length = odds <= at90 ? Math.Log(20) + odds * Math.Log(214 / 20.0) / at90 : Math.Log(214) + (odds - at90) * Math.Log(4800 / 214.0) / (at99 - at90);
        return Math.Max(0.5, Math.Min(43200, Math.Exp(length)));
    }

    // A job that is under way at a random moment: long ones are met more often.
    private double UnderWay()
    {
        double total = 0;
        for (int i = 0; i < 1000; i++)
            total += JobLength((i + 0.5) / 1000);
        double left = _random.NextDouble() * total;
        for (int i = 0; i < 1000; i++)
        {
            left -= JobLength((i + 0.5) / 1000);
            if (left <= 0)
                return JobLength((i + 0.5) / 1000);
        }
        return JobLength(0.999);
    }

    private sealed class Machine
    {
        private readonly List<double[]> _jobs = new List<double[]>();
        private double _end;
        private double? _next;
        private bool _decided;

        public Machine(string id, double start, double length, double price)
        {
            (Id, Start, Price, _end) = (id, start, price, start + length);
            _jobs.Add(new[] { start, _end });
        }

        public string Id { get; private set; }
        public double Start { get; private set; }
        public double Price { get; private set; }
        public double IdleFrom { get { return Math.Max(0, _end); } }

        // One half of the jobs is followed by another one, after a pause of at most 20 minutes.
        public bool IsBusy(double at, Random random)
        {
            while (true)
            {
                if (at < _end)
                    return true;
                if (!_decided)
                {
                    _decided = true;
                    _next = random.NextDouble() < 0.5 ? _end + Math.Exp(random.NextDouble() * Math.Log(20)) : (double?)null;
                }
                if (_next == null || at < _next)
                    return false;
                (_end, _decided) = (_next.Value + JobLength(random.NextDouble()), false);
                _jobs.Add(new[] { _next.Value, _end });
                _next = null;
            }
        }

        public bool EndsFinally(double at) { return at >= _end && _decided && _next == null; }

        public double Worked(double from, double to) { return _jobs.Sum(job => Math.Max(0, Math.Min(job[1], to) - Math.Max(job[0], from))); }
    }
}
'@

$Store = if ($Store) { $Store } else { Join-Path ([IO.Path]::GetTempPath()) "pulserun-fresh-$([guid]::NewGuid())" }
$pwsh = @(if (Test-Path (Join-Path $PSHOME 'pwsh')) { Join-Path $PSHOME 'pwsh' } else { 'dotnet'; Join-Path $PSHOME 'pwsh.dll' })
$server = [PulseRunStandIn]::new($Instances, $RequestsPerMinute, $IdleFor.TotalMinutes, $WarmUpMinutes, $Busy, $Seed)
$whole = [Diagnostics.Stopwatch]::StartNew()
$runs = 0
$seconds = [Collections.Generic.List[double]]::new()
$errors = [Collections.Generic.List[string]]::new()
try {
    # A clock that goes on in a process that takes longer than a minute must not go back for the next one, so the runs of the minutes that it took are left out.
    for ($minute = 0; $minute -lt $Minutes; $minute = $server.NextMinute) {
        $server.Begin($minute)
        $runs++
        $start = [Diagnostics.ProcessStartInfo]::new($pwsh[0])
        $script = "`$ProgressPreference = 'SilentlyContinue'; Import-Module '$Module'; Invoke-PRCleanup -IdleFor $IdleFor -MinSamples $MinSamples -RequestBudget $RequestsPerMinute -MaxActions 1000 -Confirm:`$false -WarningAction SilentlyContinue | Out-Null"
        foreach ($argument in @($pwsh | Select-Object -Skip 1) + '-NoProfile', '-NonInteractive', '-Command', $script) { $start.ArgumentList.Add($argument) }
        $start.Environment['PULSERUN_API_KEY'] = 'pr_test_0123456789abcdef'
        $start.Environment['PULSERUN_BASE_URI'] = $server.Address
        $start.Environment['PULSERUN_DATA_DIR'] = $Store
        $offset = $server.Now - [datetime]::UtcNow
        switch ($Clock) {
            Offset { $start.Environment['PULSERUN_CLOCK_OFFSET'] = $offset.ToString() }
            Faketime {
                $start.Environment['LD_PRELOAD'] = $env:PULSERUN_FAKETIME
                $start.Environment['FAKETIME'] = [string]::Format([cultureinfo]::InvariantCulture, '{0:+0.000;-0.000}s', $offset.TotalSeconds)
            }
        }
        $start.RedirectStandardError = $true
        $one = [Diagnostics.Stopwatch]::StartNew()
        $process = [Diagnostics.Process]::Start($start)
        $text = $process.StandardError.ReadToEnd()
        $process.WaitForExit()
        $seconds.Add($one.Elapsed.TotalSeconds)
        if ($text) { $errors.Add("minute ${minute}: $text") }
        # A module that cannot be imported would fail in each minute.
        if ($errors.Count -gt 10) { throw "More than 10 runs wrote errors. The first: $($errors[0])" }
    }
    $line = $server.Result($Minutes)
    $result = [ordered]@{ instances = $Instances; key = $RequestsPerMinute; minutes = $Minutes; clock = $Clock; seed = $Seed; seconds = [Math]::Round($whole.Elapsed.TotalSeconds); runs = $runs; slowestProcess = [Math]::Round(($seconds | Measure-Object -Maximum).Maximum, 1); usualProcess = [Math]::Round(@($seconds | Sort-Object)[[int] [Math]::Floor($seconds.Count / 2)], 1) }
    foreach ($part in $line -split ' ') {
        $name, $value = $part -split '=', 2
        $result[$name] = [double]::Parse($value, [cultureinfo]::InvariantCulture)
    }
    $result.errors = @($errors) + @($server.Failures)
    [pscustomobject] $result
}
finally {
    $server.Dispose()
    Remove-Item $Store -Recurse -Force -ErrorAction Ignore
}
