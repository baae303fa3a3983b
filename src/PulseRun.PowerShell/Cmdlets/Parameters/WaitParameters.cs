using System;
using System.Management.Automation;
using PulseRun.Core.Wait;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters of cmdlets that change instances and can wait for the new state.</summary>
internal sealed class WaitParameters
{
    /// <summary>Waits until each instance is where it should be: one list a look for all together. Each is written as it gets there.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long -Wait waits, in seconds (1 to 86400, default 900), from the last answer on.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int WaitTimeoutSec { get; set; } = (int)WaitOptions.DefaultTimeout.TotalSeconds;

    /// <summary>The longest wait.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(WaitTimeoutSec);
}
