using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;

namespace PulseRun.Tests.Shared;

/// <summary>Calls an action, once, when a test runs longer than the limit, or when for that long no test starts or finishes.</summary>
internal sealed class TestLimit : IDisposable
{
    private readonly Dictionary<string, long> _running = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly TimeSpan _longest;
    private readonly Action<string> _fail;
    private readonly ITimer _timer;
    private string _last = "(none)";
    private long _changed;

    public TestLimit(TimeProvider time, TimeSpan longest, Action<string> fail)
    {
        _time = time;
        _longest = longest;
        _fail = fail;
        _changed = time.GetTimestamp();
        var often = TimeSpan.FromSeconds(1);
        _timer = time.CreateTimer(_ => Check(), null, often, often);
    }

    /// <summary>The names of the tests that run now.</summary>
    public IReadOnlyList<string> Running
    {
        get
        {
            lock (_running)
                return _running.Keys.ToArray();
        }
    }

    public void Start(string name)
    {
        lock (_running)
            _changed = _running[name] = _time.GetTimestamp();
    }

    public void Finish(string name)
    {
        lock (_running)
        {
            _running.Remove(name);
            _last = name;
            _changed = _time.GetTimestamp();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        string? message = null;
        lock (_running)
        {
            string seconds = _longest.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            string[] late = _running.Where(one => _time.GetElapsedTime(one.Value) > _longest).Select(one => one.Key).ToArray();
            if (late.Length > 0)
                message = "A test runs longer than " + seconds + " s: " + string.Join("; ", late);
            else if (_running.Count == 0 && _time.GetElapsedTime(_changed) > _longest)
                message = "For " + seconds + " s no test has started. The last one that finished: " + _last;
        }
        if (message is null)
            return;
        _timer.Dispose();
        _fail(message);
    }
}
