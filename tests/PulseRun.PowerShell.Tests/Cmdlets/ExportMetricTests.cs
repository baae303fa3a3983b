using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class ExportMetricTests : IdleTests
{
    private readonly string _path;

    public ExportMetricTests()
    {
        StartIdleEmulator(3, (0, "busy"));
        _path = Path.Combine(Folder, "pulserun.prom");
        Shell.Set("path", _path);
    }

    private const string Idle = " -IdleFor 00:10:00 -MinSamples 5 -MaxGap 00:03:00";

    [Fact]
    public void It_writes_the_account_and_the_instances_for_one_list_and_the_balance()
    {
        ReadFleet();
        Do("Export-PRMetric $path -PerInstance" + Idle);
        Assert.Equal(["GET /v1/instances", "GET /v1/billing/balance"], Sent);
        Dictionary<string, double> metrics = Read();
        Assert.Equal(6, metrics["pulserun_burn_dollars_per_hour{account=\"127.0.0.1\"}"]);
        double balance = metrics["pulserun_balance_dollars{account=\"127.0.0.1\"}"];
        Assert.Equal(balance / 6 * 3600, metrics["pulserun_runway_seconds{account=\"127.0.0.1\"}"], 1.0);
        Assert.Equal(3, metrics["pulserun_instances{account=\"127.0.0.1\",status=\"running\",gpu=\"h100_80gb\",provider=\"vast_ai\",region=\"eu-west\"}"] + metrics["pulserun_instances{account=\"127.0.0.1\",status=\"running\",gpu=\"rtx_4090\",provider=\"vast_ai\",region=\"eu-west\"}"]);
        // The instance at 2 dollars is an rtx_4090, that at 3 dollars an h100_80gb.
        Assert.Equal(3, metrics["pulserun_idle_dollars_per_hour{account=\"127.0.0.1\",gpu=\"h100_80gb\"}"]);
        Assert.Equal(2, metrics["pulserun_instance_price_dollars_per_hour{account=\"127.0.0.1\",id=\"inst_1\",gpu=\"rtx_4090\",provider=\"vast_ai\",region=\"eu-west\",status=\"running\"}"]);
        Assert.InRange(Of(metrics, "pulserun_instance_gpu_utilization_ratio", "inst_0"), 0.3, 1);
        Assert.InRange(Of(metrics, "pulserun_instance_gpu_utilization_ratio", "inst_1"), 0, 0.05);
        Assert.Equal(720, Of(metrics, "pulserun_instance_idle_seconds", "inst_1"), 5.0);
        Assert.Equal(1, Of(metrics, "pulserun_instance_verdict", "inst_1", "verdict=\"idle\",reason=\"AllBelowThreshold\""));
        Assert.Equal(1, Of(metrics, "pulserun_instance_verdict", "inst_0", "verdict=\"active\",reason=\"GpuBusy\""));
        Assert.DoesNotContain(metrics.Keys, static key => key.StartsWith("pulserun_instance_idle_seconds", StringComparison.Ordinal) && key.Contains("inst_0", StringComparison.Ordinal));
        Assert.Equal(Emulator.UtcNow.ToUnixTimeSeconds(), metrics["pulserun_last_success_timestamp_seconds{account=\"127.0.0.1\"}"], 60.0);
    }

    [Fact]
    public void Without_PerInstance_no_id_is_exported()
    {
        ReadFleet();
        Do("Export-PRMetric $path");
        Assert.All(Ids, id => Assert.DoesNotContain(id, File.ReadAllText(_path), StringComparison.Ordinal));
        Assert.Contains("pulserun_gpu_utilization_ratio", File.ReadAllText(_path), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_unknown_is_absent()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.MissingFields, Path = "/v1/instances", Names = ["cost_per_hour"] });
        Fail(new EmulatorFault { Path = "/v1/billing/balance", Kind = EmulatorFaultKind.ServerError, Status = 403, Times = 1 });
        Do("Export-PRMetric $path -PerInstance");
        string text = File.ReadAllText(_path);
        foreach (string name in new[] { "pulserun_balance_dollars", "pulserun_burn", "_price_", "pulserun_idle", "pulserun_runway_seconds", "pulserun_requests_left", "utilization_ratio", "memory_usage_ratio", "idle_seconds", "expiry", "last_reading", "NaN" })
            Assert.DoesNotContain(name, text, StringComparison.Ordinal);
        Dictionary<string, double> metrics = Read();
        Assert.Equal(3, metrics["pulserun_unpriced_instances{account=\"127.0.0.1\"}"]);
        Assert.Equal(1, Of(metrics, "pulserun_instance_verdict", "inst_0", "verdict=\"unknown\""));
    }

    [Fact]
    public void A_reading_that_is_older_than_the_longest_gap_is_not_the_present_load()
    {
        ReadFleet();
        Emulator.Advance(TimeSpan.FromMinutes(4));
        Do("Export-PRMetric $path -PerInstance" + Idle);
        Assert.DoesNotContain("utilization_ratio", File.ReadAllText(_path), StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_left_are_those_of_the_pace()
    {
        Do("$emulator | Connect-PulseRun -RequestsPerMinute 50; Export-PRMetric $path");
        // Other tests of this process may have used the account of this port before.
        Assert.InRange(Read()["pulserun_requests_left{account=\"127.0.0.1\"}"], 0, 48);
    }

    [Fact]
    public void Names_from_the_server_are_escaped_and_a_failed_list_leaves_the_old_file()
    {
        Emulator.AddInstance(new Instance { Id = "inst_odd", Status = "running", Gpu = "a\"b\\c\nd", Provider = "日本", CostPerHour = 1, StartedAt = Emulator.UtcNow });
        Do("Export-PRMetric $path -PerInstance");
        string text = File.ReadAllText(_path);
        Assert.Contains("gpu=\"a\\\"b\\\\c\uFFFDd\",provider=\"日本\"", text, StringComparison.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", text, StringComparison.Ordinal);
        Assert.NotEqual('\uFEFF', text[0]);

        Fail(new EmulatorFault { Path = "/v1/instances", Kind = EmulatorFaultKind.ServerError, Status = 400, Times = 1 });
        Assert.Equal(["InvalidRequest"], Run("Export-PRMetric $path -PerInstance").ErrorIds);
        Assert.Equal(text, File.ReadAllText(_path));
        Assert.Equal([_path], Directory.GetFiles(Folder));
    }

    [Fact]
    public void WhatIf_sends_and_writes_nothing()
    {
        Do("Export-PRMetric $path -WhatIf");
        Assert.Empty(Sent);
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_an_error()
    {
        Assert.Equal("InvalidRequest", Run("Export-PRMetric $folder").EndedId);
        Assert.Equal("InvalidRequest", Run("Export-PRMetric env:x").EndedId);
        Assert.Equal("InvalidRequest", Run("Export-PRMetric \"$path/missing/x.prom\"").EndedId);
    }

    [Fact]
    public void A_reader_never_sees_a_part_of_the_file()
    {
        Do("Export-PRMetric $path -PerInstance");
        using RunningScript writing = Start("1..40 | ForEach-Object { Export-PRMetric '" + _path + "' -PerInstance -NoBalance }");
        do
        {
            string text = File.ReadAllText(_path);
            Assert.EndsWith("\n", text, StringComparison.Ordinal);
            Assert.Contains("pulserun_instance_verdict", text, StringComparison.Ordinal);
        }
        while (writing.State == System.Management.Automation.PSInvocationState.Running);
        writing.Wait();
    }

    [Fact]
    public void It_sends_the_same_metrics_by_OTLP()
    {
        using var collector = new OtlpCollector();
        Shell.Set("uri", collector.Endpoint);
        ReadFleet();
        Do("Export-PRMetric -Path $path -Uri $uri -PerInstance -Header @{ Authorization = 'Bearer SECRET' }" + Idle);
        Dictionary<string, double> file = Read();
        Assert.Equal(file.Count, collector.Points.Length);
        foreach (OtlpPoint point in collector.Points)
        {
            string key = point.Name + "{" + string.Join(",", point.Attributes.Select(static pair => pair.Key + "=\"" + pair.Value + "\"")) + "}";
            Assert.Equal(file[key], point.Value);
            Assert.Equal("gauge", point.Kind);
            Assert.InRange(point.Time, 1UL, ulong.MaxValue);
        }
        string head = Assert.Single(collector.Requests);
        AssertLike("POST /v1/metrics HTTP/1.1*Authorization: Bearer SECRET*", head);
    }

    [Fact]
    public void A_receiver_that_refuses_is_an_error_without_secrets()
    {
        using var collector = new OtlpCollector { Status = 503 };
        Shell.Set("uri", collector.Endpoint + "/SECRETPATH");
        Outcome outcome = Run("Export-PRMetric -Uri $uri -Header @{ Authorization = 'Bearer SECRETTOKEN' } -Verbose");
        Assert.Equal(["MetricsExportFailed"], outcome.ErrorIds);
        Assert.DoesNotContain("SECRET", string.Join("\n", outcome.All), StringComparison.Ordinal);
        AssertLike("POST /SECRETPATH/v1/metrics *", collector.Requests.Single());
        Assert.Equal("InvalidRequest", Run("Export-PRMetric -Uri ftp://x").EndedId);
        Assert.Equal("InvalidRequest", Run("Export-PRMetric -Uri $uri -Header @{ A = \"x`ny\" }").EndedId);
        Assert.Equal("InsecureEndpoint", Run("Export-PRMetric -Uri http://otel.example.com:4318 -Header @{ A = 'x' }").EndedId);
    }

    [Fact]
    public void A_cleanup_writes_the_file_in_the_same_run_without_more_requests()
    {
        ReadFleet();
        Assert.Equal(["inst_0 Skipped InUse", "inst_1 Stopped Idle", "inst_2 Stopped Idle"], CleanUp("-MetricsPath $path -MetricsPerInstance").Select(static line => line.Replace("Active", "InUse").Replace("AllBelowThreshold", "Idle")).ToArray());
        Assert.Equal((1, 0, 2), (Sent.Count(static line => line == "GET /v1/instances"), CountSent("*/balance"), Acts.Length));
        Dictionary<string, double> metrics = Read();
        Assert.Equal(1, metrics["pulserun_burn_dollars_per_hour{account=\"127.0.0.1\"}"]);
        Assert.Contains(metrics.Keys, static key => key.StartsWith("pulserun_instance_price", StringComparison.Ordinal) && key.Contains("inst_1", StringComparison.Ordinal) && key.Contains("status=\"stopped\"", StringComparison.Ordinal));
        Assert.DoesNotContain(metrics.Keys, static key => key.Contains("balance", StringComparison.Ordinal));
    }

    private static double Of(Dictionary<string, double> metrics, string name, string id, string with = "") =>
        metrics.Single(pair => pair.Key.StartsWith(name + "{", StringComparison.Ordinal) && pair.Key.Contains("id=\"" + id + "\"", StringComparison.Ordinal) && pair.Key.Contains(with, StringComparison.Ordinal)).Value;

    /// <summary>Returns the samples by name and labels. Each line must have the form of Prometheus, and each name its help and its type before it.</summary>
    private Dictionary<string, double> Read()
    {
        var samples = new Dictionary<string, double>();
        string current = "";
        foreach (string line in File.ReadAllLines(_path))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
                current = line.Split(' ')[2];
            else if (line.StartsWith('#'))
                Assert.Equal("# TYPE " + current + " gauge", line);
            else
            {
                Match match = Regex.Match(line, @"^(([a-z_]+)(?:\{.*\})?) (\S+)$");
                Assert.Equal(current, match.Groups[2].Value);
                samples.Add(match.Groups[1].Value, double.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture));
            }
        }
        return samples;
    }
}
