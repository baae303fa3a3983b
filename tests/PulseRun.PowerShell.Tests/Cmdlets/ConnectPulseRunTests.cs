using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Security;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>The address, the key and the settings of a connection. Saved profiles are in SavedProfileTests.</summary>
public class ConnectPulseRunTests : CmdletTests
{
    private readonly string _base;

    public ConnectPulseRunTests()
    {
        StartEmulator();
        Do("Disconnect-PulseRun; $key = ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force");
        _base = "http://127.0.0.1:" + Emulator.Port;
        Shell.Set("base", _base);
    }

    private const string Connect = "Connect-PulseRun -ApiKey $key -BaseUri $base ";

    private int CountInstances() => GetAll<Instance>("Get-PRInstance").Length;

    private string? Source => Get<Context>("Get-PRContext").Source;

    /// <summary>Returns every text of the error that ended a script.</summary>
    private string ErrorText(string script)
    {
        Assert.NotNull(Run(script).Ended);
        return Get<string>("$Error[0] | Format-List * -Force | Out-String");
    }

    private void SetKey(string key) => SetVariable("PULSERUN_API_KEY", key);

    private void SetBase(string address) => SetVariable("PULSERUN_BASE_URI", address);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/V1")]
    public void The_base_address_may_have_an_ending(string ending)
    {
        Assert.Equal(_base + "/", Get<Context>(Connect.TrimEnd() + ending + " -PassThru").BaseUri.ToString());
        Assert.Equal(6, CountInstances());
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    public void The_variables_are_used_without_Connect(string ending)
    {
        SetKey(Emulator.ApiKey);
        SetBase(_base + ending);
        Assert.Equal(6, CountInstances());
        Assert.Equal("Environment", Source);
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    [Fact]
    public void The_default_address_is_the_real_API() => Assert.Equal("https://api.pulserun.dev/", Get<Context>("Connect-PulseRun -ApiKey $key -PassThru").BaseUri.ToString());

    [Theory]
    [InlineData("http://api.pulserun.dev")]
    [InlineData("http://10.0.0.1")]
    [InlineData("http://192.168.1.1:8080/v1")]
    [InlineData("http://localhost.example.com")]
    [InlineData("http://127.0.0.1.example.com")]
    [InlineData("HTTP://example.com")]
    public void Plain_http_to_another_host_is_rejected(string address)
    {
        Outcome done = Run("Connect-PulseRun -ApiKey $key -BaseUri " + address + " -PassThru");
        Assert.Equal("InsecureEndpoint", done.EndedId);
        Assert.Equal("SecurityError", done.Ended!.CategoryInfo.Category.ToString());
        Assert.Empty(done.Output);
        Assert.Empty(Do("Get-PRContext").Output);
    }

    [Fact]
    public void Plain_http_from_the_environment_is_rejected()
    {
        SetKey(Emulator.ApiKey);
        SetBase("http://api.pulserun.dev");
        Assert.Equal("InsecureEndpoint", Run("Get-PRInstance").EndedId);
    }

    [Theory]
    [InlineData("http://localhost:1234")]
    [InlineData("http://127.0.0.1:1234")]
    [InlineData("http://[::1]:1234")]
    public void Plain_http_to_this_machine_is_allowed(string address) =>
        Assert.Equal(address + "/", Get<Context>("Connect-PulseRun -ApiKey $key -PassThru -BaseUri '" + address + "'").BaseUri.ToString());

    [Theory]
    [InlineData("nonsense")]
    [InlineData("ftp://api.pulserun.dev")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://")]
    [InlineData("https://me:hunter2@api.pulserun.dev")]
    [InlineData("https://api.pulserun.dev/?hunter2=1")]
    [InlineData("https://api.pulserun.dev/#x")]
    public void What_is_not_an_address_of_an_API_is_rejected(string address)
    {
        Outcome done = Run("Connect-PulseRun -ApiKey $key -BaseUri '" + address + "'");
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Equal("BaseUri", done.Ended!.TargetObject);
        Assert.DoesNotContain("hunter2", done.Ended.ToString());
    }

    [Fact]
    public void It_sends_no_request_and_returns_the_context_only_with_PassThru()
    {
        Assert.Empty(Do(Connect).Output);
        Assert.IsType<Context>(Assert.Single(Do(Connect + "-PassThru").Output));
        Assert.Empty(Sent);
    }

    [Fact]
    public void The_key_of_the_parameter_is_preferred_to_that_of_the_environment()
    {
        SetKey("pr_live_wrongwrongwrong");
        SetBase(_base);
        Do("Connect-PulseRun -ApiKey $key");
        Assert.Equal("Parameter", Source);
        Assert.Equal(6, CountInstances());
    }

    [Theory]
    [InlineData("pr_live_abcdefghijkl", "live")]
    [InlineData("pr_test_abcdefghijkl", "test")]
    [InlineData("something-else", "unknown")]
    public void The_mode_follows_from_the_form_of_the_key(string key, string mode) =>
        Assert.Equal(mode, Get<Context>("Connect-PulseRun -PassThru -ApiKey (ConvertTo-SecureString " + key + " -AsPlainText -Force)").Mode);

    [Theory]
    [InlineData("pr_live_abc\n")]
    [InlineData("pr_live_abc def")]
    [InlineData("pr_live_äöü")]
    [InlineData("")]
    public void A_key_that_cannot_be_sent_is_rejected(string text)
    {
        SecureString key = new();
        foreach (char letter in text)
            key.AppendChar(letter);
        Shell.Set("key", key);
        Outcome done = Run(Connect);
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Equal("ApiKey", done.Ended!.TargetObject);
    }

    [Fact]
    public void The_connection_works_after_the_caller_has_disposed_the_key()
    {
        Do(Connect + "; $key.Dispose()");
        Assert.Equal(6, CountInstances());
    }

    [Fact]
    public void Without_any_key_it_fails()
    {
        Outcome done = Run("Connect-PulseRun");
        Assert.Equal("NotConnected", done.EndedId);
        Assert.Equal("AuthenticationError", done.Ended!.CategoryInfo.Category.ToString());
    }

    [Fact]
    public void A_failure_keeps_the_previous_connection()
    {
        Do("$emulator | Connect-PulseRun");
        Assert.NotNull(Run("Connect-PulseRun -ApiKey $key -BaseUri http://example.com").Ended);
        Assert.Equal(6, CountInstances());
    }

    [Fact]
    public void A_changed_environment_is_noticed()
    {
        SetBase(_base);
        SetKey("pr_live_wrongwrongwrong");
        Assert.Equal("Unauthorized", Run("Get-PRInstance").EndedId);
        SetKey(Emulator.ApiKey);
        Assert.Equal(6, CountInstances());
    }

    /// <summary>Sets the variable of the key file, and returns the path of the file.</summary>
    private string UseKeyFile(string? content)
    {
        string path = Path.Combine(Folder, "key");
        SetBase(_base);
        SetVariable("PULSERUN_API_KEY_FILE", path);
        if (content is not null)
            File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public void A_key_file_provides_the_key_without_its_line_break()
    {
        UseKeyFile(Emulator.ApiKey + Environment.NewLine);
        Assert.Equal(6, CountInstances());
        Assert.Equal("Environment", Source);
    }

    [Fact]
    public void A_key_file_is_not_used_when_PULSERUN_API_KEY_is_set()
    {
        UseKeyFile("pr_test_another");
        SetKey(Emulator.ApiKey);
        Assert.Equal(6, CountInstances());
    }

    [Theory]
    [InlineData("not there")]
    [InlineData("empty")]
    [InlineData("a folder")]
    [InlineData("too long")]
    [InlineData("a pipe")]
    public void A_key_file_that_cannot_be_read_is_an_error_even_if_a_profile_is_saved(string how)
    {
        Do(Connect + "-Save -WarningAction SilentlyContinue; Disconnect-PulseRun");
        string path = UseKeyFile(how switch { "empty" => "", "too long" => new string('x', 5000), _ => null });
        if (how == "a folder")
            Directory.CreateDirectory(path);
        if (how == "a pipe")
            Do("mkfifo " + path);
        Outcome done = Run("Get-PRInstance");
        Assert.Equal("NotConnected", done.EndedId);
        Assert.Contains("PULSERUN_API_KEY_FILE", done.Ended!.ToString());
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_key_file_whose_key_cannot_be_sent_is_InvalidRequest_without_the_key()
    {
        UseKeyFile("pr_test_canary\nsecond");
        Assert.Equal("InvalidRequest", Run("Get-PRInstance").EndedId);
        Assert.DoesNotContain("canary", ErrorText("Get-PRInstance"));
    }

    [Fact]
    public void A_key_command_runs_at_the_first_use_of_the_key()
    {
        string ran = Path.Combine(Folder, "ran");
        Do("Connect-PulseRun -BaseUri $base -KeyCommand ([scriptblock]::Create(\"Set-Content '$folder/ran' x; '$($emulator.ApiKey)'\"))");
        Assert.Equal("unknown", Get<Context>("Get-PRContext").Mode);
        Do("TabExpansion2 'Get-PRInstance inst_' 20");
        Assert.False(File.Exists(ran));
        Assert.Equal(6, CountInstances());
        Assert.True(File.Exists(ran));
        Context context = Get<Context>("Get-PRContext");
        Assert.Equal(("test", "Command"), (context.Mode, context.Source));
    }

    [Fact]
    public void A_key_command_may_return_a_SecureString()
    {
        Do("Connect-PulseRun -BaseUri $base -KeyCommand ([scriptblock]::Create(\"ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force\"))");
        Assert.Equal(6, CountInstances());
    }

    [Theory]
    [InlineData("throw 'canary'")]
    [InlineData("Read-Host 'Key'")]
    [InlineData("")]
    [InlineData("'pr_test_canary', 'pr_test_other'")]
    [InlineData("42")]
    [InlineData("'pr_test_canary x'")]
    public void A_key_command_that_returns_no_key_is_NotConnected_and_sends_no_request(string command)
    {
        Do("Connect-PulseRun -BaseUri $base -KeyCommand { " + command + " }");
        Assert.Equal("NotConnected", Run("Get-PRInstance").EndedId);
        Assert.DoesNotContain("canary", ErrorText("Get-PRInstance"));
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_key_command_runs_again_after_a_failure()
    {
        string later = Path.Combine(Folder, "later");
        Do("Connect-PulseRun -BaseUri $base -KeyCommand ([scriptblock]::Create(\"Get-Content '$folder/later' -ErrorAction Stop\"))");
        Assert.Equal("NotConnected", Run("Get-PRInstance").EndedId);
        File.WriteAllText(later, Emulator.ApiKey);
        Assert.Equal(6, CountInstances());
    }

    [Fact]
    public void A_key_command_cannot_be_combined_with_ApiKey() => Assert.Equal("InvalidRequest", Run("Connect-PulseRun -ApiKey $key -KeyCommand { 'x' }").EndedId);

    [Fact]
    public void Test_sends_one_request()
    {
        Do(Connect + "-Test");
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    [Fact]
    public void Test_with_a_wrong_key_fails_keeps_the_previous_connection_and_saves_nothing()
    {
        Outcome done = Run("""
            $emulator | Connect-PulseRun
            Connect-PulseRun -ApiKey (ConvertTo-SecureString pr_test_wrong -AsPlainText -Force) -BaseUri $base -Test -Save -PassThru
            """);
        Assert.Equal("Unauthorized", done.EndedId);
        Assert.Empty(done.Output);
        Assert.False(File.Exists(Path.Combine(DataDirectory, "profiles.json")));
        Assert.Equal(6, CountInstances());
    }

    [Fact]
    public void The_settings_are_those_of_the_parameters()
    {
        Context context = Get<Context>("$emulator | Connect-PulseRun -RequestsPerMinute 1000 -TimeoutSec 7 -MaxWaitSec 0 -PassThru");
        Assert.Equal((1000, TimeSpan.FromSeconds(7), TimeSpan.Zero), (context.RequestsPerMinute, context.Timeout, context.MaxWait));
    }

    [Fact]
    public void The_defaults_are_100_s_for_a_request_and_600_s_for_the_rate_limit()
    {
        Context context = Get<Context>("$emulator | Connect-PulseRun -PassThru");
        Assert.Equal((null, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(600)), (context.RequestsPerMinute, context.Timeout, context.MaxWait));
    }

    [Theory]
    [InlineData("-TimeoutSec 0")]
    [InlineData("-MaxWaitSec -1")]
    [InlineData("-RequestsPerMinute 0")]
    public void The_settings_have_ranges(string setting) => Assert.Equal("ParameterArgumentValidationError", Run("$emulator | Connect-PulseRun " + setting).EndedId);

    [Fact]
    public void Emulator_connects_inside_this_process()
    {
        Do("Connect-PulseRun -Emulator");
        Assert.Equal("emulator", Get<Context>("Get-PRContext").Mode);
        Assert.Equal("stopped", Get<Instance>("$first = Get-PRInstance -Status running | Select-Object -First 1; $first | Stop-PRInstance").Status);
        Assert.Contains(Get<Instance>("$first | Start-PRInstance").Status, new[] { "starting", "running" });
        Assert.Equal("terminated", Get<Instance>("$first | Remove-PRInstance -Force").Status);
        Assert.Empty(Sent);
    }

    [Fact]
    public void An_emulator_is_connected_to_on_its_port()
    {
        Assert.Equal(Emulator.BaseUri, Get<Context>("$emulator | Connect-PulseRun -PassThru").BaseUri);
        Assert.Equal(6, CountInstances());
    }

    [Fact]
    public void The_key_does_not_go_to_another_host_to_which_the_server_redirects()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        var url = new Uri("http://" + other.LocalEndpoint + "/v1/instances");
        Do("$emulator | Connect-PulseRun");
        foreach (int status in new[] { 301, 302, 307, 308 })
        {
            Emulator.ClearFaults();
            Fail(new() { Kind = EmulatorFaultKind.RedirectTo, Url = url, Status = status });
            Assert.Equal(["MalformedResponse"], Run("Get-PRInstance").ErrorIds);
        }
        Emulator.ClearFaults();
        Fail(new() { Kind = EmulatorFaultKind.ForeignNext, Url = url });
        Assert.Equal(["IncompleteList"], Run("Get-PRInstance").ErrorIds);
        Assert.False(other.Pending());
    }
}
