using System.Management.Automation;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameter of cmdlets that work on many items at once.</summary>
internal sealed class ThrottleParameters
{
    /// <summary>How many instances are worked on at once (1 to 256, default 16).</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;
}
