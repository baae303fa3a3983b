using System.Globalization;
using PulseRun.Core.Launch;

namespace PulseRun.PowerShell.Fleet;

/// <summary>What is said of launches that an earlier command left.</summary>
internal static class LaunchWords
{
    /// <summary>Says what became of a launch that was open.</summary>
    public static string Earlier(Launch launch) => Of(launch.Gpu, launch.Template, launch.RequestedAt) + " " + (launch.Outcome switch
    {
        LaunchOutcome.Launched => "turned out to have happened: it is instance " + launch.InstanceId + ", launched and billing.",
        LaunchOutcome.NotLaunched when launch.MatchedBy is { } ended => "turned out to have happened, but nothing is left of it: " + ended + ".",
        LaunchOutcome.NotLaunched => "turned out not to have happened.",
        _ => "is still unknown; Resolve-PRLaunch -IntentId " + launch.IntentId + " decides it.",
    });

    /// <summary>Says of a launch that its instance was never written to a pipeline.</summary>
    public static string Untold(LaunchRecord launch) => Of(launch.Request.Gpu, launch.Request.Template, launch.RequestedAt) + (launch.IsGone
        ? " became instance " + launch.InstanceId + ", which has ended again: " + launch.MatchedBy + ". No command had said so."
        : " became instance " + launch.InstanceId + ", launched and billing, and no command had written it to the pipeline.");

    private static string Of(string gpu, string template, System.DateTimeOffset requestedAt) =>
        string.Format(CultureInfo.InvariantCulture, "An earlier launch ({0}, {1}, asked for at {2:u})", gpu, template, requestedAt);
}
