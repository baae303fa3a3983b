using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PulseRun.Core.Monitoring;
using Xunit;

namespace PulseRun.Core.Tests.Monitoring;

public class FleetMetricsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_HostileFleets_WriteEachSeriesOnceAndOnlyFiniteNumbers()
    {
        var random = new Random(20261126);
        string?[] names = ["h100", "H100", "", null, "a\"b\\c\nd", "日本", new string('x', 500), "\u202e", "{}", "a,b=\"c\""];
        decimal?[] prices = [0, 1, -1, null, decimal.MaxValue, 999_999, 0.0001m];
        string?[] states = ["running", "stopped", "terminated", "odd", null];
        for (int round = 0; round < 300; round++)
        {
            var rows = Enumerable.Range(0, random.Next(12)).Select(_ => new SnapshotRow(new Instance
            {
                Id = "inst_" + random.Next(6),
                Gpu = Pick(names),
                Provider = Pick(names),
                Region = Pick(names),
                Status = Pick(states),
                CostPerHour = Pick(prices),
            })
            {
                Name = Pick(names),
                Reading = random.Next(2) == 0 ? new Reading(s_now, Pick<double?>([null, 0, 5, 100, 1000, 0.5]), Pick<double?>([null, 0, 50]), 1, random.Next(3) == 0, null) : null,
                Scale = Pick<UnitScale?>([null, UnitScale.Fraction, UnitScale.Percent]),
                TimeToExpiry = Pick<TimeSpan?>([null, TimeSpan.FromHours(1), TimeSpan.FromHours(-1)]),
            }).ToList();
            var fleet = new FleetSnapshot { Account = Pick(names) ?? "", At = s_now, Rows = rows, Balance = random.Next(2) == 0 ? new AccountBalance { Balance = Pick<decimal>([0, -5, 100, decimal.MaxValue]), Currency = Pick(new[] { null, "usd", "eur" }) } : null };
            using var text = new StringWriter();
            IReadOnlyList<MetricFamily> families = FleetMetrics.Of(fleet, perInstance: random.Next(2) == 0);
            PrometheusText.Write(families, text);
            string[] series = text.ToString().Split(['\n'], StringSplitOptions.RemoveEmptyEntries).Where(static line => line[0] != '#').Select(static line => line.Substring(0, line.LastIndexOf(' '))).ToArray();
            Assert.Equal(series.Length, series.Distinct().Count());
            Assert.All(families.SelectMany(static family => family.Samples), static sample => Assert.False(double.IsNaN(sample.Value) || double.IsInfinity(sample.Value)));
            Assert.All(families, static family => Assert.NotEmpty(family.Samples));
            Assert.Equal(families.Count, families.Select(static family => family.Name).Distinct().Count());
        }

        T Pick<T>(T[] from) => from[random.Next(from.Length)];
    }

    [Fact]
    public void Of_OtherCurrency_HasNoDollars()
    {
        IReadOnlyList<MetricFamily> families = FleetMetrics.Of(Fleet(new AccountBalance { Balance = 10, Currency = "eur" }), perInstance: false);
        Assert.DoesNotContain(families, static family => family.Name is "pulserun_balance_dollars" or "pulserun_runway_seconds");
    }

    [Fact]
    public void Of_PricesThatAreAllUnknown_HasNoBurnRate()
    {
        IReadOnlyList<MetricFamily> families = FleetMetrics.Of(Fleet(new AccountBalance { Balance = 10 }, price: null), perInstance: true);
        Assert.DoesNotContain(families, static family => family.Name.Contains("burn") || family.Name.Contains("price_") || family.Name.Contains("runway"));
        Assert.Equal(1, families.Single(static family => family.Name == "pulserun_unpriced_instances").Samples[0].Value);
    }

    [Fact]
    public void Of_EmptyFleet_CostsNothing()
    {
        IReadOnlyList<MetricFamily> families = FleetMetrics.Of(new FleetSnapshot { Account = "a", At = s_now, Rows = [] }, perInstance: true);
        Assert.Equal(["pulserun_last_success_timestamp_seconds", "pulserun_burn_dollars_per_hour", "pulserun_unpriced_instances"], families.Select(static family => family.Name));
    }

    [Fact]
    public void Write_Numbers_DoNotDependOnTheCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            using var text = new StringWriter();
            PrometheusText.Write([new MetricFamily("a", "x\\y\nz", "1", [new MetricSample([], 1234.5), new MetricSample([new("l", "")], 1e21)])], text);
            Assert.Equal("# HELP a x\\\\y\\nz\n# TYPE a gauge\na 1234.5\na 1E+21\n", text.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("http://localhost:4318", "http://localhost:4318/v1/metrics")]
    [InlineData("https://x.example.com/otlp/", "https://x.example.com/otlp/v1/metrics")]
    [InlineData("https://x.example.com/v1/metrics", "https://x.example.com/v1/metrics")]
    [InlineData("https://x.example.com/in?token=a", "https://x.example.com/in/v1/metrics?token=a")]
    public void Of_Address_IsCompleted(string given, string full) => Assert.Equal(new Uri(full).AbsoluteUri, OtlpAddress.Of(new Uri(given), hasSecrets: false, "Uri").AbsoluteUri);

    [Theory]
    [InlineData("ftp://x.example.com", false)]
    [InlineData("https://user:pw@x.example.com", false)]
    [InlineData("http://x.example.com", true)]
    public void Of_Address_IsRefused(string given, bool hasSecrets) => Assert.Throws<PulseRunException>(() => OtlpAddress.Of(new Uri(given), hasSecrets, "Uri"));

    private static FleetSnapshot Fleet(AccountBalance balance, decimal? price = 1) => new()
    {
        Account = "prod",
        At = s_now,
        Balance = balance,
        Rows = [new SnapshotRow(new Instance { Id = "inst_1", Status = "running", CostPerHour = price })],
    };
}
