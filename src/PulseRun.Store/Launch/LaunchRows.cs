using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Launch;

/// <summary>Maps launches to the rows of the table <c>launch</c>. Columns, written values and read values are listed in the same order.</summary>
internal static class LaunchRows
{
    /// <summary>The columns of a request, as the API names its fields.</summary>
    private const string RequestColumns = "gpu, template, docker_image, disk_size_gb, region, spot, ssh_key_id, provider, auto_migrate, auto_spot_recovery, budget_limit";

    /// <summary>The columns that are written when a launch begins.</summary>
    private const string IntentColumns = "intent, " + RequestColumns + ", requested_at, request_timeout, max_hourly, max_fleet, unknown_price, price, origin, attempt, owner";

    /// <summary>The columns that are written later.</summary>
    private const string StateColumns = "sent_at, boot, sent_tick, ended_tick, answered, met_boot, met_tick, instance, outcome, matched_by, resolved_at, told, gone, look_again, seen_upto, waiting";

    private const string SelectAll = "SELECT " + IntentColumns + ", " + StateColumns + " FROM launch";

    /// <summary>Selects the launches of one account, which is the first parameter.</summary>
    public const string Select = SelectAll + " WHERE account = ?1";

    /// <summary>Selects the open launches of all other accounts. The account is the first parameter.</summary>
    public const string SelectElsewhere = SelectAll + " WHERE outcome IS NULL AND account IS NOT ?1 ORDER BY requested_at, intent";

    /// <summary>Selects the launches of a service, its first parameter, that are billed or may be. An account that an earlier version recorded has no service before its next launch.</summary>
    public const string SelectBilled = SelectAll + " WHERE account IN (SELECT id FROM account WHERE service = ?1) AND (outcome IS NULL OR (outcome = 1 AND gone = 0))";

    /// <summary>Inserts a launch: the account, and the <see cref="Values"/>.</summary>
    public static readonly string Insert = "INSERT INTO launch (account, " + IntentColumns + ") VALUES ("
        + string.Join(", ", Enumerable.Range(1, 1 + IntentColumns.Split(',').Length).Select(static at => "?" + at.ToString(CultureInfo.InvariantCulture))) + ")";

    /// <summary>Replaces the attempt of a launch that waits by the next one. The parameters are those of <see cref="Insert"/>.</summary>
    public static readonly string Replace = "UPDATE launch SET waiting = 0, "
        + string.Join(", ", IntentColumns.Split(',').Skip(1).Select(static (column, at) => column.Trim() + " = ?" + (at + 3).ToString(CultureInfo.InvariantCulture)))
        + " WHERE account = ?1 AND intent = ?2 AND outcome IS NULL AND instance IS NULL AND waiting = 1";

    /// <summary>Copies a launch under another id (?2), without its instance.</summary>
    public static readonly string Copy = "INSERT INTO launch (account, " + IntentColumns + ", " + StateColumns + ") SELECT account, "
        + (IntentColumns + ", " + StateColumns).Replace("intent,", "?2,").Replace(" instance,", " NULL,") + " FROM launch WHERE intent = ?1";

    public static string Key(Guid intentId) => intentId.ToString("D");

    public static long? Milliseconds(TimeSpan? time) => time is { } known ? (long)known.TotalMilliseconds : null;

    /// <summary>Returns the values of a new row, after the account.</summary>
    public static object?[] Values(LaunchRecord intent, decimal? price, string owner)
    {
        LaunchRequest request = intent.Request;
        return
        [
            Key(intent.IntentId), request.Gpu, request.Template, request.DockerImage, request.DiskSizeGb, request.Region, request.Spot, request.SshKeyId, request.Provider,
            request.AutoMigrate, request.AutoSpotRecovery, request.BudgetLimit, intent.RequestedAt, Milliseconds(intent.RequestTimeout), intent.MaxHourlyCost, intent.MaxFleetCostPerHour,
            intent.AllowUnknownPrice, price, intent.Origin, intent.Attempt, owner,
        ];
    }

    /// <summary>Reads the rows of <see cref="Select"/>.</summary>
    public static List<LaunchRecord> Read(Statement rows)
    {
        var found = new List<LaunchRecord>();
        // Looking up a process reads two files, and most launches have the same owner.
        var owners = new Dictionary<string, OwnerState>(StringComparer.Ordinal);
        while (rows.Step())
            found.Add(Record(new Reader(rows), owners));
        return found;
    }

    private static LaunchRecord Record(Reader row, Dictionary<string, OwnerState> owners)
    {
        var launch = new LaunchRecord
        {
            IntentId = Guid.Parse(row.Text()),
            Request = new LaunchRequest
            {
                Gpu = row.Text(),
                Template = row.Text(),
                DockerImage = row.TextOrNull(),
                DiskSizeGb = row.IntOrNull(),
                Region = row.TextOrNull(),
                Spot = row.FlagOrNull(),
                SshKeyId = row.TextOrNull(),
                Provider = row.TextOrNull(),
                AutoMigrate = row.FlagOrNull(),
                AutoSpotRecovery = row.FlagOrNull(),
                BudgetLimit = row.MoneyOrNull(),
            },
            RequestedAt = row.Time(),
            RequestTimeout = row.SpanOrNull(),
            MaxHourlyCost = row.MoneyOrNull(),
            MaxFleetCostPerHour = row.MoneyOrNull(),
            AllowUnknownPrice = row.Flag(),
            Price = row.MoneyOrNull(),
            Origin = row.TextOrNull(),
            Attempt = row.IntOrNull() ?? 0,
            Owner = row.TextOrNull(),
            OwnerState = OwnerState.Released,
            SentAt = row.TimeOrNull(),
        };
        string? boot = row.TextOrNull();
        launch = launch with
        {
            OwnerState = StateOf(launch.Owner, owners),
            Sent = Steady(boot, row.SpanOrNull()),
            Ended = Steady(boot, row.SpanOrNull()),
            IsAnswered = row.Flag(),
        };
        string? metBoot = row.TextOrNull();
        return launch with
        {
            FirstMet = Steady(metBoot, row.SpanOrNull()),
            InstanceId = row.TextOrNull(),
            Outcome = row.IntOrNull() is { } outcome ? (LaunchOutcome)outcome : null,
            MatchedBy = row.TextOrNull(),
            ResolvedAt = row.TimeOrNull(),
            IsTold = row.Flag(),
            IsGone = row.Flag(),
            NeedsAnotherLook = row.Flag(),
            SeenUpTo = row.LongOrNull(),
            IsWaiting = row.Flag(),
        };
    }

    private static SteadyTime? Steady(string? boot, TimeSpan? sinceBoot) => boot is not null && sinceBoot is { } time ? new SteadyTime(boot, time) : null;

    private static OwnerState StateOf(string? owner, Dictionary<string, OwnerState> known)
    {
        if (owner is null)
            return OwnerState.Released;
        if (!known.TryGetValue(owner, out OwnerState state))
            known.Add(owner, state = ProcessIdentity.StateOf(owner));
        return state;
    }

    /// <summary>Reads the columns of a row one after another.</summary>
    private sealed class Reader(Statement row)
    {
        private int _next;

        public string Text() => row.Text(_next++);

        public string? TextOrNull() => row.TextOrNull(_next++);

        public int? IntOrNull() => row.IntOrNull(_next++);

        public bool Flag() => row.Long(_next++) != 0;

        public bool? FlagOrNull() => row.FlagOrNull(_next++);

        public decimal? MoneyOrNull() => row.MoneyOrNull(_next++);

        public DateTimeOffset Time() => row.Time(_next++);

        public DateTimeOffset? TimeOrNull() => row.TimeOrNull(_next++);

        public long? LongOrNull()
        {
            int column = _next++;
            return row.IsNull(column) ? null : row.Long(column);
        }

        public TimeSpan? SpanOrNull() => LongOrNull() is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
    }
}
