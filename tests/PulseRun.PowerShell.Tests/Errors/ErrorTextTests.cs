using System.Management.Automation;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Errors;

/// <summary>Tests the texts of errors.</summary>
public class ErrorTextTests : CmdletTests
{
    public ErrorTextTests() => StartEmulator();

    private ErrorRecord FailedStop(EmulatorFault fault)
    {
        Fail(fault);
        return Assert.Single(Run("Stop-PRInstance $ids[0] -Confirm:$false").Errors);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Detail")]
    [InlineData("Array")]
    [InlineData("Nested")]
    [InlineData("Text")]
    public void The_server_s_words_are_shown(string? form)
    {
        ErrorRecord error = FailedStop(new() { Kind = EmulatorFaultKind.ServerError, Status = 400, Text = "The moon is in the way", Form = form });
        Assert.Equal("InvalidRequest", Outcome.IdOf(error));
        Assert.Equal(400, ((PulseRunException)error.Exception).StatusCode);
        Assert.Contains("The moon is in the way", error.ToString());
        Assert.DoesNotContain("<", error.ToString());
    }

    [Fact]
    public void A_page_of_markup_is_not_shown()
    {
        ErrorRecord error = FailedStop(new() { Kind = EmulatorFaultKind.ServerError, Status = 400, Text = "The moon is in the way", Form = "Html" });
        Assert.Equal("InvalidRequest", Outcome.IdOf(error));
        Assert.Equal(400, ((PulseRunException)error.Exception).StatusCode);
        Assert.DoesNotContain("<", error.ToString());
    }

    [Fact]
    public void Without_words_of_the_server_there_are_the_instance_and_the_status() =>
        AssertLike($"*{Ids[0]}*400*", FailedStop(new() { Kind = EmulatorFaultKind.ServerError, Status = 400, Form = "Empty" }).ToString());

    [Fact]
    public void The_nested_error_of_a_gateway_is_read() =>
        Assert.Contains("Deep down", FailedStop(new() { Kind = EmulatorFaultKind.NestedError, Status = 400, Text = "Deep down" }).ToString());

    [Fact]
    public void Long_words_are_cut_at_500_characters()
    {
        ErrorRecord error = FailedStop(new() { Kind = EmulatorFaultKind.ServerError, Status = 400, Text = new string('x', 20_000) });
        Assert.True(((PulseRunException)error.Exception).Detail!.Length <= 500);
        Assert.True(error.ToString().Length < 700);
    }

    [Fact]
    public void A_text_without_end_is_one_error() =>
        FailedStop(new() { Kind = EmulatorFaultKind.ServerError, Status = 400, Text = new string('x', 200_000) });

    [Fact]
    public void Control_characters_are_taken_out_of_the_server_s_words()
    {
        ErrorRecord error = FailedStop(new() { Kind = EmulatorFaultKind.ServerError, Status = 400, Text = "red \e[31m alert\a\b\u009b2J \u202etxet\r\nnext" });
        var exception = (PulseRunException)error.Exception;
        Assert.All(new[] { error.ToString(), exception.Message, exception.Detail }, text =>
        {
            Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}]", text);
            Assert.Contains("alert", text);
        });
    }

    [Fact]
    public void An_error_can_be_caught_by_its_type_and_its_id()
    {
        Assert.Equal("InstanceNotFound", Get<string>(
            "try { Get-PRInstance inst_nosuch -ErrorAction Stop } catch [PulseRun.PulseRunException] { ($_.FullyQualifiedErrorId -split ',')[0] }"));
    }

    [Fact]
    public void ErrorAction_silences_and_ErrorVariable_still_counts()
    {
        Assert.Empty(Do("Get-PRInstance inst_nosuch -ErrorAction SilentlyContinue -ErrorVariable oops").All);
        Assert.Equal(1, Get<int>("$oops.Count"));
        Assert.Empty(Do("Get-PRInstance inst_nosuch -ErrorAction Ignore").All);
    }
}
