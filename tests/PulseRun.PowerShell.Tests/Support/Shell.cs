using System;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;
using Engine = System.Management.Automation.PowerShell;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Hosts a runspace of the PowerShell engine with the staged module.</summary>
public sealed class Shell : IDisposable
{
    /// <summary>The name of the variable that holds the error that ended a script.</summary>
    private const string EndedVariable = "__ended";

    private readonly Runspace _runspace;

    public Shell()
    {
        InitialSessionState state = InitialSessionState.CreateDefault();
        // Only Windows has an execution policy; setting it throws on other systems.
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        state.ThreadOptions = PSThreadOptions.ReuseThread;
        state.ImportPSModule(StagedModule.Folder);
        _runspace = RunspaceFactory.CreateRunspace(Host, state);
        _runspace.Open();
    }

    /// <summary>Gets the host, which records the lines of -WhatIf and the prompts.</summary>
    public RecordingHost Host { get; } = new();

    /// <summary>Sets a variable that scripts can use.</summary>
    public void Set(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Returns a variable that a script has set.</summary>
    public object? Get(string name) => _runspace.SessionStateProxy.GetVariable(name) is var value && value is PSObject wrapped ? Unwrap(wrapped) : value;

    /// <summary>Runs a script to its end. Terminating and non-terminating errors are part of the outcome. Variables that the script sets are kept.</summary>
    public Outcome Run(string script)
    {
        Set(EndedVariable, null);
        using var engine = Engine.Create(_runspace);
        // The streams are merged, so that the order of their objects is known.
        engine.AddScript("try { . {\n" + script + "\n} *>&1 } catch { $" + EndedVariable + " = $_ }", useLocalScope: false);
        object?[] all = engine.Invoke().Select(Unwrap).ToArray();
        return new Outcome(all, (ErrorRecord?)Get(EndedVariable), engine.Streams.Progress.ToArray());
    }

    /// <summary>Starts a script that the test can observe and stop. The shell cannot run another script until it has ended.</summary>
    public RunningScript Start(string script) => new(_runspace, script);

    public void Dispose() => _runspace.Dispose();

    /// <summary>Returns the object that a PSObject wraps, or the PSObject itself if it is a custom object.</summary>
    internal static object? Unwrap(PSObject? item) => item is null ? null : item.BaseObject is PSCustomObject ? item : item.BaseObject;
}
