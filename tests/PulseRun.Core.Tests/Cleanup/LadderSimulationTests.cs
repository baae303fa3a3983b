using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Core.Tests.Cleanup;

/// <summary>
/// Simulates two hosts that run a cleanup every minute on one store: with kills between any two steps, steps of the clock, deliveries that fail or whose answer is lost, and an instance that works now and then.
/// </summary>
public class LadderSimulationTests(ITestOutputHelper output)
{
#if NET
    private const int Seeds = 400, Minutes = 240;
#else
    /// <summary>Mono is eight times slower. What differs there is the runtime, and not the rule.</summary>
    private const int Seeds = 40, Minutes = 240;
#endif

    [Fact]
    public void AStop_AlwaysFollowsAWarningOfItsSpell_WithTheWholeNotice()
    {
        int stops = 0, warnings = 0, kills = 0, steps = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var world = new World(seed, hasFaults: seed % 4 != 0);
            world.Run(Minutes);
            stops += world.Stops;
            warnings += world.Accepted.Count;
            kills += world.Kills;
            steps += world.ClockSteps;
        }
        output.WriteLine($"{stops} stops, {warnings} warnings accepted, {kills} kills, {steps} steps of the clock");
        // A simulation in which nothing happens would prove nothing.
        Assert.InRange(stops, Seeds / 2, int.MaxValue);
        Assert.InRange(kills, Seeds, int.MaxValue);
        Assert.InRange(steps, Seeds / 2, int.MaxValue);
    }

    [Fact]
    public void WithoutFaults_OneWarningIsSent_AndTheStopComesInTime()
    {
        for (int seed = 1; seed <= 50; seed++)
        {
            var world = new World(seed, hasFaults: false) { NeverWorks = true };
            world.Run(45);
            Assert.Equal(1, world.Stops);
            Assert.Single(world.Accepted);
        }
    }

    private sealed class World(int seed, bool hasFaults)
    {
        private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        private static readonly IdleRule s_idle = new() { For = TimeSpan.FromMinutes(30) };
        private static readonly LadderRule s_ladder = new(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(20));
        private static readonly TimeSpan s_claim = TimeSpan.FromMinutes(2);

        private readonly Random _random = new(seed);
        private readonly Instance _instance = new() { Id = "a", Status = "running", StartedAt = s_start.AddDays(-9) };
        private readonly MemoryWarnings _store = new();
        private readonly List<Reading> _readings = [];
        private readonly List<TimeSpan> _busyReadings = [];
        private DateTimeOffset _reset = DateTimeOffset.MinValue;
        private TimeSpan _true;
        private TimeSpan _skew;
        private bool _isBusy;
        private double _stoppedInMinute = -1;

        public bool NeverWorks { get; init; }

        public int Stops { get; private set; }

        public int Kills { get; private set; }

        public int ClockSteps { get; private set; }

        /// <summary>Gets the true times at which the receiver accepted a warning.</summary>
        public List<TimeSpan> Accepted { get; } = [];

        private DateTimeOffset Now => s_start + _true + _skew;

        public void Run(int minutes)
        {
            for (int minute = 0; minute < minutes; minute++)
            {
                _true = TimeSpan.FromMinutes(minute);
                if (!NeverWorks && _random.NextDouble() < (_isBusy ? 0.2 : 0.01))
                    _isBusy = !_isBusy;
                StepClock();
                // The steps of both hosts are interleaved at random.
                var hosts = new List<IEnumerator<bool>> { Cleanup().GetEnumerator(), Cleanup().GetEnumerator() };
                while (hosts.Count > 0)
                {
                    int host = _random.Next(hosts.Count);
                    _true += TimeSpan.FromMilliseconds(_random.Next(1, 400));
                    bool isKilled = hasFaults && _random.NextDouble() < 0.03;
                    Kills += isKilled ? 1 : 0;
                    if (isKilled || !hosts[host].MoveNext())
                        hosts.RemoveAt(host);
                }
            }
        }

        /// <summary>Sets the clock back by any time, or ahead by more than the longest gap. A smaller step ahead cannot be told from a pause.</summary>
        private void StepClock()
        {
            if (!hasFaults || _random.NextDouble() > 0.01)
                return;
            ClockSteps++;
            _skew += _random.Next(2) == 0 ? TimeSpan.FromMinutes(-_random.Next(1, 90)) : TimeSpan.FromMinutes(_random.Next(6, 90));
        }

        /// <summary>Runs one cleanup, and yields wherever another process can come between.</summary>
        private IEnumerable<bool> Cleanup()
        {
            Read();
            yield return true;
            IdleVerdict verdict = Judge(s_idle);
            IdleVerdict early = Judge(s_ladder.ForWarning(s_idle));
            yield return true;
            FollowedSpells followed = Ladder.FollowAll(_store.Get(""), new Dictionary<string, IdleVerdict> { ["a"] = verdict }, Now);
            _store.End("", followed.Ended);
            yield return true;
            _store.Confirm("", followed.Confirmed);
            followed.Present.TryGetValue("a", out IdleWarning? warning);
            LadderStep step = Ladder.Next(s_ladder, verdict, early, warning, Now);
            yield return true;
            if (step == LadderStep.Warn)
            {
                IdleVerdict proof = verdict.Verdict == Verdict.Idle ? verdict : early;
                // The state of the instance is recorded with each stop.
                if (_stoppedInMinute == _true.TotalMinutes - (_true.TotalMinutes % 1))
                    yield break;
                _store.Clock = _true;
                if (_store.Claim("", "a", proof.IdleSince!.Value, proof.JudgedAt - proof.LastSampleAge!.Value, s_claim, out Guid spell) != WarningClaim.Granted)
                    yield break;
                yield return true;
                double luck = hasFaults ? _random.NextDouble() : 1;
                if (luck > 0.3)
                    Accepted.Add(_true);
                yield return true;
                // Between 0.3 and 0.4 the receiver has the warning, and its answer was lost.
                if (luck > 0.4)
                    _store.Delivered("", spell, Now);
                else
                    _store.Release("", spell);
            }
            else if (step == LadderStep.Act)
            {
                // The second look.
                Read();
                IdleVerdict look = Judge(s_idle);
                yield return true;
                _store.Get("").TryGetValue("a", out IdleWarning? present);
                if (Ladder.MayAct(s_ladder, look, present, Now))
                    Stop();
            }
        }

        private void Read()
        {
            // As the store does: readings of the future are deleted, and the window starts again.
            if (_readings.RemoveAll(reading => reading.At > Now.AddMinutes(1)) > 0)
                _reset = Now;
            _readings.Add(new Reading(Now, _isBusy ? 80 : 0, null, 0, false, null));
            _readings.Sort(static (one, other) => one.At.CompareTo(other.At));
            if (_isBusy)
                _busyReadings.Add(_true);
        }

        private IdleVerdict Judge(IdleRule rule)
        {
            List<Reading> window = _readings.Where(reading => reading.At > Now.AddHours(-24)).ToList();
            bool wentBack = _reset > rule.HistorySince(Now) || window.Exists(reading => reading.At > Now.AddSeconds(2));
            return IdleDecision.Decide(_instance, window, rule, Now, clockWentBack: wentBack);
        }

        private void Stop()
        {
            TimeSpan worked = _busyReadings.Count == 0 ? TimeSpan.FromDays(-1) : _busyReadings[^1];
            List<TimeSpan> ofThisSpell = Accepted.Where(at => at > worked).ToList();
            Assert.True(ofThisSpell.Count > 0, $"Seed {seed}: stopped at {_true} without a warning since the work at {worked}.");
            TimeSpan notice = _true - ofThisSpell[0];
            Assert.True(notice >= s_ladder.Notice - TimeSpan.FromSeconds(2), $"Seed {seed}: stopped at {_true}, {notice} after the warning.");
            Assert.True(_true - worked >= s_ladder.IdleFor, $"Seed {seed}: stopped at {_true}, {_true - worked} after work.");
            Stops++;
            _stoppedInMinute = _true.TotalMinutes - (_true.TotalMinutes % 1);
            // The user starts it again and works.
            _store.End("", _store.Get("").Values.Select(static one => one.Spell).ToList());
            if (!NeverWorks)
                _isBusy = true;
            _busyReadings.Add(_true);
            _readings.Add(new Reading(Now, 80, null, 0, false, null));
        }
    }

    /// <summary>Keeps warnings in memory, with the same rules as the store. Claims expire by a clock that is not set.</summary>
    private sealed class MemoryWarnings : IIdleWarnings
    {
        private readonly Dictionary<string, (IdleWarning Warning, TimeSpan? Claimed)> _rows = [];

        public TimeSpan Clock { get; set; }

        public IReadOnlyDictionary<string, IdleWarning> Get(string account) => _rows.ToDictionary(static row => row.Key, static row => row.Value.Warning);

        public void Confirm(string account, IReadOnlyCollection<KeyValuePair<Guid, DateTimeOffset>> spells)
        {
            foreach ((Guid spell, DateTimeOffset at) in spells)
                Change(spell, row => at > row.Warning.ConfirmedAt ? (row.Warning with { ConfirmedAt = at }, row.Claimed) : row);
        }

        public void End(string account, IReadOnlyCollection<Guid> spells)
        {
            foreach (string id in _rows.Where(row => spells.Contains(row.Value.Warning.Spell)).Select(static row => row.Key).ToList())
                _rows.Remove(id);
        }

        public WarningClaim Claim(string account, string id, DateTimeOffset since, DateTimeOffset confirmedAt, TimeSpan validFor, out Guid spell)
        {
            if (!_rows.TryGetValue(id, out var row))
                _rows[id] = row = (new IdleWarning(Guid.NewGuid(), since, confirmedAt, null), null);
            spell = row.Warning.Spell;
            if (row.Warning.DeliveredAt is not null)
                return WarningClaim.Delivered;
            if (Clock - row.Claimed < validFor)
                return WarningClaim.Held;
            _rows[id] = (row.Warning, Clock);
            return WarningClaim.Granted;
        }

        public bool Delivered(string account, Guid spell, DateTimeOffset at) => Change(spell, row => (row.Warning with { DeliveredAt = row.Warning.DeliveredAt ?? at }, null));

        public void Release(string account, Guid spell) => Change(spell, static row => (row.Warning, null));

        private bool Change(Guid spell, Func<(IdleWarning Warning, TimeSpan? Claimed), (IdleWarning, TimeSpan?)> change)
        {
            string? id = _rows.FirstOrDefault(row => row.Value.Warning.Spell == spell).Key;
            if (id is null)
                return false;
            _rows[id] = change(_rows[id]);
            return true;
        }
    }
}
