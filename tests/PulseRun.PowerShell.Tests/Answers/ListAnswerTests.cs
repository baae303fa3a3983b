using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Answers;

/// <summary>Tests list responses in undocumented or invalid forms.</summary>
public class ListAnswerTests : CmdletTests
{
    public ListAnswerTests() => StartEmulator(connect: "-TimeoutSec 3");

    private string[] Listed(string script = "Get-PRInstance") => GetAll<Instance>(script).Select(one => one.Id).ToArray();

    [Theory]
    [InlineData("Bare")]
    [InlineData("Data")]
    [InlineData("Instances")]
    public void Every_envelope_is_read(string form)
    {
        Fail(new() { Kind = EmulatorFaultKind.ListEnvelope, Form = form });
        Assert.Equal(Ids, Listed());
    }

    [Theory]
    [InlineData("NextCursor")]
    [InlineData("Next")]
    public void Pages_are_followed(string form)
    {
        Fail(new() { Kind = EmulatorFaultKind.Paging, Form = form, Count = 2 });
        Assert.Equal(Ids, Listed());
        Assert.Equal(Running.Select(one => one.Id), Listed("Get-PRInstance -Status running"));
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ListCut)]
    [InlineData(EmulatorFaultKind.ForeignNext)]
    public void Rows_of_a_list_that_is_cut_come_with_an_error(EmulatorFaultKind kind)
    {
        Fail(new() { Kind = kind, Count = 3 });
        Outcome done = Run("Get-PRInstance");
        Assert.Equal(Ids[..3], done.As<Instance>().Select(one => one.Id));
        Assert.Equal(["IncompleteList"], done.ErrorIds);
    }

    [Fact]
    public void Pages_that_go_in_circles_end()
    {
        Fail(new() { Kind = EmulatorFaultKind.CursorLoop });
        Assert.Equal(["IncompleteList"], Run("Get-PRInstance").ErrorIds);
        Assert.True(Sent.Length < 15);
    }

    [Fact]
    public void Acting_on_a_list_that_is_cut_says_so()
    {
        Fail(new() { Kind = EmulatorFaultKind.ListCut, Count = 2 });
        Assert.Contains("IncompleteList", Run("Get-PRInstance | Get-PRInstanceMetrics").ErrorIds);
    }

    [Fact]
    public void What_a_cut_list_lacks_is_read_by_id()
    {
        Fail(new() { Kind = EmulatorFaultKind.ListCut, Count = 2 });
        Assert.Equal([Ids[0], Ids[1], Ids[5]], Listed("Get-PRInstance -Id $ids[0, 1, 5]"));
    }

    [Fact]
    public void This_side_filters_when_the_server_does_not()
    {
        Fail(new() { Kind = EmulatorFaultKind.StatusFilterIgnored });
        Assert.Equal([Ids[3]], Listed("Get-PRInstance -Status stopped"));
        Assert.Equal(5, Listed("Get-PRInstance -Status running").Length);
    }

    [Fact]
    public void A_launch_that_the_list_does_not_show_yet_is_read_by_id()
    {
        Fail(new() { Kind = EmulatorFaultKind.ListLag });
        string id = Get<Instance>("($new = New-PRInstance rtx_4090 pytorch -Confirm:$false)").Id;
        Assert.DoesNotContain(id, Listed());
        Assert.Equal([Ids[0], id], Listed("Get-PRInstance -Id $ids[0], $new.Id"));
    }

    [Fact]
    public void A_list_that_ends_midway_is_one_error()
    {
        Fail(new() { Kind = EmulatorFaultKind.HalfAnswer });
        Assert.Contains(Assert.Single(Run("Get-PRInstance").ErrorIds), new[] { "IncompleteList", "ConnectionFailed" });
    }

    [Fact]
    public void A_list_that_was_cut_once_is_tried_again()
    {
        Fail(new() { Kind = EmulatorFaultKind.CutBeforeAnswer, Times = 1 });
        Assert.Equal(Ids, Listed());
    }

    [Fact]
    public void A_list_may_come_late()
    {
        Fail(new() { Kind = EmulatorFaultKind.Delay, Duration = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(Ids, Listed());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("null")]
    [InlineData("{\"ok\":true}")]
    [InlineData("<html><body>Sign in</body></html>")]
    public void Something_that_is_no_list_is_refused(string? text)
    {
        Fail(new() { Kind = EmulatorFaultKind.NotJson, Text = text });
        Outcome done = Run("Get-PRInstance");
        Assert.Empty(done.Output);
        Assert.Equal(["MalformedResponse"], done.ErrorIds);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        Fail(new() { Kind = EmulatorFaultKind.NotJson, Text = new string('[', 100_000) });
        Assert.Equal(["MalformedResponse"], Run("Get-PRInstance").ErrorIds);
    }
}
