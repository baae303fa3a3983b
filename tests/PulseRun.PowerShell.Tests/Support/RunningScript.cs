using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Engine = System.Management.Automation.PowerShell;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>A script that runs in a runspace of its own while the test goes on.</summary>
public sealed class RunningScript : IDisposable
{
    private readonly Engine _engine;
    private readonly PSDataCollection<PSObject> _output = [];
    private readonly IAsyncResult _running;

    internal RunningScript(Runspace runspace, string script)
    {
        _engine = Engine.Create(runspace);
        _engine.AddScript(script);
        _running = _engine.BeginInvoke<PSObject, PSObject>(null, _output);
    }

    /// <summary>The state of the pipeline.</summary>
    public PSInvocationState State => _engine.InvocationStateInfo.State;

    /// <summary>What it wrote to the pipeline so far.</summary>
    public IReadOnlyList<object?> Output => _output.Select(Shell.Unwrap).ToArray();

    /// <summary>Its errors so far.</summary>
    public IReadOnlyList<ErrorRecord> Errors => _engine.Streams.Error.ToArray();

    /// <summary>The texts of its errors so far, one below the other.</summary>
    public string ErrorText => string.Join("\n", Errors);

    /// <summary>The texts of its warnings so far, one below the other.</summary>
    public string WarningText => string.Join("\n", _engine.Streams.Warning);

    /// <summary>Its progress records so far.</summary>
    public IReadOnlyList<ProgressRecord> Progress => _engine.Streams.Progress.ToArray();

    /// <summary>Stops it, as Ctrl+C does; returns when it has ended.</summary>
    public void Stop() => _engine.Stop();

    /// <summary>Waits for its end, 20 seconds at most; throws what ended it.</summary>
    public RunningScript Wait()
    {
        if (!_running.AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(20)))
            throw new TimeoutException("The script did not end within 20 s.");
        _engine.EndInvoke(_running);
        return this;
    }

    public void Dispose()
    {
        _engine.Stop();
        _engine.Dispose();
        _output.Dispose();
    }
}
