using System;
using System.Management.Automation;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Base;

/// <summary>The base of all cmdlets. Passes the steps of the engine to a <see cref="CmdletRunner"/>; a cmdlet overrides the On... methods that it needs.</summary>
public abstract class PulseRunCmdlet : PSCmdlet, IDisposable
{
    /// <summary>Initialises the runner and the prompt of the cmdlet.</summary>
    protected PulseRunCmdlet()
    {
        Runner = new CmdletRunner(this);
        Prompt = new Prompt(this);
    }

    /// <summary>Gets the runner, which runs asynchronous work and writes its results.</summary>
    internal CmdletRunner Runner { get; }

    /// <summary>Gets the prompt, which asks the user for confirmation.</summary>
    internal Prompt Prompt { get; }

    /// <summary>Gets the name of the request that this cmdlet sends for an item, such as "stop" or "launch". Used in messages.</summary>
    internal virtual string Verb => MyInvocation.MyCommand.Name;

    /// <summary>Gets the advice that follows the warning about unconfirmed requests: how the user finds out their outcome.</summary>
    internal virtual string AdviceForPending => "Check with Get-PRInstance.";

    /// <summary>Returns a final warning for the user, or null for none. Called once, whether the cmdlet completed, failed or was stopped, after running work was cancelled.</summary>
    internal virtual string? LastWords() => null;

    /// <summary>Gets a value that is true when long work shows a progress line.</summary>
    internal virtual bool ShowsProgress => true;

    /// <summary>Returns true when an error ends the cmdlet, because every other item would fail with it too.</summary>
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

    /// <summary>Runs once when the cmdlet is disposed, whether the pipeline completed, failed or was stopped. Nothing can be written to a stream any more.</summary>
    protected virtual void OnDisposed()
    {
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        Runner.ReadPreferences();
        if (OtherCopies.TakeNotice(this) is { } notice)
            WriteWarning(notice);
        InvariantTexts.Ensure(this);
        Runner.Step(OnBegin);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Runner.Step(OnRecord);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Runner.Step(OnEnd, isLast: true);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => Runner.Stop();

    /// <summary>Ends the work. The engine calls it whether the pipeline completed, failed or was stopped.</summary>
    public void Dispose()
    {
        Runner.Dispose();
        OnDisposed();
        GC.SuppressFinalize(this);
    }
}
