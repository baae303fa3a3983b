using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Launch;

/// <summary>Maps launches to the rows of the table <c>launch</c>. Columns, written values and read values are listed in the same order.</summary>
internal static class LaunchRows
{
    private const string RequestColumns = "gpu, template, docker_image, disk_size_gb, region, spot, ssh_key_id, provider, auto_migrate, auto_spot_recovery, budget_limit";

    private const string IntentColumns = "intent, " + RequestColumns + ", requested_at, request_timeout, max_hourly, max_fleet, unknown_price, price, origin, attempt, owner";

    private const string StateColumns = "sent_at, boot, sent_tick, ended_tick, answered, met_boot, met_tick, instance, outcome, matched_by, resolved_at, told, gone, look_again, seen_upto, waiting";

    private const string SelectAll = "SELECT " + IntentColumns + ", " + StateColumns + " FROM pulserun.launch";

    /// <summary>Selects the launches of one account, which is the first parameter.</summary>
    public const string Select = SelectAll + " WHERE account = $1";

    /// <summary>Selects the open launches of this host with other accounts. Those of other hosts belong to other people.</summary>
    public const string SelectElsewhere = SelectAll + " WHERE outcome IS NULL AND account IS DISTINCT FROM $1::integer AND host = $2 ORDER BY requested_at, intent";

    /// <summary>Inserts a launch: the account, the host, and the <see cref="Values"/>.</summary>
    public static readonly string Insert = "INSERT INTO pulserun.launch (account, host, " + IntentColumns + ") VALUES ("
        + string.Join(", ", Enumerable.Range(1, 2 + IntentColumns.Split(',').Length).Select(static at => "$" + at.ToString(CultureInfo.InvariantCulture))) + ")";

    /// <summary>Selects the launches of a service, its first parameter, that are billed or may be.</summary>
    public const string SelectBilled = SelectAll + " WHERE account IN (SELECT id FROM pulserun.account WHERE service = $1) AND (outcome IS NULL OR (outcome = 1 AND NOT gone))";

    /// <summary>Replaces the attempt of a launch that waits by the next one. The parameters are those of <see cref="Insert"/>.</summary>
    public static readonly string Replace = "UPDATE pulserun.launch SET waiting = false, host = $2, "
        + string.Join(", ", IntentColumns.Split(',').Skip(1).Select(static (column, at) => column.Trim() + " = $" + (at + 4).ToString(CultureInfo.InvariantCulture)))
        + " WHERE account = $1 AND intent = $3 AND outcome IS NULL AND instance IS NULL AND waiting";

    /// <summary>Copies a launch under another id ($2), without its instance.</summary>
    public static readonly string Copy = "INSERT INTO pulserun.launch (account, host, " + IntentColumns + ", " + StateColumns + ") SELECT account, host, "
        + (IntentColumns + ", " + StateColumns).Replace("intent,", "$2,").Replace(" instance,", " NULL,") + " FROM pulserun.launch WHERE intent = $1";

    public static long? Milliseconds(TimeSpan? time) => time is { } known ? (long)known.TotalMilliseconds : null;

    /// <summary>Returns the values of a new row, after the account and the host.</summary>
    public static object?[] Values(LaunchRecord intent, decimal? price, string owner)
    {
        LaunchRequest request = intent.Request;
        return
        [
            intent.IntentId, request.Gpu, request.Template, request.DockerImage, request.DiskSizeGb, request.Region, request.Spot, request.SshKeyId, request.Provider,
            request.AutoMigrate, request.AutoSpotRecovery, request.BudgetLimit, intent.RequestedAt, Milliseconds(intent.RequestTimeout), intent.MaxHourlyCost, intent.MaxFleetCostPerHour,
            intent.AllowUnknownPrice, price, intent.Origin, intent.Attempt, owner,
        ];
    }

    /// <summary>Runs a query of launches.</summary>
    public static List<LaunchRecord> Read(Session session, string sql, params object?[] values)
    {
        // Looking up a process reads two files, and most launches have the same owner.
        var owners = new Dictionary<string, OwnerState>(StringComparer.Ordinal);
        return session.All(sql, row => Record(row, owners), values);
    }

    private static LaunchRecord Record(Row row, Dictionary<string, OwnerState> owners)
    {
        int at = 0;
        var launch = new LaunchRecord
        {
            IntentId = row.Id(at++),
            Request = new LaunchRequest
            {
                Gpu = row.Text(at++),
                Template = row.Text(at++),
                DockerImage = row.TextOrNull(at++),
                DiskSizeGb = row.IntOrNull(at++),
                Region = row.TextOrNull(at++),
                Spot = row.FlagOrNull(at++),
                SshKeyId = row.TextOrNull(at++),
                Provider = row.TextOrNull(at++),
                AutoMigrate = row.FlagOrNull(at++),
                AutoSpotRecovery = row.FlagOrNull(at++),
                BudgetLimit = row.MoneyOrNull(at++),
            },
            RequestedAt = row.Time(at++),
            RequestTimeout = row.DurationOrNull(at++),
            MaxHourlyCost = row.MoneyOrNull(at++),
            MaxFleetCostPerHour = row.MoneyOrNull(at++),
            AllowUnknownPrice = row.Flag(at++),
            Price = row.MoneyOrNull(at++),
            Origin = row.TextOrNull(at++),
            Attempt = row.Int(at++),
            Owner = row.TextOrNull(at++),
            OwnerState = OwnerState.Released,
            SentAt = row.TimeOrNull(at++),
        };
        string? boot = row.TextOrNull(at++);
        launch = launch with
        {
            OwnerState = StateOf(launch.Owner, owners),
            Sent = Steady(boot, row.DurationOrNull(at++)),
            Ended = Steady(boot, row.DurationOrNull(at++)),
            IsAnswered = row.Flag(at++),
        };
        string? metBoot = row.TextOrNull(at++);
        return launch with
        {
            FirstMet = Steady(metBoot, row.DurationOrNull(at++)),
            InstanceId = row.TextOrNull(at++),
            Outcome = row.IntOrNull(at++) is { } outcome ? (LaunchOutcome)outcome : null,
            MatchedBy = row.TextOrNull(at++),
            ResolvedAt = row.TimeOrNull(at++),
            IsTold = row.Flag(at++),
            IsGone = row.Flag(at++),
            NeedsAnotherLook = row.Flag(at++),
            SeenUpTo = row.LongOrNull(at++),
            IsWaiting = row.Flag(at),
        };
    }

    private static SteadyTime? Steady(string? boot, TimeSpan? sinceBoot) => boot is not null && sinceBoot is { } time ? new SteadyTime(boot, time) : null;

    private static OwnerState StateOf(string? owner, Dictionary<string, OwnerState> known)
    {
        if (owner is null)
            return OwnerState.Released;
        if (!known.TryGetValue(owner, out OwnerState state))
            known.Add(owner, state = HostIdentity.StateOf(owner));
        return state;
    }
}
