namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Defines the names of the parameter sets, as Get-Command shows them.</summary>
internal static class ParameterSets
{
    public const string ById = nameof(ById);
    public const string ByName = nameof(ByName);
    public const string ByObject = nameof(ByObject);
    public const string ByList = nameof(ByList);
    public const string ByInstance = nameof(ByInstance);
    public const string ByAbsence = nameof(ByAbsence);
    public const string ByHistory = nameof(ByHistory);
    public const string ByPath = nameof(ByPath);
    public const string ByFleet = nameof(ByFleet);
    public const string ByKey = nameof(ByKey);
    public const string ByEmulator = nameof(ByEmulator);
    public const string ByPrice = nameof(ByPrice);
    public const string BySpend = nameof(BySpend);
    public const string ByLaunch = nameof(ByLaunch);
    public const string ToInstance = nameof(ToInstance);
    public const string FromInstance = nameof(FromInstance);
}
