using System;
using System.Globalization;
using System.Linq;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using PulseRun.Bench.Libraries;

// fill <folder>     writes the history of 1,000 instances with a reading a minute for two days: 2.88 million readings
// first <folder>    measures the first use of a store in a process
// store <folder>    measures appending a tick to a filled history, and an idle check
// growth <folder>   measures the same for fleets of 100, 1,000 and 10,000
// team-store <folder> <millions>...   measures the store of a team beside the one of one machine, and then with so many million generated readings
// team-store-at <text> <name>          measures a database that was generated before
// order             measures the reading order of 1,000 and 10,000 instances
// idle-order <file> <requests>   finds the largest fleet that a key can watch, and writes a table
// fleet <mix> <count> <readings a minute> <seed>   simulates one fleet
// micro <folder>    runs BenchmarkDotNet on the loops
switch (args)
{
    case ["fill", var folder]:
        StoreBench.Fill(folder);
        break;
    case ["first", var folder]:
        StoreBench.First(folder);
        break;
    case ["store", var folder]:
        StoreBench.Measure(folder);
        break;
    case ["growth", var folder]:
        StoreBench.Grow(folder);
        break;
    case ["team-store", var folder, .. var millions]:
        TeamStoreBench.Measure(folder, [.. millions.Select(static size => double.Parse(size, CultureInfo.InvariantCulture))]);
        break;
    case ["team-store-at", var text, var name]:
        TeamStoreBench.MeasureExisting(text, name);
        break;
    case ["order"]:
        OrderBench.Measure();
        break;
    case ["idle-order", var file, var requests]:
        IdleOrder.Measure(file, int.Parse(requests, CultureInfo.InvariantCulture));
        break;
    case ["fleet", var mix, var count, var budget, var seed]:
        IdleOrder.Once(mix, int.Parse(count, CultureInfo.InvariantCulture), int.Parse(budget, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture));
        break;
    case ["micro", var folder]:
        var summary = BenchmarkRunner.Run<Loops>(ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(200)).WithWarmupCount(6).WithToolchain(InProcessEmitToolchain.Instance))
            .AddColumnProvider(DefaultConfig.Instance.GetColumnProviders().ToArray())
            .WithArtifactsPath(folder));
        foreach (var report in summary.Reports)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.BenchmarkCase.Descriptor.WorkloadMethod.Name}{report.BenchmarkCase.Parameters["Count"]}={report.ResultStatistics!.Median / 1e6}"));
        break;
    default:
        Console.Error.WriteLine("What? See Program.cs.");
        Environment.Exit(2);
        break;
}
