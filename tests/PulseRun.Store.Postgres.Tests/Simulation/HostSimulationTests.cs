#if NET
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Store.Tests;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Store.Postgres.Tests.Simulation;

/// <summary>
/// Simulates three hosts that clean up one fleet with one database. At every step (lease, read, look, act, write) a seed decides whether the host pauses, loses its connection before or after the
/// database has worked, dies, or has its clock set. The same seed gives the same world.
/// Some worlds run on the real statements, whose clock is simulated. Their model, which each of these worlds compares with them answer by answer, runs thousands.
/// </summary>
/// <remarks>PULSERUN_WORLDS is the number of worlds on the statements (60 by default), PULSERUN_MODEL_WORLDS that on the model (10,000 by default), and PULSERUN_SEED the first seed.</remarks>
public sealed class HostSimulationTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ThreeHosts_NeverActTwice_NorAfterTheLease_NorBeyondMaxActions_NorReadTwiceInASlot()
    {
        using var real = new RealDatabase(System.IO.File.ReadAllText(_folder.File));
        Check(Simulate(Number("PULSERUN_WORLDS", 60), seed => new World(seed, new BothDatabases(real, new ModelDatabase()), traces: true)));
    }

    [Fact]
    public void OnTheModelOfTheStatements_TheSameHolds()
    {
        // Each thread has a part of the seeds.
        int worlds = Number("PULSERUN_MODEL_WORLDS", 10_000), first = Number("PULSERUN_SEED", 1);
        var sum = new Tally();
        Parallel.For(0, worlds, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            Tally one = RunOne(first + i, static seed => new World(seed, new ModelDatabase()));
            lock (sum)
                sum.Add(one);
        });
        Check(sum);
    }

    /// <summary>The checks themselves are checked: without the lease the same worlds have double acts, and without the count too many.</summary>
    [Fact]
    public void WithoutTheContract_TheSameWorldsFail()
    {
        var found = new HashSet<string>();
        for (int seed = 1; seed <= 100 && found.Count < 3; seed++)
        {
            var world = new World(seed, new ModelDatabase()) { IgnoresTheStore = true };
            world.Run();
            found.UnionWith(world.Violations.Select(static one => one.Split(':')[0]));
        }
        Assert.Superset(new HashSet<string> { "double act", "too many acts", "read twice" }, found);
    }

    private static Tally Simulate(int worlds, Func<int, World> make)
    {
        int first = Number("PULSERUN_SEED", 1);
        var sum = new Tally();
        for (int seed = first; seed < first + worlds; seed++)
            sum.Add(RunOne(seed, make));
        return sum;
    }

    private static Tally RunOne(int seed, Func<int, World> make)
    {
        World world = make(seed);
        try
        {
            world.Run();
        }
        catch (Exception error)
        {
            Assert.Fail($"seed {seed}: {error}\n{world.Trace}");
        }
        if (world.Violations.Count > 0)
        {
            string trace = world.Trace;
            if (trace.Length == 0)
            {
                var again = new World(seed, new ModelDatabase(), traces: true);
                again.Run();
                trace = again.Trace;
            }
            Assert.Fail($"seed {seed}: {string.Join("; ", world.Violations)}\n{trace}");
        }
        return world.Tally;
    }

    private void Check(Tally sum)
    {
        output.WriteLine(sum.ToString());
        // A simulation in which nothing happens proves nothing.
        Assert.True(sum.Acts >= sum.Worlds && sum.Reads >= sum.Worlds && sum.Refused >= sum.Worlds / 2 && sum.Disturbed >= sum.Worlds, sum.ToString());
    }

    private static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : usual;
}
#endif
