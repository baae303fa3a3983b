using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class SendNotificationTests : CmdletTests
{
    private readonly Receiver _receiver = new();

    public SendNotificationTests()
    {
        SetVariable("PULSERUN_NOTIFY_URI", null);
        Shell.Set("uri", _receiver.Address);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _receiver.Dispose();
    }

    [Fact]
    public void It_sends_a_message_without_a_connection()
    {
        Assert.Empty(Do("Send-PRNotification 'run 17 is done' -NotifyUri $uri; 'from the pipeline' | Send-PRNotification -NotifyUri $uri -Event train.done -AsWarning").Output);
        Assert.Equal(["run 17 is done", "from the pipeline"], _receiver.Events.Select(static one => one.GetProperty("message").GetString()));
        JsonElement first = _receiver.Events[0], second = _receiver.Events[1];
        Assert.Equal((1, "message", JsonValueKind.Null), (first.GetProperty("version").GetInt32(), first.GetProperty("event").GetString(), first.GetProperty("id").ValueKind));
        Assert.Equal(("train.done", "true"), (second.GetProperty("event").GetString(), second.GetProperty("warning").GetString()));
        // Each message has a key of its own, by which a receiver recognises repetitions.
        Assert.Equal(2, _receiver.Requests.Select(static head => head[head.IndexOf("Idempotency-Key", StringComparison.Ordinal)..].Split("\r\n")[0]).Distinct().Count());
    }

    [Fact]
    public void An_instance_adds_what_is_known_of_it()
    {
        StartEmulator();
        Do("Get-PRInstance $ids[0] | Send-PRNotification 'checkpoint saved' -NotifyUri $uri");
        JsonElement sent = Assert.Single(_receiver.Events);
        Assert.Equal(Ids[0], sent.GetProperty("id").GetString());
        Assert.Equal(Emulator.Instances[0].CostPerHour, sent.GetProperty("costPerHour").GetDecimal());
        Assert.Equal(["GET /v1/instances/" + Ids[0]], Sent);
    }

    [Theory]
    [InlineData("Slack", "blocks")]
    [InlineData("Teams", "attachments")]
    public void Other_formats_interpret_nothing(string format, string part)
    {
        Do("Send-PRNotification '<!channel> [x](https://e.com)' -NotifyUri $uri -NotifyFormat " + format);
        string text = Assert.Single(_receiver.Events).GetRawText();
        Assert.True(_receiver.Events[0].TryGetProperty(part, out _));
        if (format == "Slack")
            Assert.DoesNotContain("<!channel>", JsonSerializer.Deserialize<JsonElement>(text).GetProperty("text").GetString(), StringComparison.Ordinal);
        else
            Assert.DoesNotContain("[x](", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_can_come_from_a_file_or_the_environment()
    {
        File.WriteAllText(Path.Combine(Folder, "hook"), _receiver.Address + "\n");
        Do("Send-PRNotification a -NotifyUriFile $folder/hook");
        SetVariable("PULSERUN_NOTIFY_URI", _receiver.Address);
        Do("Send-PRNotification b");
        Assert.Equal(2, _receiver.Events.Count);
    }

    [Theory]
    [InlineData("Send-PRNotification a")]
    [InlineData("Send-PRNotification a -NotifyUri http://hooks.example.com/SECRET")]
    [InlineData("Send-PRNotification a -NotifyUri https://user:SECRET@hooks.example.com")]
    [InlineData("Send-PRNotification a -NotifyUri $uri -NotifyUriFile x")]
    public void A_wrong_receiver_ends_the_command(string script)
    {
        Outcome outcome = Run(script);
        Assert.Equal("InvalidRequest", outcome.EndedId);
        Assert.DoesNotContain("SECRET", outcome.Ended!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_bad_message_among_good_ones_is_one_error()
    {
        Outcome outcome = Run("'a', (' ' * 10), ('x' * 4000), 'b' | Send-PRNotification -NotifyUri $uri");
        Assert.Equal(["InvalidRequest", "InvalidRequest"], outcome.ErrorIds);
        Assert.Equal(2, _receiver.Events.Count);
        Do("Send-PRNotification a -NotifyUri $uri -WhatIf");
        Assert.Equal(2, _receiver.Events.Count);
        _receiver.Status = 400;
        outcome = Run("Send-PRNotification a -NotifyUri $uri");
        Assert.Equal(["NotificationFailed"], outcome.ErrorIds);
        Assert.DoesNotContain("SECRET", string.Join("\n", outcome.All), StringComparison.Ordinal);
    }
}
