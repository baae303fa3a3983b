using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class ExportReportTests : IdleTests
{
    private readonly string _path;

    public ExportReportTests()
    {
        StartIdleEmulator(3);
        Emulator.SetWorkload("inst_0", "busy");
        _path = Path.Combine(Folder, "report.html");
        Shell.Set("path", _path);
    }

    private string Page => File.ReadAllText(_path);

    [Fact]
    public void It_writes_a_page_with_charts_and_sums_for_one_list()
    {
        ReadFleet(41);
        Assert.Empty(Do("Export-PRReport $path").Output);
        Assert.Equal(["GET /v1/instances"], Sent);
        AssertLike("<!DOCTYPE html>*</html>*", Page);
        // Two charts of the burn rate, for wide and narrow screens, and one per instance.
        Assert.Equal(5, Regex.Count(Page, "<svg "));
        Assert.All(Ids, id => Assert.Contains(id, Page));
        // The instances have run for ten days, so the report covers 168 hours at 6 dollars per hour.
        Assert.Contains("$1,008.00", Page);
        // Two instances were idle for 80 minutes, at 2 and 3 dollars per hour.
        Assert.Contains("$6.67", Page);
    }

    [Fact]
    public void It_names_the_account_and_a_command_that_acts_on_what_is_idle_now()
    {
        for (int i = 0; i < 41; i++)
        {
            Emulator.Advance(TimeSpan.FromMinutes(1));
            Do("Get-PRIdleInstance");
        }
        Do("Export-PRReport $path");
        Assert.Contains("<h1>" + Emulator.BaseUri.ToString().TrimEnd('/') + "</h1>", Page);
        AssertLike("*<b>2 instances</b><span>idle now</span>*$5.00/h, $3,650 a month*", Page);
        AssertLike("*<b>0 instances</b><span>blind*all 3 running instances read*", Page);
        string command = System.Net.WebUtility.HtmlDecode(Regex.Match(Page, "<pre>(.*?)</pre>").Groups[1].Value);
        Assert.Equal("Get-PRIdleInstance -For 00:30:00 | Stop-PRInstance -WhatIf", command);
        Assert.Empty(Do(command).Output);
        Assert.Equal(2, Shell.Host.Lines.Count(static line => line.Contains("Stop instance", StringComparison.Ordinal)));

        Do("$emulator | Connect-PulseRun; Connect-PulseRun -ApiKey (ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force) -BaseUri $emulator.BaseUri -Profile 'it''s me' -Save -WarningAction SilentlyContinue; Export-PRReport $path");
        Assert.Contains("<h1>it's me</h1>", Page);
        Assert.Contains("Connect-PulseRun -Profile 'it''s me'\n", Page);
    }

    [Fact]
    public void It_shows_what_cleanups_saved()
    {
        ReadFleet();
        Do("Export-PRReport $path");
        AssertLike("*<b>$0.00</b><span>saved by cleanup</span>*no stop recorded*", Page);
        Do("$null = " + CleanupCommand + "; $emulator.Advance('02:00:00')");
        Do("Export-PRReport $path");
        // Two instances, at 2 and 3 dollars per hour, were stopped for two hours.
        AssertLike("*<b>$10.00</b><span>saved by cleanup</span>*2 stops*", Page);
        // A stop by a person is not a cleanup.
        Do("Stop-PRInstance inst_0 -Confirm:$false; $null = Get-PRIdleInstance -NoSample; $emulator.Advance('01:00:00'); Export-PRReport $path");
        AssertLike("*<b>$15.00</b><span>saved by cleanup</span>*2 stops*", Page);
    }

    [Fact]
    public void An_instance_that_gives_no_metrics_is_blind_and_its_figures_are_unknown()
    {
        Emulator.SetWorkload("inst_2", "silent");
        Do("$null = Get-PRIdleInstance -WarningAction SilentlyContinue; Export-PRReport $path");
        AssertLike("*<b>1 instance</b><span>blind*$3.00/h that may be idle*", Page);
        AssertLike("*Blind instances*inst_2*none*", Page);
    }

    [Fact]
    public void The_page_needs_nothing_else_and_forbids_what_it_does_not_do()
    {
        ReadFleet(2);
        Do("Export-PRReport $path");
        Assert.Contains("Content-Security-Policy\" content=\"default-src 'none'", Page);
        Assert.DoesNotMatch(@"(?i)<script|<link|<img|<iframe|@import|\son\w+=|\ssrc=|\shref=", Page);
    }

    [Fact]
    public void The_page_holds_no_key_no_ssh_command_and_no_notebook_address()
    {
        Do("Export-PRReport $path");
        Assert.DoesNotContain(Emulator.ApiKey, Page);
        Assert.DoesNotMatch("(?i)ssh |token=", Page);
    }

    [Fact]
    public void The_page_says_so_when_nothing_is_remembered()
    {
        Do("Export-PRReport $path");
        Assert.Contains("the history is empty", Page);
        StartEmulator(0);
        Do("Export-PRReport $path");
        Assert.Contains("No billed instance was recorded", Page);
    }

    [Fact]
    public void It_uses_the_history_alone_when_the_list_fails()
    {
        ReadFleet(2);
        Fail(new() { Kind = EmulatorFaultKind.NotJson, Path = "/v1/instances" });
        Outcome done = Run("Export-PRReport $path -PassThru");
        Assert.Equal(["MalformedResponse"], done.ErrorIds);
        Assert.True(Assert.Single(done.As<FileInfo>()).Length > 1000);
        Assert.Contains("history alone", Page);
    }

    [Fact]
    public void It_returns_the_file_with_PassThru_and_takes_a_relative_path()
    {
        var file = Get<FileInfo>("Set-Location $folder; Export-PRReport relative.html -PassThru");
        Assert.Equal(Path.Combine(Folder, "relative.html"), file.FullName);
        Assert.True(file.Exists);
    }

    [Fact]
    public void WhatIf_writes_nothing_and_sends_nothing()
    {
        Assert.Empty(Do("Export-PRReport $path -WhatIf").All);
        Assert.NotEmpty(Shell.Host.Lines);
        Assert.False(File.Exists(_path));
        Assert.Empty(Sent);
    }

    [Fact]
    public void It_replaces_a_file_but_not_with_NoClobber()
    {
        File.WriteAllText(_path, "old");
        Outcome done = Run("Export-PRReport $path -NoClobber");
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Equal("NoClobber", done.Ended!.TargetObject);
        Assert.Equal("old", Page);
        Assert.Empty(Sent);
        Do("Export-PRReport $path");
        Assert.StartsWith("<!DOCTYPE html>", Page);
    }

    [Fact]
    public void It_replaces_a_read_only_file_with_Force_only()
    {
        File.WriteAllText(_path, "old");
        File.SetAttributes(_path, FileAttributes.ReadOnly);
        Assert.Equal("InvalidRequest", Run("Export-PRReport $path").EndedId);
        Assert.Equal("old", Page);
        Do("Export-PRReport $path -Force");
        Assert.StartsWith("<!DOCTYPE html>", Page);
    }

    [Theory]
    [InlineData("missing/folder/report.html")]
    [InlineData(@"Env:\report")]
    public void A_path_that_is_none_leaves_nothing_behind(string target)
    {
        Outcome done = Run($"Set-Location $folder; Export-PRReport '{target}'");
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Equal("Path", done.Ended!.TargetObject);
        Assert.Empty(Directory.GetFiles(Folder, "*.tmp", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-91)]
    public void A_time_in_the_future_or_too_long_ago_is_refused(int days)
    {
        Outcome done = Run($"Export-PRReport $path -Since $emulator.UtcNow.AddDays({days})");
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Equal("Since", done.Ended!.TargetObject);
        Assert.False(File.Exists(_path));
    }

    [Theory]
    [InlineData("-Since $emulator.UtcNow.AddDays(-1)", "$144.")]
    [InlineData("-IdleFor 05:00:00", "The readings prove no idle hours")]
    [InlineData("-GpuBelow 100", "inst_0")]
    [InlineData("-Top 1", "2 more instances")]
    public void It_counts_what_is_asked_for(string parameters, string text)
    {
        ReadFleet(21);
        Do("Export-PRReport $path " + parameters);
        Assert.Contains(text, Page);
    }

    [Fact]
    public void What_a_server_sends_is_shown_as_text()
    {
        Emulator.AddInstance(new Instance
        {
            Id = "inst_evil",
            Gpu = "<script>alert(1)</script>",
            Provider = "\"><img src=x>",
            Region = "a\e[2Jb",
            Template = "x",
            CostPerHour = 50,
            Status = "running",
            StartedAt = Emulator.UtcNow.AddDays(-1),
            CreatedAt = Emulator.UtcNow.AddDays(-1),
        });
        Do("Export-PRReport $path");
        Assert.Contains("inst_evil", Page);
        Assert.DoesNotMatch("(?i)<script|<img|\e", Page);
        Assert.Contains("&lt;script&gt;", Page);
    }
}
