using System;
using System.Management.Automation;
using PulseRun.Core.Wait;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters of cmdlets that change instances and can wait for the new state.</summary>
internal sealed class WaitParameters
{
    /// <summary>Waits until each instance has reached its new state. Sends one list request per poll for all instances together. Each instance is written as soon as it reaches the state.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>The longest time for -Wait, in seconds (1 to 86400, default 900). It begins after the last request of the command was answered.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int WaitTimeoutSec { get; set; } = (int)WaitOptions.DefaultTimeout.TotalSeconds;

    /// <summary>Gets the longest wait.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(WaitTimeoutSec);
}
