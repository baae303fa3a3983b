#if NET
using System;
using System.Collections.Generic;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Postgres.Tests.Simulation;

/// <summary>Does everything with the statements and with their model, and fails when their answers differ. The world goes on with the answers of the statements.</summary>
internal sealed class BothDatabases(ISimulatedDatabase real, ISimulatedDatabase model) : ISimulatedDatabase
{
    public ISimulatedStore Store(int host, World world) => new HostStore(real.Store(host, world), model.Store(host, world));

    public bool Holds(World world, Guid run, string id) => Same(() => real.Holds(world, run, id), () => model.Holds(world, run, id), "the lease of " + id);

    private static T Same<T>(Func<T> real, Func<T> model, string what)
    {
        (T? value, StoreFailure? failure) = Try(real);
        (T? modelled, StoreFailure? modelledFailure) = Try(model);
        bool isSame = failure == modelledFailure && (value is IReadOnlyList<string> list ? string.Join(' ', list) == string.Join(' ', (IReadOnlyList<string>)modelled!) : EqualityComparer<T>.Default.Equals(value, modelled));
        Assert.True(isSame, "The model differs in " + what + ": " + value + failure + " by the statements, and " + modelled + modelledFailure + " by the model.");
        return failure is { } reason ? throw new StoreUnavailableException(reason, what) : value!;
    }

    private static (T? Value, StoreFailure? Failure) Try<T>(Func<T> work)
    {
        try
        {
            return (work(), null);
        }
        catch (StoreUnavailableException error)
        {
            return (default, error.Reason);
        }
    }

    private sealed class HostStore(ISimulatedStore real, ISimulatedStore model) : ISimulatedStore, ICleanupRuns, IReadingRequests
    {
        public ICleanupRuns Cleanups => this;

        public IReadingRequests ReadingRequests => this;

        public TimeSpan ClockOffset
        {
            get
            {
                // That of the statements is measured, with the time of a round trip.
                Assert.InRange((real.ClockOffset - model.ClockOffset).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(3));
                return real.ClockOffset;
            }
        }

        public void Begin(Guid run, string account = "", TimeSpan longestRequest = default) => Do(store => store.Cleanups.Begin(run, account, longestRequest), nameof(Begin));

        public bool TryAct(Guid run, string id, int max, string intent = "Stop") => Same(() => real.Cleanups.TryAct(run, id, max, intent), () => model.Cleanups.TryAct(run, id, max, intent), "the act on " + id);

        public bool IsGranted(Guid run, string id, TimeSpan within) => Same(() => real.Cleanups.IsGranted(run, id, within), () => model.Cleanups.IsGranted(run, id, within), "the last check of " + id);

        public void Finish(Guid run, string id, string result) => Do(store => store.Cleanups.Finish(run, id, result), nameof(Finish));

        public void Release(Guid run, string id) => Do(store => store.Cleanups.Release(run, id), nameof(Release));

        public void End(Guid run) => Do(store => store.Cleanups.End(run), nameof(End));

        public IReadOnlyDictionary<string, ReadingRecord> All(string account)
        {
            Do(store => store.ReadingRequests.All(account), nameof(All));
            return new Dictionary<string, ReadingRecord>();
        }

        public IReadOnlyList<string> Lease(string account, IEnumerable<string> ids, int most, LeaseTime time) =>
            Same(() => real.ReadingRequests.Lease(account, ids, most, time), () => model.ReadingRequests.Lease(account, ids, most, time), "the leases of readings");

        public void RecordMisses(string account, IReadOnlyCollection<string> ids, bool counts, DateTimeOffset now) => Do(store => store.ReadingRequests.RecordMisses(account, ids, counts, now), nameof(RecordMisses));

        public void Keep(string account, string id, KeptReason reason, DateTimeOffset now) => throw new NotSupportedException();

        public bool TryWarnOverload(string account, DateTimeOffset now, TimeSpan every) => throw new NotSupportedException();

        public bool TryClaim(Guid run, string account, string id, TimeSpan validFor) => throw new NotSupportedException();

        public void ReleaseClaim(Guid run, string account, string id) => throw new NotSupportedException();

        public void RecordStop(string account, string id, DateTimeOffset at) => throw new NotSupportedException();

        public IReadOnlyList<CleanupStop> Stops(string account) => throw new NotSupportedException();

        private void Do(Action<ISimulatedStore> work, string what) =>
            Same(
                () =>
                {
                    work(real);
                    return 0;
                },
                () =>
                {
                    work(model);
                    return 0;
                },
                what);
    }
}
#endif
