using System.ComponentModel;
using System.Management.Automation;

namespace PulseRun.PowerShell.Views;

/// <summary>
/// The columns of the instance table that are more than a property, as hidden properties (PulseRun.Types.ps1xml): a script block
/// in the format file takes longer than all other columns together. Not for scripts: the objects have the values.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class InstanceColumns
{
    /// <summary>The word spot, or nothing.</summary>
    public static string Spot(PSObject instance) => instance.BaseObject is Instance { Spot: true } ? "spot" : "";

    /// <summary>How long a running instance has been up, or how old another one is.</summary>
    public static string UpOrAge(PSObject instance) => instance.BaseObject is Instance known ? Formatting.UpOrAge(known) : "";
}
