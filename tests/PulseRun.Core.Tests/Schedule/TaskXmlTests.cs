using System;
using System.Linq;
using System.Xml.Linq;
using PulseRun.Core.Schedule;
using Xunit;

namespace PulseRun.Core.Tests.Schedule;

public class TaskXmlTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 34, 56, TimeSpan.FromHours(2));

    private static TaskSpec Task() => new()
    {
        Name = "night",
        Program = @"C:\Program Files\PowerShell\7\pwsh.exe",
        Arguments = ["-File", @"C:\a & b\<x>.ps1", "-Exclude", "a\"b"],
        IntervalMinutes = 5,
    };

    [Theory]
    [InlineData(true, "S4U")]
    [InlineData(false, "InteractiveToken")]
    public void Render_IsXml_AndIsReadBack(bool whenLoggedOff, string logon)
    {
        string xml = TaskXml.Render(Task(), @"HOST\me", whenLoggedOff, s_start);
        var document = XDocument.Parse(xml.Substring(xml.IndexOf("<Task", StringComparison.Ordinal)));
        XNamespace space = document.Root!.Name.Namespace;
        string Value(string name) => document.Descendants(space + name).Single().Value;
        Assert.Equal(logon, Value("LogonType"));
        Assert.Equal(@"C:\Program Files\PowerShell\7\pwsh.exe", Value("Command"));
        Assert.Equal("-File \"C:\\a & b\\<x>.ps1\" -Exclude \"a\\\"b\"", Value("Arguments"));
        Assert.Equal("2026-03-01T10:34:00Z", Value("StartBoundary"));
        Assert.Equal("IgnoreNew", Value("MultipleInstancesPolicy"));

        CleanupTask task = Assert.Single(TaskXml.Find("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<Tasks><!-- \\PulseRun\\night -->" + xml.Substring(xml.IndexOf("<Task", StringComparison.Ordinal))
            + "<Task xmlns=\"" + space + "\"><RegistrationInfo><URI>\\Microsoft\\Windows\\Other</URI></RegistrationInfo></Task></Tasks>"));
        Assert.Equal("night", task.Name);
        Assert.Equal(TimeSpan.FromMinutes(5), task.Interval);
        Assert.True(task.IsActive);
    }

    [Fact]
    public void Find_InvalidXml_Throws() =>
        Assert.Equal(ErrorIds.MalformedResponse, Assert.Throws<PulseRunException>(() => TaskXml.Find("<Tasks><Task")).ErrorId);

    [Fact]
    public void Find_EmptyText_ReturnsNothing() => Assert.Empty(TaskXml.Find("INFO: There are no scheduled tasks presently available."));
}
