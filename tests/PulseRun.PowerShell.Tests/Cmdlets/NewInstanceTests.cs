using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>The request of New-PRInstance, and its input. Lost answers are in NewInstanceOutcomeTests, limits in NewInstanceLimitsTests.</summary>
public class NewInstanceTests : CmdletTests
{
    private const string Post = "POST /v1/instances";

    public NewInstanceTests() => StartEmulator();

    /// <summary>Returns the body of the request that a script sends, as -Debug shows it.</summary>
    private JsonElement Body(string script, string like = "> POST*")
    {
        string text = Assert.Single(Do(script).Debug, line => IsLike(line, like));
        return JsonDocument.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..]).RootElement;
    }

    private static string[] Names(JsonElement body) => body.EnumerateObject().Select(static field => field.Name).ToArray();

    [Fact]
    public void It_launches_with_a_GPU_and_a_template_only_and_does_not_ask()
    {
        Instance launched = Get<Instance>("New-PRInstance -Gpu h100_80gb -Template pytorch");
        Assert.Equal(("provisioning", "h100_80gb", "pytorch"), (launched.Status, launched.Gpu, launched.Template));
        Assert.Contains(launched.Id, Ids);
        Assert.Equal([Post], Sent);
        Assert.Empty(Shell.Host.Questions);
    }

    [Fact]
    public void It_takes_the_GPU_and_the_template_by_position() => Assert.Equal("vllm", Get<Instance>("New-PRInstance rtx_4090 vllm").Template);

    [Fact]
    public void It_sends_every_field_with_its_API_name()
    {
        JsonElement body = Body("""
            New-PRInstance -Gpu a100_80gb -Template custom -DockerImage 'ghcr.io/me/x:1' -DiskSizeGb 123 -Region eu -Spot -SshKeyId key_abc123 -Provider auto `
                -AutoMigrate -AutoSpotRecovery -BudgetLimit 12.5 -Debug
            """);
        JsonElement expected = JsonDocument.Parse("""
            { "gpu": "a100_80gb", "template": "custom", "docker_image": "ghcr.io/me/x:1", "disk_size_gb": 123, "region": "eu", "spot": true, "ssh_key_id": "key_abc123",
              "provider": "auto", "auto_migrate": true, "auto_spot_recovery": true, "budget_limit": 12.5 }
            """).RootElement;
        Assert.Equal(Names(expected).Order(), Names(body).Order());
        Assert.All(Names(expected), name => Assert.Equal(expected.GetProperty(name).ToString(), body.GetProperty(name).ToString()));
    }

    [Fact]
    public void It_sends_only_the_fields_that_are_given() => Assert.Equal(["gpu", "template"], Names(Body("New-PRInstance a100_80gb pytorch -Debug")));

    [Fact]
    public void Count_launches_several_instances()
    {
        Instance[] launched = GetAll<Instance>("New-PRInstance rtx_4090 pytorch -Count 5");
        Assert.Equal(5, launched.Select(static one => one.Id).Distinct().Count());
        Assert.Equal(5, CountSent("POST *"));
        Assert.Equal(11, Ids.Length);
    }

    [Theory]
    [InlineData("h100_80gb pytorch -DockerImage x", "DockerImage")]
    [InlineData("h100_80gb custom", "DockerImage")]
    [InlineData("h100_80gb pytorch -DiskSizeGb 0", "DiskSizeGb")]
    [InlineData("h100_80gb pytorch -DiskSizeGb -5", "DiskSizeGb")]
    [InlineData("h100_80gb pytorch -BudgetLimit -0.01", "BudgetLimit")]
    [InlineData("'  ' pytorch", "Gpu")]
    [InlineData("h100_80gb '  '", "Template")]
    public void A_value_that_cannot_be_right_is_an_error_before_a_request_is_sent(string arguments, string field)
    {
        Outcome done = Run("New-PRInstance " + arguments);
        Assert.Empty(done.Output);
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Contains(field, done.Errors[0].Exception.Message);
        Assert.IsType<LaunchRequest>(done.Errors[0].TargetObject);
        Assert.Empty(Sent);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public void Count_has_a_range(int count)
    {
        Assert.Equal("ParameterArgumentValidationError", Run(FormattableString.Invariant($"New-PRInstance h100_80gb pytorch -Count {count}")).EndedId);
        Assert.Empty(Sent);
    }

    [Fact]
    public void The_error_names_the_field_that_the_server_rejects()
    {
        Outcome done = Run("New-PRInstance nosuch_gpu pytorch");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        var error = Assert.IsType<PulseRunException>(done.Errors[0].Exception);
        Assert.Equal(("gpu", 422), (error.Field, error.StatusCode));
        Assert.Equal("nosuch_gpu", Assert.IsType<LaunchRequest>(done.Errors[0].TargetObject).Gpu);
    }

    [Fact]
    public void It_launches_a_plan_from_a_CSV_file()
    {
        File.WriteAllLines(Path.Combine(Folder, "plan.csv"),
        [
            "Gpu,Template,DiskSizeGb,Spot,Region,BudgetLimit,DockerImage,AutoMigrate,Count",
            "rtx_4090,pytorch,80,true,,12.5,,true,2",
            "h100_80gb,custom,,,eu,,ghcr.io/me/x,,",
        ]);
        Instance[] launched = GetAll<Instance>("Import-Csv $folder/plan.csv | New-PRInstance");
        Assert.Equal(["rtx_4090", "rtx_4090", "h100_80gb"], launched.Select(static one => one.Gpu));
        Assert.Equal([true, true, false], launched.Select(static one => one.Spot));
    }

    [Fact]
    public void A_row_takes_no_value_from_the_row_before_it()
    {
        JsonElement body = Body(
            "'Gpu,Template,DiskSizeGb,Spot,Region,BudgetLimit,AutoMigrate,Count', 'rtx_4090,pytorch,80,true,eu,12.5,true,2', 'h100_80gb,vllm,,,,,,' | ConvertFrom-Csv | New-PRInstance -Debug",
            "> POST*h100_80gb*");
        Assert.All(new[] { "spot", "auto_migrate" }, name => Assert.False(body.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True));
        Assert.DoesNotContain(Names(body), static name => name is "disk_size_gb" or "region" or "budget_limit");
    }

    [Fact]
    public void After_a_row_that_is_invalid_the_others_are_launched()
    {
        Outcome done = Run("@{ DiskSizeGb = 0 }, @{ DiskSizeGb = 50 } | ForEach-Object { [pscustomobject] ($_ + @{ Gpu = 'rtx_4090'; Template = 'pytorch' }) } | New-PRInstance");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Single(done.As<Instance>());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(408)]
    public void A_launch_is_sent_once_even_if_the_server_returns_an_error(int status)
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Path = "/v1/instances", Status = status, Times = 1 });
        // After a gateway's 504 the launch is decided only when the request timeout has passed.
        Run("$emulator | Connect-PulseRun -TimeoutSec 1; New-PRInstance rtx_4090 pytorch -SettleSec 1");
        Assert.Equal(1, CountSent("POST *"));
        Assert.Equal(7, Ids.Length);
    }

    [Fact]
    public void It_waits_for_the_rate_limit_and_then_launches_once()
    {
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, Method = "POST", Times = 1, RetryAfter = 0 });
        Assert.Equal("rtx_4090", Get<Instance>("New-PRInstance rtx_4090 pytorch").Gpu);
        Assert.Equal(7, Ids.Length);
    }

    [Theory]
    [InlineData("New-PRInstance rtx_4090 pytorch -Count 3 -WhatIf")]
    [InlineData("$WhatIfPreference = $true; New-PRInstance rtx_4090 pytorch -Confirm:$false")]
    public void WhatIf_sends_nothing(string script)
    {
        Assert.Empty(Do(script).All);
        Assert.Empty(Sent);
        Assert.Single(Shell.Host.Lines);
    }

    [Fact]
    public void WhatIf_shows_the_GPU_the_region_spot_and_the_last_known_price()
    {
        Do("New-PRInstance h100_80gb pytorch -Region eu -Spot -WhatIf; New-PRInstance h100_80gb pytorch; New-PRInstance h100_80gb pytorch -Count 2 -WhatIf");
        Assert.Equal(
        [
            "What if: Performing the operation \"Launch instance\" on target \"h100_80gb, pytorch, region eu, spot\".",
            "What if: Performing the operation \"Launch 2 instances\" on target \"h100_80gb, pytorch, region any, on demand, about $2.10/h each\".",
        ], Shell.Host.Lines);
        Assert.Equal(1, CountSent("POST *"));
    }
}
