namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Defines the nouns of the cmdlets.</summary>
internal static class Nouns
{
    public const string Connection = "PulseRun";
    public const string Context = "PRContext";
    public const string Profile = "PRProfile";
    public const string Instance = "PRInstance";
    public const string Metrics = "PRInstanceMetrics";
    public const string IdleInstance = "PRIdleInstance";
    public const string IdleRule = "PRIdleRule";
    public const string Cleanup = "PRCleanup";
    public const string CleanupTask = "PRCleanupTask";
    public const string Command = "PRCommand";
    public const string Policy = "PRPolicy";
    public const string Budget = "PRBudget";
    public const string Item = "PRItem";
    public const string Tunnel = "PRTunnel";
    public const string Job = "PRJob";
    public const string Jupyter = "PRJupyter";
    public const string Protection = "PRProtection";
    public const string Balance = "PRBalance";
    public const string Transaction = "PRTransaction";
    public const string Cost = "PRCost";
    public const string Report = "PRReport";
    public const string Metric = "PRMetric";
    public const string Notification = "PRNotification";
    public const string Launch = "PRLaunch";
    public const string Store = "PRStore";
    public const string History = "PRHistory";
    public const string Emulator = "PREmulator";
    public const string Alert = "PRAlert";
    public const string Schedule = "PRSchedule";
    public const string ScheduleRun = "PRScheduleRun";
    public const string Webhook = "PRWebhook";
    public const string WebhookSignature = "PRWebhookSignature";
}
