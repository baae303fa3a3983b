using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.PowerShell.Cmdlets.Base;

namespace PulseRun.PowerShell.Running;

/// <summary>Runs a script block of the user for work on other threads. A script block belongs to the session, so it runs on the pipeline thread, one call at a time.</summary>
internal sealed class PipelineScript(PulseRunCmdlet cmdlet, ScriptBlock script)
{
    /// <summary>Makes an error of a command in the script block end it, as an exception does. Otherwise a failed command would be followed by the next one, and the script block would count as successful.</summary>
    private const string Strict = "param($script, $argument) $ErrorActionPreference = 'Stop'; & $script $argument";

    /// <summary>Runs the script block with one argument, and returns its output.</summary>
    /// <exception cref="RuntimeException">The script block failed.</exception>
    public async Task<IReadOnlyList<object?>> InvokeAsync(object argument, CancellationToken cancel)
    {
        var done = new TaskCompletionSource<IReadOnlyList<object?>>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancel.Register(() => done.TrySetCanceled()))
        {
            cmdlet.Runner.Post(_ => Run(argument, done));
            return await done.Task.ConfigureAwait(false);
        }
    }

    private void Run(object argument, TaskCompletionSource<IReadOnlyList<object?>> done)
    {
        if (done.Task.IsCompleted)
            return;
        try
        {
            done.TrySetResult(cmdlet.InvokeCommand.NewScriptBlock(Strict).Invoke(script, argument).Select(static item => item?.BaseObject).ToList());
        }
        catch (PipelineStoppedException)
        {
            done.TrySetCanceled();
            throw;
        }
        catch (RuntimeException error)
        {
            done.TrySetException(error);
        }
    }
}
