using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using PulseRun.Core.Jobs;
using Xunit;

namespace PulseRun.Core.Tests.Jobs;

public class JobFramesTests
{
    private readonly StringBuilder _out = new(), _errors = new();

    [Theory]
    [InlineData("O 0 3\nabcE 0 1\nxH\nO 3 1\ndX 7\n", "Ended", "abcd", "x")]
    [InlineData("O 0 3\nabcL\n", "Lost", "abc", "")]
    [InlineData("R\n", "Running", "", "")]
    [InlineData("N\n", "NotStarted", "", "")]
    [InlineData("O 0 3\nab", "Broken", "ab", "")]
    [InlineData("O 0 1\naX", "Broken", "a", "")]
    [InlineData("", "Broken", "", "")]
    public void Report_IsRead(string report, string expected, string output, string errors)
    {
        JobFrames frames = New();
        Assert.Equal(expected, Read(frames, report).ToString());
        Assert.Equal((output, errors), (_out.ToString(), _errors.ToString()));
        Assert.Equal((output.Length, errors.Length), (frames.OutOffset, frames.ErrOffset));
        if (expected == "Ended")
            Assert.Equal(7, frames.ExitCode);
    }

    [Fact]
    public void Report_ContinuesWhereTheLastOneBroke()
    {
        JobFrames frames = New();
        Read(frames, "O 0 5\nab");
        Assert.Equal(JobReport.Ended, Read(frames, "O 2 3\ncdeX 0\n"));
        Assert.Equal("abcde", _out.ToString());
    }

    [Theory]
    [InlineData("O 1 1\na")]
    [InlineData("O 0 1000001\n")]
    [InlineData("O 0 -1\n")]
    [InlineData("O 0 99999999999\n")]
    [InlineData("X\n")]
    [InlineData("X a\n")]
    [InlineData("hello\n")]
    [InlineData("HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH")]
    public void Report_OfAnotherFormIsRefused(string report) =>
        Assert.Equal(ErrorIds.MalformedResponse, Assert.Throws<PulseRunException>(() => Read(New(), report)).ErrorId);

    [Fact]
    public void Lines_AreSplitInBoundedMemory()
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(lines.Add);
        foreach (string part in new[] { "one\ntw", "o\r\n\nthr", "ee" })
            splitter.Add(Encoding.UTF8.GetBytes(part), part.Length);
        Assert.Equal(5, splitter.Pending);
        splitter.Finish();
        Assert.Equal(["one", "two", "", "three"], lines);
        lines.Clear();
        byte[] endless = Encoding.ASCII.GetBytes(new string('x', 1000));
        for (int i = 0; i < 200; i++)
            splitter.Add(endless, endless.Length);
        Assert.Equal(3, lines.Count);
        Assert.InRange(splitter.Pending, 0, 64 * 1024);
    }

    private JobFrames New() => new((bytes, count) => _out.Append(Encoding.ASCII.GetString(bytes, 0, count)), (bytes, count) => _errors.Append(Encoding.ASCII.GetString(bytes, 0, count)));

    private static JobReport Read(JobFrames frames, string report) => frames.Read(new MemoryStream(Encoding.ASCII.GetBytes(report)), static () => { });
}
