using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Text;

namespace PulseRun.Core.Launch;

/// <summary>Compares a launch request with a listed instance; the worst fit of all fields counts. A value that the server did not send is a Maybe, and so is one that may be another spelling of the requested value.</summary>
internal static class MatchScore
{
    /// <summary>The tolerance for the clocks of one service, which are synchronized.</summary>
    public static readonly TimeSpan ClockError = TimeSpan.FromMilliseconds(100);

    /// <summary>The largest assumed difference between the clocks of the Date header and of created_at, which may come from different machines such as a gateway.</summary>
    public static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(15);

    /// <summary>The largest assumed time that the server works on a launch after its sender stopped waiting.</summary>
    private static readonly TimeSpan s_late = TimeSpan.FromMinutes(15);

    /// <summary>The number of pairs of names whose comparison is kept. A service has some dozens of GPUs and templates.</summary>
    private const int MaxAlikeNames = 1000;

    /// <summary>The pairs of names that were compared: those of a large list are compared for each open launch, and few of them differ.</summary>
    private static readonly ConcurrentDictionary<(string, string), bool> s_alikeNames = new();

    private static readonly (string Prefix, string Continent)[] s_continents =
        [("us", "us"), ("usa", "us"), ("eu", "eu"), ("europe", "eu"), ("asia", "asia"), ("ap", "asia"), ("apac", "asia")];

    public static Fit Of(LaunchIntent intent, Instance listed)
    {
        var fit = OfKind(intent.Request, listed);
        if (fit == Fit.No)
            return fit;
        // Without the server's clock, the time of creation proves nothing, because the local clock may have any error.
        var created = intent.Created is { } window ? Created(window, listed.CreatedAt) : Fit.Maybe;
        if (intent.CreatedByWallClock is { } other && Created(other, listed.CreatedAt) is var also && also > created)
            created = also;
        return Worst(fit, created);
    }

    /// <summary>Compares everything but the time of creation.</summary>
    public static Fit OfKind(LaunchRequest request, Instance listed)
    {
        // Compare the GPU first: it is cheap and excludes most rows.
        var fit = Slug(request.Gpu, listed.Gpu);
        return fit == Fit.No
            ? fit
            : Worst(fit, Template(request, listed.Template), Spot(request.Spot, listed.Spot), Region(request.Region, listed.Region), Provider(request.Provider, listed.Provider), Details(request, listed));
    }

    /// <summary>Returns true when an instance is similar enough to the result of a launch for its price to be an estimate.</summary>
    public static bool IsAlike(LaunchRequest request, Instance listed) =>
        Worst(IsSame(request.Gpu, listed.Gpu) ? Fit.Yes : Fit.No, (request.Spot ?? false) == (listed.Spot ?? false) ? Fit.Yes : Fit.No, Region(request.Region, listed.Region), Provider(request.Provider, listed.Provider)) == Fit.Yes;

    /// <summary>Returns true when two launches are interchangeable: they request the same in all respects that matter to the user.</summary>
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

    /// <summary>Compares names. A name that contains the other, or differs only in spelling, may be the same: <c>pytorch</c> and <c>pytorch-2.4</c>, <c>a100_80gb</c> and <c>A100-SXM4-80GB</c>.</summary>
    public static Fit Slug(string? asked, string? listed)
    {
        if (string.IsNullOrEmpty(listed))
            return Fit.Maybe;
        return IsSame(asked, listed) ? Fit.Yes : IsAlikeName(asked!, listed!) ? Fit.Maybe : Fit.No;
    }

    /// <summary>Compares templates. For a custom template, a server may list the image.</summary>
    public static Fit Template(LaunchRequest request, string? listed)
    {
        var fit = Slug(request.Template, listed);
        return fit == Fit.No && request.DockerImage is { } image && Slug(image, listed) != Fit.No ? Fit.Maybe : fit;
    }

    /// <summary>Compares the spot flag. A different flag is a Maybe, because a server may launch another kind than requested.</summary>
    public static Fit Spot(bool? asked, bool? listed) => listed is not null && (asked ?? false) == listed ? Fit.Yes : Fit.Maybe;

    /// <summary>Compares regions. A launch requests a continent and gets a location (<c>us</c>, <c>us-east</c>). A location on an unknown continent is a Maybe.</summary>
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

    /// <summary>Compares providers. They have several spellings (<c>vast_ai</c>, <c>vast.ai</c>, <c>Vast AI</c>) and short forms (<c>vast</c>), which are a Maybe.</summary>
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

    /// <summary>Compares what the API lists of no instance, but some server may. A different value is a Maybe, because a server may round a size or complete a name.</summary>
    public static Fit Details(LaunchRequest request, Instance listed)
    {
        if (listed.AdditionalProperties.Count == 0)
            return Fit.Yes;
        return IsAsAsked(request.DockerImage, "docker_image") && IsAsAsked(request.SshKeyId, "ssh_key_id")
            && IsAsAsked(request.DiskSizeGb?.ToString(CultureInfo.InvariantCulture), "disk_size_gb") ? Fit.Yes : Fit.Maybe;

        bool IsAsAsked(string? asked, string name) =>
            asked is null || !listed.AdditionalProperties.TryGetValue(name, out object? value)
            || Convert.ToString(value, CultureInfo.InvariantCulture) is null or "" or SecretText.Mask || IsSame(asked, Convert.ToString(value, CultureInfo.InvariantCulture));
    }

    /// <summary>Compares the time of creation with the time in which the launch was under way: Yes within it, Maybe near it, because the clocks of a service may differ.</summary>
    public static Fit Created(CreationWindow window, DateTimeOffset? createdAt)
    {
        if (createdAt is not { } created)
            return Fit.Maybe;
        // A time in whole seconds was truncated.
        var latest = created.Ticks % TimeSpan.TicksPerSecond == 0 ? created.AddSeconds(1) : created;
        if (latest >= window.From - ClockError && created <= window.Until + ClockError)
            return Fit.Yes;
        return created >= window.From - ClockDifference && created <= window.AtMost + s_late + ClockDifference ? Fit.Maybe : Fit.No;
    }

    private static bool IsAlikeName(string a, string b)
    {
        if (s_alikeNames.TryGetValue((a, b), out bool known))
            return known;
        // A server may list any number of names.
        if (s_alikeNames.Count >= MaxAlikeNames)
            s_alikeNames.Clear();
        return s_alikeNames[(a, b)] = CompareNames(a, b);
    }

    private static bool CompareNames(string a, string b)
    {
        string one = Letters(a), other = Letters(b);
        if (one.Length == 0 || other.Length == 0 || one.Contains(other) || other.Contains(one))
            return true;
        string[] ones = Words(a), others = Words(b);
        return Array.TrueForAll(ones, word => Array.IndexOf(others, word) >= 0) || Array.TrueForAll(others, word => Array.IndexOf(ones, word) >= 0);
    }

    private static string[] Words(string name) =>
        new string(name.ToLowerInvariant().Select(static c => char.IsLetterOrDigit(c) ? c : ' ').ToArray()).Split([' '], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Returns the continent of a region or location, as launches name it; null when not known.</summary>
    public static string? Continent(string? region)
    {
        string prefix = new((region ?? "").ToLowerInvariant().TakeWhile(c => c is >= 'a' and <= 'z').ToArray());
        return s_continents.FirstOrDefault(row => row.Prefix == prefix).Continent;
    }

    private static string Letters(string? name) => new((name ?? "").ToLowerInvariant().Where(char.IsLetterOrDigit).ToArray());

    private static Fit Worst(params Fit[] fits) => fits.Min();

    private static bool IsSame(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Specifies whether an instance may be the result of a launch. A Maybe prevents both conclusions: adopting the instance, and reporting that nothing was launched.</summary>
internal enum Fit
{
    No,
    Maybe,
    Yes,
}
