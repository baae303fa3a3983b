using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PulseRun.Core.Completion;
using PulseRun.Core.Launch;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Describes launches in questions and warnings.</summary>
internal static class LaunchWords
{
    /// <summary>Returns the description of a launch for a question: GPU, template, region, provider, spot.</summary>
    public static string Describe(LaunchRequest request)
    {
        StringBuilder text = new StringBuilder(request.Gpu).Append(", ").Append(request.Template)
            .Append(", region ").Append(request.Region ?? "any");
        if (request.Provider is { } provider && !string.Equals(provider, "auto", StringComparison.OrdinalIgnoreCase))
            text.Append(", ").Append(provider);
        text.Append(request.Spot == true ? ", spot" : ", on demand");
        return CleanText.Clean(text.ToString(), 200);
    }

    /// <summary>Returns the description of a launch in the journal, for a question.</summary>
    public static string Describe(LaunchRecord record) => string.Format(
        CultureInfo.InvariantCulture, "{0} ({1}, {2}, asked for at {3:u})", record.IntentId, record.Request.Gpu, record.Request.Template, record.RequestedAt);

    /// <summary>Returns what such a launch cost per hour when last seen; null when unknown.</summary>
    public static decimal? PriceOf(Context context, LaunchRequest request)
    {
        try
        {
            return Stores.Current.Launches.EstimatePrice(context.Account, request);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Returns a rejection with the nearest known name of a GPU type or template that is not known; the same one when there is none.</summary>
    public static PulseRunException WithNearest(PulseRunException error, Context context, LaunchRequest request) =>
        error.ErrorId == ErrorIds.InvalidRequest && Nearest(context, request) is { } near ? error.Rephrase(error.ErrorId, error.Message + " " + near) : error;

    /// <summary>Returns a question that names the nearest known GPU type and template for those that are not known; null when the names are known or resemble none.</summary>
    public static string? Nearest(Context context, LaunchRequest request)
    {
        (CompletionField Field, string Name)[] names = [(CompletionField.Gpu, request.Gpu), (CompletionField.Template, request.Template)];
        string near = string.Join(" ", names.Select(one => Nearest(context, one.Field, one.Name)).OfType<string>().ToArray());
        return near.Length == 0 ? null : near;
    }

    private static string? Nearest(Context context, CompletionField field, string name)
    {
        List<string> known = Connection.Of(context).Seen.Values(field).Concat(KnownNames.Of(field)).ToList();
        return !known.Contains(name, StringComparer.OrdinalIgnoreCase) && FilterAdvice.Nearest(name, known) is { } near
            ? field + " '" + CleanText.Clean(name, 40) + "' is not a known name: did you mean " + CleanText.Clean(near, 40) + "?"
            : null;
    }

    /// <summary>Returns the warning that says what became of a launch that was open.</summary>
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

    /// <summary>Returns the warning that names launches of other connections.</summary>
    public static string Elsewhere(IReadOnlyList<(string? Origin, int Count)> launches)
    {
        int count = launches.Sum(static one => one.Count);
        string by = string.Join(", ", launches.Select(one => one.Count.ToString(CultureInfo.InvariantCulture) + " with "
            + (one.Origin is null ? "a connection that an earlier version did not record" : CleanText.Clean(one.Origin, 200))).ToArray());
        return (count == 1 ? "1 launch of another connection has" : count.ToString(CultureInfo.InvariantCulture) + " launches of other connections have")
            + " an unknown outcome: " + by + ". Use Resolve-PRLaunch on that connection to determine it.";
    }

    private static string Of(string gpu, string template, DateTimeOffset requestedAt) =>
        string.Format(CultureInfo.InvariantCulture, "An earlier launch ({0}, {1}, asked for at {2:u})", gpu, template, requestedAt);
}
