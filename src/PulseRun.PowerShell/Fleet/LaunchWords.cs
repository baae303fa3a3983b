using System.Globalization;
using PulseRun.Core.Launch;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Writes the messages about launches that an earlier command left open.</summary>
internal static class LaunchWords
{
    /// <summary>Returns a sentence about the outcome of a launch that was open.</summary>
    public static string Earlier(Launch launch) => Of(launch.Gpu, launch.Template, launch.RequestedAt) + " " + (launch.Outcome switch
    {
        LaunchOutcome.Launched => "succeeded: it is instance " + launch.InstanceId + ", which is billed.",
        LaunchOutcome.NotLaunched when launch.MatchedBy is { } ended => "succeeded, but its instance has ended: " + ended + ".",
        LaunchOutcome.NotLaunched => "launched nothing.",
        _ => "still has an unknown outcome. Use Resolve-PRLaunch -IntentId " + launch.IntentId + " to determine it.",
    });

    /// <summary>Returns a sentence about a launch whose instance was never written to a pipeline.</summary>
    public static string Untold(LaunchRecord launch) => Of(launch.Request.Gpu, launch.Request.Template, launch.RequestedAt) + (launch.IsGone
        ? " became instance " + launch.InstanceId + ", which has ended: " + launch.MatchedBy + ". No command has reported it before."
        : " became instance " + launch.InstanceId + ", launched and billing, and no command had written it to the pipeline.");

    private static string Of(string gpu, string template, System.DateTimeOffset requestedAt) =>
        string.Format(CultureInfo.InvariantCulture, "An earlier launch ({0}, {1}, requested at {2:u})", gpu, template, requestedAt);
}
