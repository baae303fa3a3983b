using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;
using Microsoft.PowerShell;
using PulseRun.Tests.Shared;
using Engine = System.Management.Automation.PowerShell;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>
/// Hosts a runspace of the PowerShell engine with the staged module. A runspace is used by several tests, one after the other, because
/// opening one takes ten times as long as resetting its variables. One in which a script has changed anything else is not used again.
/// </summary>
public sealed partial class Shell : IDisposable
{
    /// <summary>The name of the variable that holds the error that ended a script.</summary>
    private const string EndedVariable = "__ended";

    /// <summary>The runspaces that no test uses now.</summary>
    private static readonly ConcurrentBag<(Runspace Runspace, RecordingHost Host)> s_free = KeepUntilTheEnd();

    private readonly Runspace _runspace;

    /// <summary>True when the runspace must not be used by another test.</summary>
    private bool _isChanged;

    private bool _isDisposed;

    public Shell()
    {
        (_runspace, Host) = s_free.TryTake(out (Runspace Runspace, RecordingHost Host) free) ? free : Open();
    }

    /// <summary>Gets the host, which records the lines of -WhatIf and the prompts.</summary>
    public RecordingHost Host { get; }

    /// <summary>Sets a variable that scripts can use.</summary>
    public void Set(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Returns a variable that a script has set.</summary>
    public object? Get(string name) => _runspace.SessionStateProxy.GetVariable(name) is var value && value is PSObject wrapped ? Unwrap(wrapped) : value;

    /// <summary>Runs a script to its end. Terminating and non-terminating errors are part of the outcome. Variables that the script sets are kept.</summary>
    public Outcome Run(string script)
    {
        _isChanged |= Changes().IsMatch(script);
        Set(EndedVariable, null);
        using var engine = Engine.Create(_runspace);
        // The streams are merged, so that the order of their objects is known.
        engine.AddScript("try { . {\n" + script + "\n} *>&1 } catch { $" + EndedVariable + " = $_ }", useLocalScope: false);
        object?[] all = engine.Invoke().Select(Unwrap).ToArray();
        return new Outcome(all, (ErrorRecord?)Get(EndedVariable), engine.Streams.Progress.ToArray());
    }

    /// <summary>Starts a script that the test can observe and stop. The shell cannot run another script until it has ended.</summary>
    public RunningScript Start(string script)
    {
        // The test may stop it anywhere.
        _isChanged = true;
        return new(_runspace, script);
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (_isChanged || _runspace.RunspaceAvailability != RunspaceAvailability.Available)
        {
            _runspace.Dispose();
            return;
        }
        // The connections are the only state of the module that a runspace has.
        Run("Disconnect-PulseRun");
        _runspace.ResetRunspaceState();
        Host.Clear();
        s_free.Add((_runspace, Host));
    }

    /// <summary>Returns the object that a PSObject wraps, or the PSObject itself if it is a custom object.</summary>
    internal static object? Unwrap(PSObject? item) => item is null ? null : item.BaseObject is PSCustomObject ? item : item.BaseObject;

    /// <summary>Returns the empty collection of free runspaces. They are closed after the last test, because their threads would keep the process.</summary>
    private static ConcurrentBag<(Runspace Runspace, RecordingHost Host)> KeepUntilTheEnd()
    {
        ConcurrentBag<(Runspace Runspace, RecordingHost Host)> free = [];
        BoundedTestFramework.Finished += (_, _) =>
        {
            while (free.TryTake(out (Runspace Runspace, RecordingHost Host) one))
                one.Runspace.Dispose();
        };
        return free;
    }

    private static (Runspace Runspace, RecordingHost Host) Open()
    {
        InitialSessionState state = InitialSessionState.CreateDefault();
        // Only Windows has an execution policy; setting it throws on other systems.
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        state.ThreadOptions = PSThreadOptions.ReuseThread;
        state.ImportPSModule(StagedModule.Folder);
        RecordingHost host = new();
        Runspace runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        return (runspace, host);
    }

    /// <summary>Matches scripts that may change more than variables: functions, aliases, modules, types, views, events, jobs and the culture.</summary>
    [GeneratedRegex(@"\b(function|filter|class|enum)\s|Module|-Alias|-TypeData|-FormatData|Register-|Set-PS|Start-Job|ThreadJob|Culture|\$PSStyle|function:|alias:", RegexOptions.IgnoreCase)]
    private static partial Regex Changes();
}
