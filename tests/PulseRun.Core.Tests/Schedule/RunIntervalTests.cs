using System;
using PulseRun.Core.Schedule;
using Xunit;

namespace PulseRun.Core.Tests.Schedule;

public class RunIntervalTests
{
    [Theory]
    [InlineData(30, 1, 20)]
    [InlineData(20, 1, 20)]
    [InlineData(600, 30, 20)]
    public void Window_WithRoomForItsReadings_IsAccepted(int minutes, int interval, int samples) =>
        Assert.Null(RunInterval.Check(TimeSpan.FromMinutes(minutes), interval, samples));

    [Theory]
    [InlineData(19.99, 1, 20)]
    [InlineData(30, 2, 20)]
    [InlineData(525_600, 30, int.MaxValue)]
    public void Window_WithoutRoom_NamesTheField(double minutes, int interval, int samples)
    {
        PulseRunException? wrong = RunInterval.Check(TimeSpan.FromMinutes(minutes), interval, samples);
        Assert.Equal(ErrorIds.InvalidRequest, wrong?.ErrorId);
        Assert.Equal("IdleFor", wrong?.Field);
        Assert.DoesNotContain("-", wrong!.Message, StringComparison.Ordinal);
    }
}
