using System;
using System.Management.Automation;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Cmdlets.Base;

/// <summary>The base of all cmdlets: hands the steps of the engine to a <see cref="CmdletRunner"/>. A cmdlet overrides the steps it needs.</summary>
public abstract class PulseRunCmdlet : PSCmdlet, IDisposable
{
    /// <summary>Initialises the runner and the prompt of the cmdlet.</summary>
    protected PulseRunCmdlet()
    {
        Runner = new CmdletRunner(this);
        Prompt = new Prompt(this);
    }

    /// <summary>Runs asynchronous work, and writes what it produces.</summary>
    internal CmdletRunner Runner { get; }

    /// <summary>Asks the user.</summary>
    internal Prompt Prompt { get; }

    /// <summary>What this cmdlet sends for an item, for messages: "stop", "launch".</summary>
    internal virtual string Verb => MyInvocation.MyCommand.Name;

    /// <summary>How the user finds out the outcome of requests that were sent and not confirmed.</summary>
    internal virtual string AdviceForPending => "Look with Get-PRInstance.";

    /// <summary>Returns what the user must know when the cmdlet has ended, however it ended; null for nothing. Called once, after running work was cancelled.</summary>
    internal virtual string? LastWords() => null;

    /// <summary>True when long work shows a progress line.</summary>
    internal virtual bool ShowsProgress => true;

    /// <summary>True when an error ends the cmdlet, because every other item would meet it too.</summary>
    internal virtual bool IsFatal(PulseRunException error) => ErrorRecords.IsFatal(error);

    /// <summary>Runs before the first item.</summary>
    protected virtual void OnBegin()
    {
    }

    /// <summary>Runs for each item of the pipeline, or once without one.</summary>
    protected virtual void OnRecord()
    {
    }

    /// <summary>Runs after the last item.</summary>
    protected virtual void OnEnd()
    {
    }

    /// <summary>Runs once at the end, however the pipeline ended. The streams are closed.</summary>
    protected virtual void OnDisposed()
    {
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        Runner.ReadPreferences();
        Runner.Step(OnBegin);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Runner.Step(OnRecord);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Runner.Step(OnEnd, isLast: true);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => Runner.Stop();

    /// <summary>Ends the work, however the pipeline ended.</summary>
    public void Dispose()
    {
        Runner.Dispose();
        OnDisposed();
        GC.SuppressFinalize(this);
    }
}
