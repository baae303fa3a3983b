using System;
using System.Collections.Generic;

namespace PulseRun.Core.Idle;

/// <summary>
/// Chooses which running instances to read next. Windows that have begun are finished first (queue A); then come the instances that most probably ended
/// their work since the last look, weighted by price (queue B); requests that are left over add readings to windows (queue C).
/// The order depends only on its arguments. A new process, or another host, chooses the same, and the order of the list does not matter.
/// </summary>
internal static class ReadingOrder
{
    /// <summary>The part of a minute over which its readings are spread. The rest is for the verdicts and the acts.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(57);

    /// <summary>The golden ratio, modulo 1. Multiples of it are spread evenly over a minute, and are never in step with a load.</summary>
    private const double Golden = 0.6180339887498949;

    /// <summary>The reciprocal of the plastic number, for the places of readings in their slots. It is independent of the golden ratio.</summary>
    private const double Plastic = 0.7548776662466927;

    /// <summary>The time T0, in minutes: a job that has run for T minutes ends within the next minute with a probability proportional to 1 / (T + T0).</summary>
    private const double FreshJob = 480;

    /// <summary>The age, in minutes, that an instance without any reading has at most. Otherwise old instances of a new history would be preferred too much.</summary>
    private const double OldestUnread = 240;

    /// <summary>The longest time, in minutes, for which a silent instance, or an idle one that stays running, is left out.</summary>
    private const double LongestRest = 120;

    /// <summary>The tolerance for readings in the future: another process may record a reading after this one has read its clock.</summary>
    private static readonly TimeSpan s_outOfOrder = TimeSpan.FromMinutes(1);

    /// <summary>The middle of the minute in which the reading will be taken.</summary>
    private const double HalfMinute = 0.5;

    /// <summary>Returns the order of the readings, and those of them that the budget allows.</summary>
    /// <param name="instances">The instances to choose from, without those that are never acted on. Only running ones are read.</param>
    /// <param name="records">The record of each instance, by id. An instance without a record was never read.</param>
    /// <param name="rule">The idle rule.</param>
    /// <param name="now">The time of the run.</param>
    /// <param name="budget">The number of readings.</param>
    /// <param name="isWhatIf">True when the run stops nothing; then instances that an earlier run of this kind left running count as kept, too.</param>
    public static ReadingPlan Choose(IEnumerable<Instance> instances, IReadOnlyDictionary<string, ReadingRecord> records, IdleRule rule, DateTimeOffset now, int budget, bool isWhatIf = false)
    {
        // Paging can return one instance twice; the last row is the newest.
        var running = new Dictionary<string, Instance>(instances is IReadOnlyCollection<Instance> many ? many.Count : 0, StringComparer.Ordinal);
        foreach (Instance instance in instances)
        {
            if (InstanceStatus.Is(instance.Status, InstanceStatus.Running))
                running[instance.Id] = instance;
            else
                running.Remove(instance.Id);
        }
        var keys = new List<ReadingKey>(running.Count);
        var resting = new Dictionary<string, ReadingRest>(StringComparer.Ordinal);
        var silent = new List<ReadingKey>();
        foreach (Instance instance in running.Values)
        {
            ReadingRecord record = records.TryGetValue(instance.Id, out ReadingRecord? known) ? known : ReadingRecord.Empty;
            if (Key(instance, record, rule, now, isWhatIf, out ReadingRest rest) is { } key)
                keys.Add(key);
            else if (rest == ReadingRest.Silent)
                silent.Add(new ReadingKey(instance, ReadingQueue.Proof, 0, record.LastRead));
            else
                resting.Add(instance.Id, rest);
        }
        // When most of the fleet is silent, the server is at fault and not the instances. Requests that are left over then ask on, so that the end of the outage is seen at once.
        // A single instance does not show that.
        if (silent.Count > 1 && silent.Count * 2 > running.Count)
        {
            keys.AddRange(silent);
        }
        else
        {
            foreach (ReadingKey key in silent)
                resting.Add(key.Instance.Id, ReadingRest.Silent);
        }
        return new ReadingPlan(Sorted(keys), Math.Max(0, budget)) { Resting = resting };
    }

    /// <summary>Returns the keys in the order of the readings. Numbers are sorted first and equal ones by the whole key, which is several times as fast as to compare whole keys.</summary>
    private static ReadingKey[] Sorted(List<ReadingKey> keys)
    {
        var sorted = new ReadingKey[keys.Count];
        int done = 0;
        for (ReadingQueue queue = ReadingQueue.Window; queue <= ReadingQueue.Proof; queue++)
        {
            int count = 0;
            var ranks = new double[keys.Count];
            var places = new int[keys.Count];
            for (int i = 0; i < keys.Count; i++)
            {
                if (keys[i].Queue != queue)
                    continue;
                ranks[count] = -keys[i].Score;
                places[count++] = i;
            }
            Array.Sort(ranks, places, 0, count);
            for (int i = 0; i < count; i++)
                sorted[done + i] = keys[places[i]];
            for (int first = 0, next = 1; next <= count; next++)
            {
                if (next < count && ranks[next] == ranks[first])
                    continue;
                if (next - first > 1)
                    Array.Sort(sorted, done + first, next - first);
                first = next;
            }
            done += count;
        }
        return sorted;
    }

    /// <summary>Returns the place of a reading in its minute.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="now">Any time in the minute.</param>
    public static TimeSpan Place(string id, DateTimeOffset now)
    {
        double part = Fraction(Unit(id) + Minute(now) * Golden);
        return new TimeSpan((long)(Spread.Ticks * part));
    }

    /// <summary>Returns a number from 0 to 1 for a text: the first 6 bytes of its SHA-256. It is the same in each process and on each host.</summary>
    public static double Unit(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
#if NET
        byte[] hash = System.Security.Cryptography.SHA256.HashData(bytes);
#else
        using var sha = System.Security.Cryptography.SHA256.Create();
        byte[] hash = sha.ComputeHash(bytes);
#endif
        long number = 0;
        for (int i = 0; i < 6; i++)
            number = number << 8 | hash[i];
        return number / (double)(1L << 48);
    }

    /// <summary>Returns the time, in minutes, for which an instance rests after a number of events of one kind, from 2 to 120 minutes with a spread of a quarter, so that instances do not come back at the same time.</summary>
    public static double Rest(string id, int times) => Longest(times) * (0.75 + 0.5 * Unit(id));

    /// <summary>Returns true when an instance still rests. The spread is computed only when it matters, because it takes a hash.</summary>
    private static bool Rests(string id, int times, double minutes)
    {
        double rest = Longest(times);
        return minutes < 0.75 * rest || (minutes < 1.25 * rest && minutes < Rest(id, times));
    }

    private static double Longest(int times) => Math.Min(1L << Math.Min(times, 30), LongestRest);

    /// <summary>Returns the queue and the score of one instance; null when it is not read now, with the reason.</summary>
    private static ReadingKey? Key(Instance instance, ReadingRecord record, IdleRule rule, DateTimeOffset now, bool isWhatIf, out ReadingRest rest)
    {
        rest = ReadingRest.None;
        // A reading from the future stems from a clock that was set back since. It would count as just read until the clock reaches it.
        if (record.LastRead - now > s_outOfOrder)
            record = ReadingRecord.Empty;
        double price = instance.CostPerHour is > 0 and var cost ? Math.Max((double)cost, 0.01) : 1;
        // After a single miss, the instance is read again in the next minute as usual. A rest could interrupt the low readings of an idle instance by too long a gap.
        if (record.Misses > 1)
        {
            if (record.AskedAt is { } asked && Rests(instance.Id, record.Misses - 1, Minutes(now, asked)))
            {
                rest = ReadingRest.Silent;
                return null;
            }
            return new ReadingKey(instance, ReadingQueue.Look, double.PositiveInfinity, record.LastRead);
        }

        DateTimeOffset from = rule.HistorySince(now);
        (Reading? newest, DateTimeOffset? lastBusy) = Newest(record.Readings, rule, instance.StartedAt, from);
        if (IsKept(record, instance, lastBusy, isWhatIf))
        {
            // With -WhatIf nothing is repeated, so there is nothing to wait for.
            if (record.KeptReason != KeptReason.WhatIf && Rests(instance.Id, record.Keeps, Minutes(now, record.KeptAt!.Value)))
            {
                rest = record.KeptReason == KeptReason.Declined ? ReadingRest.Declined : ReadingRest.Refused;
                return null;
            }
            return new ReadingKey(instance, ReadingQueue.Proof, price, record.LastRead);
        }

        if (newest is { } reading && reading.At != lastBusy)
        {
            // The newest usable reading is low, so there is a run.
            IdleRun run = IdleRun.Of(record.Readings, rule, instance.StartedAt, from)!.Value;
            int owed = rule.MinSamples;
            if (now - run.Last > rule.Gap)
                return new ReadingKey(instance, ReadingQueue.Window, price / owed, run.Last);
            bool isDue = IsDue(instance.Id, run, rule, now);
            return isDue
                ? new ReadingKey(instance, ReadingQueue.Window, price / Math.Max(1, owed - run.After), run.Last) { IsLate = IsLate(run, rule, now) }
                : new ReadingKey(instance, ReadingQueue.Proof, price, run.Last);
        }

        if (record.LastRead is { } last && Minutes(now, last) < rule.For.TotalMinutes / 10)
        {
            rest = ReadingRest.JustSeen;
            return null;
        }
        // Without a known start, the instance counts as started when it was last seen.
        DateTimeOffset started = instance.StartedAt ?? instance.CreatedAt ?? record.LastRead ?? now.AddMinutes(-OldestUnread);
        DateTimeOffset seen = lastBusy ?? record.LastRead ?? started;
        double age = Math.Max(0, Minutes(now, seen) + HalfMinute);
        if (record.LastRead is null)
            age = Math.Min(age, OldestUnread);
        double ran = Math.Max(0, Minutes(seen, started));
        return new ReadingKey(instance, ReadingQueue.Look, price * age * age / (2 * (ran + FreshJob)), record.LastRead);
    }

    /// <summary>Returns true when the window owes a reading: when it is behind its slots, or when the place of its next reading in the present slot has come.</summary>
    private static bool IsDue(string id, in IdleRun run, IdleRule rule, DateTimeOffset now)
    {
        (double part, int slot) = Slot(run, rule, now);
        if (run.After != slot)
            return run.After < slot;
        bool isLastTick = part + Slots(rule) / rule.For.TotalMinutes >= 1;
        return isLastTick || part >= Fraction(Unit(id + "/slot") + run.After * Plastic);
    }

    /// <summary>Returns true when the window is more than two readings behind its slots, so that it will not be complete in time.</summary>
    private static bool IsLate(in IdleRun run, IdleRule rule, DateTimeOffset now) => run.After + 2 < Slot(run, rule, now).Slot;

    private static (double Part, int Slot) Slot(in IdleRun run, IdleRule rule, DateTimeOffset now)
    {
        double slots = (Minutes(now, run.Since) + HalfMinute) / (rule.For.TotalMinutes / Slots(rule));
        int slot = (int)slots;
        return (slots - slot, slot);
    }

    /// <summary>Returns the number of slots: one more than the rule requires, because a reading may fail, and because 20 slots of 30 minutes would be in step with a load of 3 minutes.</summary>
    private static int Slots(IdleRule rule) => rule.MinSamples + 1;

    /// <summary>Returns true for an idle instance that an earlier run left running and that was not started or seen at work since.</summary>
    private static bool IsKept(ReadingRecord record, Instance instance, DateTimeOffset? lastBusy, bool isWhatIf) =>
        record.KeptAt is { } kept && record.Keeps > 0 && !(lastBusy > kept) && !(instance.StartedAt > kept)
        && (record.KeptReason is KeptReason.Declined or KeptReason.Refused || (isWhatIf && record.KeptReason == KeptReason.WhatIf));

    /// <summary>Returns the newest usable reading since the start, and the time of the newest busy one.</summary>
    private static (Reading? Newest, DateTimeOffset? LastBusy) Newest(IReadOnlyList<Reading> readings, IdleRule rule, DateTimeOffset? start, DateTimeOffset from)
    {
        Reading? newest = null;
        for (int i = readings.Count - 1; i >= 0 && readings[i].At >= from && !(readings[i].At < start); i--)
        {
            ReadingOrderLoad load = ReadingOrderLoads.Of(readings[i], rule);
            if (load == ReadingOrderLoad.Unusable)
                continue;
            newest ??= readings[i];
            if (load == ReadingOrderLoad.Busy)
                return (newest, readings[i].At);
        }
        return (newest, null);
    }

    private static double Minutes(DateTimeOffset later, DateTimeOffset earlier) => (later - earlier).TotalMinutes;

    private static long Minute(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMinute - new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerMinute;

    private static double Fraction(double value) => value - Math.Floor(value);
}
