#if NET
using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Client;
using PulseRun.Core.History;
using PulseRun.Core.Store;

namespace PulseRun.Store.Postgres.Tests.Simulation;

/// <summary>Represents a host, which does the steps of CleanupRunner and CleanupActs. Between the steps it may pause, die, or have its clock set, and each use of the store may be cut off.</summary>
internal sealed class SimulatedHost
{
    private readonly World _world;
    private readonly IEnumerator<string> _steps;
    private Guid? _run;

    public SimulatedHost(World world, int number, int runs)
    {
        _world = world;
        Number = number;
        At = world.Now + world.UpTo(20);
        _steps = Runs(runs).GetEnumerator();
    }

    public int Number { get; }

    public ISimulatedStore Store { get; set; } = null!;

    public DateTimeOffset At { get; set; }

    public bool IsOver { get; private set; }

    /// <summary>Gets how far the clock of this host is off.</summary>
    public TimeSpan ClockOff { get; private set; }

    private DateTimeOffset Now => _world.Now + ClockOff + Store.ClockOffset;

    public void Step()
    {
        At = _world.Now;
        if (!_steps.MoveNext())
        {
            IsOver = true;
            return;
        }
        _world.Log(this, _steps.Current);
        // Time passes, or the host is killed, between this step and the next one.
        At = At > _world.Now ? At : _world.Now + _world.UpTo(1);
        if (_world.Once(25))
        {
            _world.Tally.Disturbed++;
            TimeSpan pause = _world.UpTo(_world.Once(2) ? 400 : 12);
            _world.Log(this, FormattableString.Invariant($"pauses {pause.TotalSeconds:0.0} s"));
            At += pause;
        }
        if (_world.Once(40))
        {
            _world.Tally.Disturbed++;
            // Never near the 5 minutes up to which a host is believed: on a busy machine the measurement of the statements is late by up to seconds.
            ClockOff = TimeSpan.FromSeconds((_world.Next(200) - 100) * 7 + 3.5);
            _world.Log(this, "has its clock set by " + ClockOff);
        }
        if (_world.Once(90))
        {
            _world.Tally.Disturbed++;
            _world.Tally.Died++;
            _world.Log(this, "dies");
            if (_run is { } run)
                _world.End(run);
            IsOver = true;
        }
    }

    private IEnumerable<string> Runs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            foreach (string step in Cleanup())
                yield return step;
            At = _world.Now + _world.UpTo(60);
            yield return "waits for its next run";
        }
    }

    private IEnumerable<string> Cleanup()
    {
        Guid run = _world.NewRun();
        if (!Try(store => store.Cleanups.Begin(run, _world.Account, World.RequestTimeout)))
        {
            yield return "has no store";
            yield break;
        }
        _world.Begin(this, run);
        _run = run;
        yield return "begins";

        string[] order = [.. Enumerable.Range(1, _world.Instances).Select(static i => "inst_" + i).OrderBy(_ => _world.Next(1000))];
        IReadOnlyList<string> leased = [];
        DateTimeOffset readBefore = _world.Now + TimeSpan.FromSeconds(30);
        if (!Try(store => store.ReadingRequests.All(_world.Account)) || !Try(store => leased = store.ReadingRequests.Lease(_world.Account, order, 3, new LeaseTime(Now, Now + TimeSpan.FromSeconds(30), Now - World.Slot))))
        {
            yield return "has no store";
            yield break;
        }
        DateTimeOffset leasedAt = _world.Now;
        if (_world.IgnoresTheStore)
            leased = order;
        yield return "leases " + string.Join(' ', leased);
        foreach (string id in leased)
        {
            if (_world.Now >= readBefore)
                break;
            World.Reading taken = _world.Read(this, id, leasedAt, readBefore);
            yield return "has read " + id;
            Try(store =>
            {
                store.ReadingRequests.RecordMisses(_world.Account, [id], counts: false, Now);
                taken.RecordedAt = _world.Now;
            });
            yield return "records " + id;
        }
        foreach (string id in order)
        {
            foreach (string step in Act(run, id))
                yield return step;
        }
        Try(store => store.Cleanups.End(run));
        _world.End(run);
        yield return "ends";
    }

    private IEnumerable<string> Act(Guid run, string id)
    {
        for (int look = 1; look <= 2; look++)
        {
            DateTimeOffset looked = _world.Now;
            bool isRunning = !_world.IsStopped(id);
            At = _world.Now + _world.UpTo(2);
            yield return "looks at " + id + (isRunning ? "" : ": stopped");
            if (!isRunning)
                yield break;
            bool isGranted = false;
            bool isThere = Try(store =>
            {
                isGranted = store.Cleanups.TryAct(run, id, _world.MaxActions);
                _world.Sign(run);
            });
            if (!_world.IgnoresTheStore && !(isThere && isGranted))
            {
                _world.Tally.Refused++;
                yield return id + " is refused";
                yield break;
            }
            _world.Grant(run, id);
            yield return "may act on " + id;
            // The window of the look is checked right before the request is sent.
            bool isStillGranted = _world.IgnoresTheStore;
            if (_world.Now - looked < ActWindow.ForCleanup && !isStillGranted)
                Try(store => isStillGranted = store.Cleanups.IsGranted(run, id, ActWindow.ForCleanup));
            if (_world.Now - looked >= ActWindow.ForCleanup || !isStillGranted)
            {
                if (look == 2)
                {
                    _world.Release(run, id);
                    Try(store => store.Cleanups.Release(run, id));
                }
                yield return "the look is too old";
                continue;
            }
            bool isAnswered = false;
            _world.Send(this, run, id, answer => isAnswered = answer);
            yield return "sends the stop of " + id;
            if (isAnswered)
            {
                Try(store => store.Cleanups.Finish(run, id, "Stop"));
                yield return "writes the result of " + id;
                yield break;
            }
            At = _world.Now + TimeSpan.FromSeconds(1);
            yield return "has no answer for " + id;
        }
    }

    /// <summary>Uses the store. The connection may be cut before the database has worked or after it.</summary>
    private bool Try(Action<ISimulatedStore> work)
    {
        int cut = _world.Next(40);
        try
        {
            if (cut != 0)
                work(Store);
        }
        catch (StoreUnavailableException error)
        {
            _world.Log(this, error.Reason.ToString());
            if (error.Reason != StoreFailure.ClockSkew)
                throw;
            // An administrator sets the clock right after a while.
            if (_world.Once(3))
                ClockOff = TimeSpan.Zero;
            return false;
        }
        if (cut > 1)
            return true;
        _world.Tally.Disturbed++;
        _world.Log(this, cut == 0 ? "is cut off before" : "is cut off after");
        return false;
    }
}
#endif
