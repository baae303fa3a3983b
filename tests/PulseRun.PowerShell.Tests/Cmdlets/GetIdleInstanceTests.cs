using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetIdleInstanceTests : IdleTests
{
    private const string Command = "Get-PRIdleInstance " + Rule;

    private string[] IdsOf(string script) => GetAll<IdleVerdict>(script).Select(static verdict => verdict.Id).ToArray();

    [Fact]
    public void It_returns_the_instances_that_are_proven_idle_with_the_evidence()
    {
        StartIdleEmulator(6, (1, "busy"), (2, "silent"), (3, "blank"));
        ReadFleet();
        IdleVerdict[] found = GetAll<IdleVerdict>(Command);
        Assert.Equal(["inst_0", "inst_4", "inst_5"], found.Select(static verdict => verdict.Id));
        IdleVerdict first = found[0];
        Assert.Equal((Verdict.Idle, IdleReason.AllBelowThreshold, 1.0, 1m), (first.Verdict, first.Reason, first.Coverage, first.CostPerHour));
        Assert.True(first.SampleCount >= 6);
        Assert.True(first.LargestGap >= TimeSpan.FromMinutes(2));
        // The emulator's clock runs in real time between the reading and the verdict.
        Assert.InRange(first.LastSampleAge!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.True(first.PeakGpu < 5);
        // Two readings a tenth of a second apart count once.
        double slots = Math.Round(Math.Log(0.01) / Math.Log(1 - first.DetectableDuty));
        Assert.InRange(slots, 5, Math.Min(6, first.SampleCount));
    }

    [Fact]
    public void It_sends_one_list_and_one_reading_for_each_running_instance()
    {
        StartIdleEmulator();
        Emulator.SetStatus("inst_2", "stopped");
        Emulator.SetStatus("inst_3", "provisioning");
        Assert.Equal(6, GetAll<IdleVerdict>("Get-PRIdleInstance -All").Length);
        Assert.Equal("GET /v1/instances", Sent[0]);
        Assert.Equal(new[] { 0, 1, 4, 5 }.Select(static i => FormattableString.Invariant($"GET /v1/instances/inst_{i}/metrics")), Sent[1..].Order());
    }

    [Fact]
    public void NoSample_sends_only_one_list_and_uses_the_recorded_readings()
    {
        StartIdleEmulator(6, (1, "busy"));
        ReadFleet();
        Assert.Equal(["inst_0", "inst_2", "inst_3", "inst_4", "inst_5"], IdsOf(Command + " -NoSample"));
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    [Fact]
    public void All_returns_the_other_instances_with_their_reasons_in_the_order_of_the_list()
    {
        StartIdleEmulator(5, (1, "busy"), (2, "silent"));
        ReadFleet();
        Emulator.SetStatus("inst_3", "stopped");
        Assert.Equal(
            ["inst_0 Idle AllBelowThreshold", "inst_1 Active GpuBusy", "inst_2 Unknown MetricsUnavailable", "inst_3 Unknown NotRunning", "inst_4 Idle AllBelowThreshold"],
            GetAll<IdleVerdict>(Command + " -All").Select(static verdict => verdict.Id + " " + verdict.Verdict + " " + verdict.Reason));
    }

    /// <summary>Gets for each case its name: the expected reason, and what makes the difference.</summary>
    public static IEnumerable<object[]> Cases => s_cases.Keys.Select(static name => new object[] { name });

    private static readonly Dictionary<string, (string Arguments, Action<GetIdleInstanceTests> Arrange)> s_cases = new()
    {
        ["NotRunning: an undocumented status"] = ("", static test => { test.ReadFleet(); test.Emulator.SetStatus("inst_0", "hibernating"); }),
        ["GpuBusy: one reading in the window"] = ("", static test => { test.Emulator.SetWorkload("inst_0", [Load(0), Load(0), Load(5), Load(0)], TimeSpan.FromMinutes(2)); test.ReadFleet(); }),
        ["GpuBusy: 250 %"] = ("", static test => { test.ReadFleet(); test.SetSeries("inst_0", Load(250)); }),
        ["GpuBusy: one of eight GPUs"] = ("", static test => { test.SetSeries("inst_0", new EmulatorReading { Gpus = [0, 0, 0, 0, 0, 0, 0, 6] }); test.ReadFleet(); }),
        ["MetricsUnavailable: silent"] = ("", static test => { test.ReadFleet(); test.Emulator.SetWorkload("inst_0", "silent"); }),
        ["MetricsUnavailable: blank"] = ("", static test => { test.ReadFleet(); test.Emulator.SetWorkload("inst_0", "blank"); }),
        ["MetricsUnavailable: a negative load"] = ("", static test => { test.ReadFleet(); test.SetSeries("inst_0", Load(-1)); }),
        ["MetricsUnavailable: NaN"] = ("", static test => { test.ReadFleet(); test.SetSeries("inst_0", Load(double.NaN)); }),
        ["MetricsUnavailable: one of two GPUs without a load"] = ("", static test => { test.SetSeries("inst_0", new EmulatorReading { Gpus = [0, null] }); test.ReadFleet(); }),
        ["NoSamples: none were taken"] = ("-NoSample", static _ => { }),
        ["Restarted: stopped and started"] = ("", static test => { test.ReadFleet(); test.Do("$null = Stop-PRInstance inst_0; $null = Start-PRInstance inst_0"); test.Emulator.Advance(TimeSpan.FromMinutes(2)); }),
        ["StartedRecently: without an uptime"] = ("", static test =>
        {
            test.StartEmulator(0);
            test.Emulator.AddInstance(new Instance { Id = "inst_0", Status = "running", StartedAt = test.Emulator.UtcNow });
            test.Emulator.SetWorkload("inst_0", "idle");
            test.Fail(new() { Kind = EmulatorFaultKind.MissingFields, Path = "*/metrics", Names = ["uptime"] });
            test.ReadFleet(3);
        }),
        ["GpuCountChanged: four after two"] = ("", static test =>
        {
            EmulatorReading two = new() { Gpus = [0, 0] };
            test.SetSeries("inst_0", two, two, two, new EmulatorReading { Gpus = [0, 0, 0, 0] });
            test.ReadFleet();
        }),
        ["SampleStale: the last reading is older than MaxGap"] = ("-NoSample", static test => { test.ReadFleet(); test.Emulator.Advance(TimeSpan.FromMinutes(3.5)); }),
        ["WarmingUp: four readings"] = ("", static test => test.ReadFleet(4)),
        ["WindowNotCovered: an hour without readings"] = ("", static test => { test.ReadFleet(1); test.Emulator.Advance(TimeSpan.FromHours(1)); test.ReadFleet(4); }),
        ["UnitUnclear: 0.97"] = ("", static test => { test.SetSeries("inst_0", Load(0.97)); test.ReadFleet(); }),
        ["GpuBusy: 0.9 as a fraction"] = ("-UnitScale Fraction", static test => { test.SetSeries("inst_0", Load(0.9)); test.ReadFleet(); }),
        ["AllBelowThreshold: 0.9 as a percentage"] = ("-UnitScale Percent", static test => { test.SetSeries("inst_0", Load(0.9)); test.ReadFleet(); }),
        ["GapTooLong: three and a half minutes"] = ("", static test => { test.ReadFleet(4); test.Emulator.Advance(TimeSpan.FromMinutes(3.5)); test.ReadFleet(3); }),
        ["GapTooLong: unusable readings do not end a gap"] = ("", static test => { test.SetSeries("inst_0", Load(0), Load(0), Load(0), Load(null), NoAnswer(), Load(0)); test.ReadFleet(); }),
        ["TooFewSamples: of 30"] = ("-MinSamples 30", static test => test.ReadFleet()),
        ["MemoryHeld: 50 %"] = ("", static test => { test.SetSeries("inst_0", new EmulatorReading { GpuUtilization = 0, MemoryUsage = 50 }); test.ReadFleet(); }),
        ["AllBelowThreshold: memory is ignored"] = ("-IgnoreMemory", static test => { test.SetSeries("inst_0", new EmulatorReading { GpuUtilization = 0, MemoryUsage = 90 }); test.ReadFleet(); }),
        ["AllBelowThreshold: 15 % below 20 %"] = ("-GpuBelow 20", static test => { test.SetSeries("inst_0", Load(15)); test.ReadFleet(); }),
    };

    // ClockWentBack needs a process without the emulator, whose clock is the real one: tests/PowerShell/Clocks.Tests.ps1.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_reason_can_occur(string name)
    {
        (string arguments, Action<GetIdleInstanceTests> arrange) = s_cases[name];
        StartIdleEmulator(1);
        arrange(this);
        string rule = arguments.Contains("-MinSamples", StringComparison.Ordinal) ? "-For 00:10:00 -MaxGap 00:03:00 " : Rule + " ";
        IdleVerdict verdict = Get<IdleVerdict>("Get-PRIdleInstance -All " + rule + arguments);
        IdleReason reason = Enum.Parse<IdleReason>(name.Split(':')[0]);
        Assert.Equal(reason, verdict.Reason);
        Assert.Equal(reason switch { IdleReason.AllBelowThreshold => Verdict.Idle, IdleReason.GpuBusy => Verdict.Active, _ => Verdict.Unknown }, verdict.Verdict);
    }

    [Fact]
    public void Instances_from_the_pipeline_cost_one_reading_each_and_no_list()
    {
        StartIdleEmulator(4);
        ReadFleet();
        Do("$some = Get-PRInstance -Id inst_1, inst_3");
        Emulator.ClearRequests();
        Assert.Equal(["inst_1", "inst_3"], IdsOf("$some | " + Command));
        Assert.Equal(["GET /v1/instances/inst_1/metrics", "GET /v1/instances/inst_3/metrics"], Sent.Order());
    }

    [Fact]
    public void Ids_cost_one_list_and_one_reading_each_and_an_unknown_id_is_an_error_among_the_others()
    {
        StartIdleEmulator(4);
        ReadFleet();
        Outcome done = Run("'inst_3', 'inst_none', 'inst_1' | " + Command);
        Assert.Equal(["inst_1", "inst_3"], done.As<IdleVerdict>().Select(static verdict => verdict.Id));
        Assert.Equal(["InstanceNotFound"], done.ErrorIds);
        Assert.Equal("inst_none", done.Errors[0].TargetObject);
        Assert.Equal(3, Sent.Length);
    }

    [Fact]
    public void It_takes_rows_of_a_CSV_file()
    {
        StartIdleEmulator(2);
        ReadFleet();
        Assert.Equal(["inst_1"], IdsOf("'Id,Note', 'inst_1,x' | ConvertFrom-Csv | " + Command));
    }

    [Fact]
    public void An_empty_pipeline_does_nothing_and_an_empty_id_is_an_error()
    {
        StartIdleEmulator(2);
        Assert.Empty(Do("@() | " + Command).All);
        Outcome done = Run("Get-PRIdleInstance -Id ''");
        Assert.Empty(done.Output);
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Empty(Sent);
    }

    [Fact]
    public void Instances_of_several_accounts_are_read_each_with_its_own_connection_and_clock()
    {
        Emulator one = StartIdleEmulator(1);
        ReadFleet();
        Do("$here = Get-PRInstance");
        Emulator two = StartIdleEmulator(2);
        two.Advance(TimeSpan.FromDays(3));
        ReadFleet();
        Do("$there = Get-PRInstance");
        one.ClearRequests();
        two.ClearRequests();
        Assert.Equal(["inst_0", "inst_0", "inst_1"], IdsOf("@($here) + $there | " + Command));
        Assert.Equal((1, 2), (SentTo(one).Length, SentTo(two).Length));
        Outcome mixed = Run("$here | " + Command + " -Context (Get-PRContext)");
        Assert.Empty(mixed.Output);
        Assert.Equal(["ContextMismatch"], mixed.ErrorIds);
    }

    [Fact]
    public void Its_output_can_be_piped_to_Stop_which_stops_the_idle_instances()
    {
        StartIdleEmulator(4, (1, "busy"), (2, "silent"));
        ReadFleet();
        Assert.Equal(["inst_0", "inst_3"], GetAll<Instance>(Command + " | Stop-PRInstance").Select(static one => one.Id));
        Assert.Equal(["inst_1", "inst_2"], RunningIds);
        // 1 list, 4 readings, 2 stops.
        Assert.Equal(7, Sent.Length);
    }

    [Theory]
    [InlineData("-For 00:00:00.5")]
    [InlineData("-For 00:10:00 -MinSamples 0")]
    [InlineData("-For 00:10:00 -MaxGap 00:00:00")]
    [InlineData("-For 00:10:00 -GpuBelow 0")]
    public void A_rule_that_proves_nothing_is_an_error(string rule)
    {
        StartIdleEmulator(1);
        Assert.Equal("InvalidRequest", Run("Get-PRIdleInstance " + rule).EndedId);
        Assert.Empty(Sent);
    }

    [Fact]
    public void Without_the_store_every_verdict_is_Unknown_with_one_warning()
    {
        StartIdleEmulator(3);
        ReadFleet();
        WithoutStore(() =>
        {
            Outcome done = Do(Command + " -All");
            Assert.All(done.As<IdleVerdict>(), static verdict => Assert.Equal(Verdict.Unknown, verdict.Verdict));
            Assert.Equal(3, done.Output.Count);
            Assert.Single(done.Warnings);
        });
        // The earlier history is still used afterwards.
        Assert.Equal(3, IdsOf(Command).Length);
    }
}
