using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Engine = System.Management.Automation.PowerShell;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Runs a script in a separate runspace while the test continues.</summary>
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

    /// <summary>Gets the state of the pipeline.</summary>
    public PSInvocationState State => _engine.InvocationStateInfo.State;

    /// <summary>Gets the output so far.</summary>
    public IReadOnlyList<object?> Output => _output.Select(Shell.Unwrap).ToArray();

    /// <summary>Gets the errors so far.</summary>
    public IReadOnlyList<ErrorRecord> Errors => _engine.Streams.Error.ToArray();

    /// <summary>Gets the texts of the errors so far, separated by line breaks.</summary>
    public string ErrorText => string.Join("\n", Errors);

    /// <summary>Gets the texts of the warnings so far, separated by line breaks.</summary>
    public string WarningText => string.Join("\n", _engine.Streams.Warning);

    /// <summary>Gets the verbose lines so far, separated by line breaks.</summary>
    public string VerboseText => string.Join("\n", _engine.Streams.Verbose);

    /// <summary>Gets the progress records so far.</summary>
    public IReadOnlyList<ProgressRecord> Progress => _engine.Streams.Progress.ToArray();

    /// <summary>Stops the script as Ctrl+C does, and returns when it has ended.</summary>
    public void Stop() => _engine.Stop();

    /// <summary>Waits until the script has ended, for at most a minute. Throws the error that ended it.</summary>
    public RunningScript Wait()
    {
        if (!_running.AsyncWaitHandle.WaitOne(TimeSpan.FromMinutes(1)))
            throw new TimeoutException("The script did not end within a minute.");
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
