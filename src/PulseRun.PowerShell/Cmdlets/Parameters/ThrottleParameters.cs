using System.Management.Automation;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameter of cmdlets that work on several instances concurrently.</summary>
internal sealed class ThrottleParameters
{
    /// <summary>The number of instances that are processed at the same time (1 to 256, default 16). The output keeps the order of the input.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;
}
