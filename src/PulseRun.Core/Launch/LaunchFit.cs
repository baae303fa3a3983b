using System;
using System.Linq;

namespace PulseRun.Launching;

/// <summary>Compares what was asked for with what is listed: the worst of all fields counts. A value the server did not give is a doubt, not a difference.</summary>
internal static class LaunchFit
{
    /// <summary>Date headers and created_at come in whole seconds.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>No server is known to work on a launch for longer than this before it creates the instance...</summary>
    private static readonly TimeSpan s_prompt = TimeSpan.FromMinutes(5);

    /// <summary>... and none can for longer than this.</summary>
    private static readonly TimeSpan s_latest = TimeSpan.FromMinutes(15);

    /// <summary>How wrong this machine's clock may be when the server never told the time.</summary>
    private static readonly TimeSpan s_drift = TimeSpan.FromMinutes(15);

    private static readonly (string Prefix, string Continent)[] s_continents =
        [("us", "us"), ("usa", "us"), ("eu", "eu"), ("europe", "eu"), ("asia", "asia"), ("ap", "asia"), ("apac", "asia")];

    public static Fit Of(LaunchIntent intent, Instance listed, TimeSpan? serverSkew)
    {
        var request = intent.Request;
        return Worst(
            Slug(request.Gpu, listed.Gpu),
            Slug(request.Template, listed.Template),
            Spot(request.Spot, listed.Spot),
            Region(request.Region, listed.Region),
            Provider(request.Provider, listed.Provider),
            Created(intent.SentAt, listed.CreatedAt, serverSkew));
    }

    /// <summary>Whether such a launch would become such an instance, whoever launched it: what it cost tells what the launch will.</summary>
    public static bool IsAlike(LaunchRequest request, Instance listed) =>
        Worst(Slug(request.Gpu, listed.Gpu), Spot(request.Spot, listed.Spot), Region(request.Region, listed.Region), Provider(request.Provider, listed.Provider)) == Fit.Yes;

    /// <summary>Whether either may stand for the other: everything the user can see or feel is asked for alike.</summary>
    public static bool AreEqual(LaunchRequest a, LaunchRequest b) =>
        IsSame(a.Gpu, b.Gpu) && IsSame(a.Template, b.Template)
        && (a.Spot ?? false) == (b.Spot ?? false)
        && IsSame(a.Region ?? "any", b.Region ?? "any")
        && IsSame(a.Provider ?? "auto", b.Provider ?? "auto")
        && string.Equals(a.DockerImage, b.DockerImage, StringComparison.Ordinal)
        && a.DiskSizeGb == b.DiskSizeGb
        && string.Equals(a.SshKeyId, b.SshKeyId, StringComparison.Ordinal)
        && (a.AutoMigrate ?? false) == (b.AutoMigrate ?? false)
        && (a.AutoSpotRecovery ?? false) == (b.AutoSpotRecovery ?? false)
        && a.BudgetLimit == b.BudgetLimit;

    public static Fit Slug(string? asked, string? listed)
    {
        if (string.IsNullOrEmpty(listed))
            return Fit.Maybe;
        return IsSame(asked, listed) ? Fit.Yes : Fit.No;
    }

    public static Fit Spot(bool? asked, bool? listed)
    {
        if (listed is null)
            return Fit.Maybe;
        return (asked ?? false) == listed ? Fit.Yes : Fit.No;
    }

    /// <summary>A launch asks for a continent and gets a place (<c>us</c>, <c>us-east</c>). A place of an unknown continent is a doubt.</summary>
    public static Fit Region(string? asked, string? listed)
    {
        if (string.IsNullOrEmpty(asked) || IsSame(asked, "any") || IsSame(asked, listed))
            return Fit.Yes;
        string? wanted = Continent(asked);
        string? got = Continent(listed);
        if (wanted is null || got is null)
            return Fit.Maybe;
        if (wanted != got)
            return Fit.No;
        return IsSame(asked, wanted) ? Fit.Yes : Fit.Maybe;
    }

    /// <summary>Providers are spelt in many ways (<c>vast_ai</c>, <c>vast.ai</c>, <c>Vast AI</c>), and shortened (<c>vast</c>): that much alike is a doubt.</summary>
    public static Fit Provider(string? asked, string? listed)
    {
        if (string.IsNullOrEmpty(asked) || IsSame(asked, "auto"))
            return Fit.Yes;
        string wanted = Letters(asked);
        string got = Letters(listed);
        if (got == wanted)
            return Fit.Yes;
        return got is "" or "auto" || got.StartsWith(wanted, StringComparison.Ordinal) || wanted.StartsWith(got, StringComparison.Ordinal) ? Fit.Maybe : Fit.No;
    }

    /// <summary>Not created before it was sent, by the server's own clock.</summary>
    public static Fit Created(DateTimeOffset sentAt, DateTimeOffset? createdAt, TimeSpan? serverSkew)
    {
        if (createdAt is not { } created)
            return Fit.Maybe;
        var after = created - sentAt - (serverSkew ?? TimeSpan.Zero);
        if (after >= -Tolerance && after <= s_prompt)
            return Fit.Yes;
        var drift = serverSkew is null ? s_drift : TimeSpan.Zero;
        return after >= -Tolerance - drift && after <= s_latest + drift ? Fit.Maybe : Fit.No;
    }

    private static string? Continent(string? region)
    {
        string prefix = new((region ?? "").ToLowerInvariant().TakeWhile(c => c is >= 'a' and <= 'z').ToArray());
        return s_continents.FirstOrDefault(row => row.Prefix == prefix).Continent;
    }

    private static string Letters(string? name) => new((name ?? "").ToLowerInvariant().Where(char.IsLetterOrDigit).ToArray());

    private static Fit Worst(params Fit[] fits) => fits.Min();

    private static bool IsSame(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
