using PulseRun.Core.Schedule;
using Xunit;

namespace PulseRun.Core.Tests.Schedule;

public class TaskSpecTests
{
    private static TaskSpec Task(string name = "cleanup", int minutes = 1, string argument = "x") =>
        new() { Name = name, Program = "/bin/pwsh", Arguments = [argument], IntervalMinutes = minutes };

    [Theory]
    [InlineData("cleanup", 1, "x", null)]
    [InlineData("a.b-c_1", 30, "", null)]
    [InlineData("", 1, "x", "Name")]
    [InlineData("../up", 1, "x", "Name")]
    [InlineData("a b", 1, "x", "Name")]
    [InlineData("a\n", 1, "x", "Name")]
    [InlineData("cleanup", 7, "x", "IntervalMinutes")]
    [InlineData("cleanup", 0, "x", "IntervalMinutes")]
    // A line end would begin another entry.
    [InlineData("cleanup", 1, "x\n* * * * * rm -rf /", "Command")]
    [InlineData("cleanup", 1, "\u001b[31m", "Command")]
    public void Check_ReportsValuesThatSchedulersCannotStore(string name, int minutes, string argument, string? field) =>
        Assert.Equal(field, Task(name, minutes, argument).Check()?.Field);
}
