using System;
using System.Linq;
using PulseRun.Core.Schedule;
using Xunit;

namespace PulseRun.Core.Tests.Schedule;

public class CrontabTests
{
    private static readonly CronTools s_tools = new("/usr/bin/crontab", "/home/me/.local/state/pulserun", "/usr/bin/flock", "/usr/bin/timeout");

    private static TaskSpec Task(string name = "cleanup", int minutes = 1, params string[] arguments) =>
        new() { Name = name, Program = "/usr/bin/pwsh", Arguments = arguments, IntervalMinutes = minutes };

    [Theory]
    [InlineData("")]
    [InlineData("0 5 * * 1 tar -zcf /var/backups/home.tgz /home/\n")]
    [InlineData("# my own\nMAILTO=me@example.org\n\n*/5 * * * * date +\\%F\n")]
    [InlineData("0 1 * * * no line end")]
    public void WithAndWithout_KeepEveryOtherLine(string crontab)
    {
        string with = Crontab.With(crontab, Task(), s_tools);
        Assert.StartsWith(crontab, with, StringComparison.Ordinal);
        Assert.Equal("cleanup", Assert.Single(Crontab.Find(with)).Name);
        // Registering a task again replaces it.
        Assert.Equal(with, Crontab.With(with, Task(), s_tools));
        Assert.Equal(crontab.TrimEnd('\n'), Crontab.Without(with, "cleanup").TrimEnd('\n'));
        // Another task of this module is kept.
        string two = Crontab.With(with, Task("other", 5), s_tools);
        Assert.Equal(["cleanup", "other"], Crontab.Find(two).Select(one => one.Name).OrderBy(one => one, StringComparer.Ordinal));
        Assert.Equal("other", Assert.Single(Crontab.Find(Crontab.Without(two, "cleanup"))).Name);
    }

    [Fact]
    public void Entry_IsOneLine_WithQuotesForTheShell_AndEscapesForCron()
    {
        string with = Crontab.With("", Task("cleanup", 5, "-File", "/a b/it's 100%.ps1"), s_tools);
        string entry = with.TrimEnd('\n').Split('\n')[1];
        Assert.Equal(
            "*/5 * * * * umask 077; /usr/bin/flock -n -E 0 /home/me/.local/state/pulserun/task-cleanup.lock /usr/bin/timeout -k 10 15m /usr/bin/pwsh -File '/a b/it'\\''s 100\\%.ps1'",
            entry);
    }

    [Fact]
    public void Find_ReadsTheOutputOfWith()
    {
        CleanupTask task = Assert.Single(Crontab.Find(Crontab.With("", Task(minutes: 10), s_tools with { Flock = null, Timeout = null })));
        Assert.Equal(CleanupScheduler.Cron, task.Scheduler);
        Assert.Equal(TimeSpan.FromMinutes(10), task.Interval);
        Assert.True(task.IsActive);
        Assert.Equal("umask 077; /usr/bin/pwsh", task.Command);
    }

    [Fact]
    public void Find_DisabledByHand_IsNotActive()
    {
        string crontab = Crontab.With("", Task(), s_tools).Replace("\n* * *", "\n#* * *");
        Assert.False(Assert.Single(Crontab.Find(crontab)).IsActive);
    }
}
