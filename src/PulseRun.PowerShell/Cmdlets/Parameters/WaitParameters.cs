using System;
using System.Management.Automation;
using PulseRun.Core.Wait;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters of cmdlets that change instances and can wait for the new state.</summary>
internal sealed class WaitParameters
{
    /// <summary>
    /// Waits until each instance has reached its new state: ready after a start, stopped after a stop, terminated or no longer listed after a
    /// removal. One list every 2 to 15 seconds serves all instances. Each is written as soon as it is there.
    /// </summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>The longest time that -Wait waits, in seconds (1 to 86400, default 900), counted from the last answer. Then the error is WaitTimeout.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int WaitTimeoutSec { get; set; } = (int)WaitOptions.DefaultTimeout.TotalSeconds;

    /// <summary>Gets the longest wait.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(WaitTimeoutSec);
}
