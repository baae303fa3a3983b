using System;
using System.IO;
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
        // One chart for the burn rate, and one per instance.
        Assert.Equal(4, Regex.Count(Page, "<svg "));
        Assert.All(Ids, id => Assert.Contains(id, Page));
        // The instances have run for ten days, so the report covers 168 hours at 6 dollars per hour.
        Assert.Contains("$1,008.00", Page);
        // Two instances were idle for 80 minutes, at 2 and 3 dollars per hour.
        Assert.Contains("$6.67", Page);
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
    [InlineData("-Since $emulator.UtcNow.AddDays(-1)", "$144.00")]
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
