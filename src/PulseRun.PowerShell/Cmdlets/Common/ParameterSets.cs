namespace PulseRun.PowerShell.Cmdlets;

/// <summary>The names of parameter sets, as Get-Command and -? show them.</summary>
internal static class ParameterSets
{
    public const string ById = nameof(ById);
    public const string ByObject = nameof(ByObject);
    public const string ByKey = nameof(ByKey);
    public const string ByProfile = nameof(ByProfile);
    public const string ByEmulator = nameof(ByEmulator);
}
