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
            Gpu = "rtx_6000_ada_48gb",
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
    [InlineData(79)]
    [InlineData(80)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(119)]
    [InlineData(120)]
    [InlineData(200)]
    public void Instances_fit(int width)
    {
        Prepare();
        string[] lines = Lines("$instances | Format-Table", width);
        // There is one line for the header, one for the rule, and one per instance, so no line is wrapped.
        Assert.Equal(Header + 7, lines.Length);
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        string[] labels = Words(lines[0]);
        Assert.True(labels.Length >= 3);
        Assert.Equal(new[] { "Id", "Status", "Gpu", "$/h", "Up/Age", "Provider", "Region", "Spot", "Template" }.Take(labels.Length), labels);
        if (width >= 119)
            Assert.Equal("Template", labels[^1]);
        if (width >= 79)
        {
            Assert.True(labels.Length >= 6, lines[0]);
            AssertLike("* rtx_6000_ada_48gb *12.3456 12d0h *", lines[^1]);
        }
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
        AssertLike("* True *", lines[^1]);
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
    [InlineData(119)]
    [InlineData(120)]
    [InlineData(200)]
    public void Nothing_is_cut_in_any_table(int width)
    {
        Prepare();
        Do("""
            $verdicts = $instances | Get-PRIdleInstance -All -WarningAction SilentlyContinue
            $actions = @(Invoke-PRCleanup -IdleFor 00:30 -WhatIf -WarningAction SilentlyContinue)
            $null = Protect-PRInstance $ids[0] -Reason 'a run that must not end'
            $all = [ordered]@{ instances = $instances; metrics = $metrics; verdicts = $verdicts; actions = $actions; protections = @(Get-PRProtection); balance = Get-PRBalance; cost = @(Measure-PRCost -GroupBy Gpu); emulator = $emulator }
            Unprotect-PRInstance $ids[0]
            """);
        Shell.Set("launch", new Launch { IntentId = Guid.NewGuid(), Outcome = LaunchOutcome.NotLaunched, InstanceId = "inst_0123456789abcde", Gpu = "rtx_6000_ada_48gb", Template = "stable-diffusion", RequestedAt = DateTimeOffset.UtcNow });
        Do("$all.launch = $launch");
        foreach (string name in GetAll<string>("$all.Keys"))
        {
            string[] lines = Lines($"$all.{name} | Format-Table", width);
            Assert.True(lines.Length > Header, name);
            Assert.DoesNotContain('…', string.Join('\n', lines));
            Assert.All(lines, line => Assert.True(line.Length <= width, line));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Objects_from_a_job_or_a_file_are_shown_without_an_error(int depth)
    {
        Prepare();
        // Jobs and remote sessions serialize with depth 1, Export-Clixml with depth 2.
        Do($$"""
            $Error.Clear()
            $copy = { foreach ($one in $args) { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($one, {{depth}})) } }
            $instances = & $copy @instances
            $metrics = & $copy @metrics
            $verdicts = & $copy @(Get-PRIdleInstance -All -WarningAction SilentlyContinue)
            $context = & $copy $context
            """);
        Shell.Set("result", new CommandResult(new Instance { Id = "inst_1" }) { ExitCode = 3, StdOut = "out", StdErr = "wrong\nmore" });
        string[] lines = Lines("$instances | Format-Table", 120);
        Assert.Equal(Header + 7, lines.Length);
        AssertLike("* 12d* *", lines[^1]);
        AssertLike("inst_1 * 3 * wrong …", Lines("& $copy $result | Format-Table", 120)[^1]);
        foreach (string name in new[] { "instances", "metrics", "verdicts", "context" })
        {
            Assert.True(Lines($"${name} | Format-Table", 120).Length > Header);
            Assert.NotEmpty(Lines($"${name} | Format-List", 120));
        }
        Assert.Equal(0, Get<int>("$Error.Count"));
    }

    [Fact]
    public void Several_types_in_one_pipeline_are_readable()
    {
        Prepare();
        string[] lines = Lines("& { $instances; $metrics[0]; Get-PRBalance; $context }", 120);
        string text = string.Join('\n', lines);
        Assert.Matches(@"(?m)^Balance\s+: \d", text);
        Assert.Matches(@"(?m)^GpuUtilization\s+: ", text);
        Assert.Contains(Emulator.BaseUri.ToString(), text);
        Assert.DoesNotContain("System.", text);
        Assert.DoesNotContain("PulseRun.Core", text);
    }

    [Fact]
    public void A_CSV_file_has_no_type_names_and_no_token()
    {
        StartEmulator();
        Fail(new() { Kind = EmulatorFaultKind.ExtraFields, Text = "extra" });
        string token = new Uri(Emulator.Instances[0].GetJupyterUrl()!).Query["?token=".Length..];
        string[] rows = GetAll<string>("$instances = Get-PRInstance; $instances | ConvertTo-Csv");
        Assert.All(rows, row => Assert.DoesNotContain("System.", row));
        Assert.All(GetAll<string>("Get-PRInstance -Status running | Get-PRInstanceMetrics -ErrorAction SilentlyContinue | ConvertTo-Csv"), row => Assert.DoesNotContain("PulseRun.", row));
        foreach (string script in new[] { "$instances | ConvertTo-Csv", "$instances | ConvertTo-Json -Depth 5", "$instances | ForEach-Object ToRow | ConvertTo-Csv", "[System.Management.Automation.PSSerializer]::Serialize($instances, 5)", "$instances | Format-List * | Out-String -Width 4000", "$instances | Format-Custom -Depth 5 | Out-String -Width 4000", "$instances | ConvertTo-Html", "$instances | Select-Object * | Out-String -Width 4000" })
            Assert.DoesNotContain(token, string.Join('\n', GetAll<string>(script)));
        Assert.Contains(token, Get<string>("$instances[0].GetJupyterUrl()"));
    }

    [Fact]
    public void Rows_for_a_file_are_the_same_in_every_culture()
    {
        StartEmulator();
        string[] rows = GetAll<string>("$instances = Get-PRInstance; $instances | ForEach-Object ToRow | ConvertTo-Csv");
        string[] german = GetAll<string>("""
            $was = [cultureinfo]::CurrentCulture
            try { [cultureinfo]::CurrentCulture = 'de-DE'; $instances | ForEach-Object ToRow | ConvertTo-Csv } finally { [cultureinfo]::CurrentCulture = $was }
            """);
        Assert.Equal(1 + 6, rows.Length);
        Assert.Equal(rows, german);
        Assert.Matches(@"\""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\""", rows[1]);
        Assert.Contains("\"0.63\"", rows[1]);
        Assert.Equal("stopped", Get<Instance>("$instances[0] | ForEach-Object ToRow | ConvertTo-Csv | ConvertFrom-Csv | Stop-PRInstance -Confirm:$false").Status);
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
