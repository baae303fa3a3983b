using System;
using System.Linq;
using System.Text.RegularExpressions;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Views;

/// <summary>Tests the views of objects in terminals of different widths.</summary>
public partial class ViewTests : CmdletTests
{
    private const int Header = 2;

    private void Prepare()
    {
        StartEmulator();
        Shell.Set("long", new Instance
        {
            Id = "inst_0123456789abcde",
            Status = "provisioning",
            Gpu = "h200_141gb",
            Provider = "tensordock",
            Region = "us-central",
            CostPerHour = 12.3456m,
            Spot = true,
            Template = "stable-diffusion",
            CreatedAt = DateTimeOffset.UtcNow.AddDays(-12),
        });
        Do("$instances = @(Get-PRInstance) + $long; $metrics = Get-PRInstance -Status running | Get-PRInstanceMetrics -ErrorAction SilentlyContinue; $context = Get-PRContext");
    }

    /// <summary>Returns the lines of the formatted output of a script, without colours and empty lines.</summary>
    private string[] Lines(string script, int width) =>
        Colour().Replace(Get<string>(FormattableString.Invariant($"{script} | Out-String -Width {width}")), "")
            .Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).ToArray();

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    public void Instances_fit(int width)
    {
        Prepare();
        string[] lines = Lines("$instances | Format-Table", width);
        // There is one line for the header, one for the rule, and one per instance, so no line is wrapped.
        Assert.Equal(Header + 7, lines.Length);
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        string[] labels = Words(lines[0]);
        Assert.True(labels.Length >= 3);
        Assert.Equal(new[] { "Id", "Status", "Gpu", "Provider", "Region", "$/h", "Spot", "Up/Age", "Template" }.Take(labels.Length), labels);
        if (width >= 100)
            Assert.Equal("Template", labels[^1]);
        // An id of 20 characters is not truncated.
        AssertLike("inst_0123456789abcde *", lines[^1]);
    }

    [Fact]
    public void At_120_columns_nothing_is_cut_and_money_and_time_are_written_as_people_read_them()
    {
        Prepare();
        string[] lines = Lines("$instances | Format-Table", 120);
        Assert.DoesNotContain('…', string.Concat(lines));
        AssertLike("* 12.3456 *", lines[^1]);
        AssertLike("* spot *", lines[^1]);
        AssertLike("* 12d* *", lines[^1]);
    }

    [Fact]
    public void The_list_view_shows_everything_but_the_token()
    {
        Prepare();
        string[] lines = Lines("$instances[0] | Format-List", 200);
        string[] labels = lines.Select(line => line.Split(':')[0].Trim()).ToArray();
        Assert.All(typeof(Instance).GetProperties(), property => Assert.Contains(property.Name, labels));
        string text = string.Join(" ", lines);
        Assert.Contains(Emulator.Instances[0].Ip!, text);
        Assert.Contains(Emulator.Instances[0].SshCommand!, text);
        AssertLike("*JupyterUrl*https://*", text);
        Assert.DoesNotContain("token", text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    public void Metrics_fit(int width)
    {
        Prepare();
        InstanceMetrics[] metrics = GetAll<InstanceMetrics>("$metrics");
        Assert.NotEmpty(metrics);
        string[] lines = Lines("$metrics | Format-Table", width);
        Assert.Equal(Header + metrics.Length, lines.Length);
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.Equal(["Id", "Gpu", "Memory", "Disk", "Uptime"], Words(lines[0])[..5]);
        AssertLike(metrics[0].Id + " *%*", lines[2]);
    }

    [Fact]
    public void Unknown_readings_are_a_question_mark_and_not_zero()
    {
        Prepare();
        Emulator.SetWorkload(Ids[0], [new() { GpuUtilization = null, MemoryUsage = 0 }], TimeSpan.Zero);
        Assert.Matches(@"\s\?\s+0%\s+\?", Lines("Get-PRInstanceMetrics -Id $ids[0] | Format-Table", 100)[^1]);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    public void Contexts_fit(int width)
    {
        Prepare();
        string[] lines = Lines("$context | Format-Table", width);
        Assert.Equal(Header + 1, lines.Length);
        Assert.Equal(["Profile", "Mode", "Source", "Rpm", "Timeout", "MaxWait"], Words(lines[0])[..6]);
        if (width >= 100)
            Assert.Contains(Emulator.BaseUri.ToString(), lines[^1]);
    }

    [Fact]
    public void An_instance_that_knows_nothing_is_shown()
    {
        Shell.Set("bare", new Instance { Id = "inst_x" });
        Assert.Equal("inst_x", Lines("$bare | Format-Table", 100)[^1].Trim());
        Do("$bare | Format-List | Out-String");
    }

    [Fact]
    public void Objects_read_well_inside_a_string()
    {
        Prepare();
        Assert.Equal(
            [Ids[0], GetAll<InstanceMetrics>("$metrics")[0].Id, Emulator.BaseUri.ToString(), Emulator.BaseUri.ToString()],
            GetAll<string>("\"$($instances[0])\"; \"$($metrics[0])\"; \"$context\"; \"$emulator\""));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public void Money_fits(int width)
    {
        Shell.Set("balance", new AccountBalance { Balance = 1234.567891m, Currency = "usd", BurnPerHour = 0.4875m, Unpriced = 1, Runway = TimeSpan.FromHours(75.5) });
        Shell.Set("report", new CostReport { Group = "h100_80gb", Count = 12, BurnPerHour = 25.2m, Today = 100.5m, ThisMonth = 1234.5678m, SavedByStops = 99.999m });
        Shell.Set("line", new Transaction
        {
            Id = "txn_1",
            Type = "instance_charge",
            Amount = -1.23456m,
            BalanceAfter = 1233.3333m,
            InstanceId = "inst_0123456789abcde",
            Description = "one hour of h100_80gb",
            CreatedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        });
        foreach ((string name, string first, string row, string wideRow) in new[]
        {
            ("balance", "Balance*", "*1234.57 usd * 0.4875 *1 *3d3h*", "*"),
            ("report", "Group*", "h100_80gb *12 *25.20 *100.50 *1234.57*", "*1234.57 *100.00 *0"),
            ("line", "CreatedAt*", "2026-03-01 12:00:00Z instance_charge *-1.23 *1233.33*", "* inst_0123456789abcde one hour of h100_80gb"),
        })
        {
            string[] lines = Lines($"${name} | Format-Table", width);
            Assert.Equal(Header + 1, lines.Length);
            Assert.All(lines, line => Assert.True(line.Length <= width, line));
            AssertLike(first, lines[0].Trim());
            AssertLike(row, lines[2]);
            if (width >= 120)
                AssertLike(wideRow, lines[2]);
        }
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colour();
}
