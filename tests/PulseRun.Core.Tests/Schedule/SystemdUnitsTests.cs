using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Schedule;
using Xunit;

namespace PulseRun.Core.Tests.Schedule;

public class SystemdUnitsTests
{
    private static TaskSpec Task(int minutes = 1, params string[] arguments) => new()
    {
        Name = "night",
        Program = "/opt/power shell/pwsh",
        Arguments = arguments,
        IntervalMinutes = minutes,
        Variables = [new KeyValuePair<string, string>("XDG_STATE_HOME", "/srv/a b%c$d")],
    };

    [Fact]
    public void Service_QuotesForSystemd()
    {
        string[] lines = SystemdUnits.Service(Task(1, "-File", "/a b/$x.ps1", "100%", "say \"hi\\\"")).Split('\n');
        Assert.Contains("ExecStart=\"/opt/power shell/pwsh\" -File \"/a b/$$x.ps1\" 100%% \"say \\\"hi\\\\\\\"\"", lines);
        Assert.Contains("Environment=\"XDG_STATE_HOME=/srv/a b%%c$d\"", lines);
        Assert.Contains("UMask=0077", lines);
        Assert.Contains("SuccessExitStatus=1", lines);
    }

    [Theory]
    [InlineData(1, "*:*:00")]
    [InlineData(5, "*:0/5:00")]
    [InlineData(30, "*:0/30:00")]
    public void Timer_IsReadBack(int minutes, string calendar)
    {
        string timer = SystemdUnits.Timer(Task(minutes));
        Assert.Contains("OnCalendar=" + calendar, timer.Split('\n'));
        Assert.Contains("RandomizedDelaySec=59s", timer.Split('\n'));
        CleanupTask task = SystemdUnits.Read("night", "/u", SystemdUnits.Service(Task(minutes, "100%", "$x")), timer, isActive: true);
        Assert.Equal(TimeSpan.FromMinutes(minutes), task.Interval);
        Assert.Equal("\"/opt/power shell/pwsh\" 100% \"$x\"", task.Command);
        Assert.Equal(["/u/pulserun-night.service", "/u/pulserun-night.timer"], task.Location);
        Assert.Null(SystemdUnits.Read("night", "/u", "", "[Timer]\nOnCalendar=weekly\n", null).Interval);
    }

    [Theory]
    [InlineData("pulserun-night.timer", "night")]
    [InlineData("pulserun-.timer", null)]
    [InlineData("other.timer", null)]
    [InlineData("pulserun-a b.timer", null)]
    public void NameOf_RecognizesUnitsOfThisModule(string file, string? name) => Assert.Equal(name, SystemdUnits.NameOf(file, ".timer"));

    [Fact]
    public void Unregister_DeletesTheFilesOfRegister()
    {
        IEnumerable<string> written = SystemdUnits.Register(Task(), "/u", "/bin/systemctl").Where(step => step.Kind == PlanStepKind.Write).Select(step => step.Path);
        IEnumerable<string> deleted = SystemdUnits.Unregister("night", "/u", "/bin/systemctl").Where(step => step.Kind == PlanStepKind.Delete).Select(step => step.Path);
        Assert.Equal(written.OrderBy(path => path, StringComparer.Ordinal), deleted.OrderBy(path => path, StringComparer.Ordinal));
    }
}
