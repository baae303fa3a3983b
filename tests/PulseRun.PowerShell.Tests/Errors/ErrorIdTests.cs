using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Errors;

/// <summary>Each error id that a request can end with: its category, its target, and that it does not end the pipeline.</summary>
public class ErrorIdTests : CmdletTests
{
    private const string List = "Get-PRInstance";
    private const string Metrics = "$instance | Get-PRInstanceMetrics";
    private const string Stop = "$instance | Stop-PRInstance -Confirm:$false";
    private const string Launch = "New-PRInstance rtx_4090 pytorch -SettleSec 1 -Confirm:$false";

    public ErrorIdTests()
    {
        StartEmulator(connect: "-MaxWaitSec 1");
        FindInstance();
    }

    private void FindInstance() => Do("$instance = Get-PRInstance -Status running | Select-Object -First 1; $id = $instance.Id");

    /// <summary>Limits the time of requests. Only tests that wait for the limit do, because a busy machine may meet it elsewhere.</summary>
    private void LimitRequests(int seconds)
    {
        Do(FormattableString.Invariant($"$emulator | Connect-PulseRun -TimeoutSec {seconds} -MaxWaitSec 1"));
        FindInstance();
    }

    private Instance Instance => (Instance)Shell.Get("instance")!;

    /// <summary>Fails unless a script writes one error that does not end it; returns the error.</summary>
    private ErrorRecord FailsWith(string errorId, ErrorCategory category, string script, int? rows = 0)
    {
        Outcome done = Run(script);
        Assert.Null(done.Ended);
        Assert.Equal([errorId], done.ErrorIds);
        if (rows is { } count)
            Assert.Equal(count, done.Output.Count);
        ErrorRecord record = done.Errors[0];
        Assert.Matches($@"^{errorId},PulseRun\.PowerShell\.Cmdlets\.\w+Command$", record.FullyQualifiedErrorId);
        Assert.Equal(category, record.CategoryInfo.Category);
        Assert.Equal(errorId, Assert.IsType<PulseRunException>(record.Exception).ErrorId);
        Assert.NotEmpty(record.ErrorDetails.RecommendedAction);
        return record;
    }

    [Theory]
    [InlineData("Get-PRInstance -Id inst_nosuch")]
    [InlineData("Stop-PRInstance -Id inst_nosuch -Confirm:$false")]
    [InlineData("Start-PRInstance -Id inst_nosuch")]
    [InlineData("Remove-PRInstance -Id inst_nosuch -Force")]
    [InlineData("Get-PRInstanceMetrics -Id inst_nosuch")]
    public void An_unknown_id(string script) =>
        Assert.Equal("inst_nosuch", FailsWith("InstanceNotFound", ErrorCategory.ObjectNotFound, script).TargetObject);

    [Theory]
    [InlineData("Forbidden", ErrorCategory.PermissionDenied, EmulatorFaultKind.ServerError, 403, Stop)]
    [InlineData("InvalidRequest", ErrorCategory.InvalidArgument, EmulatorFaultKind.ServerError, 400, Stop)]
    [InlineData("CapacityUnavailable", ErrorCategory.ResourceUnavailable, EmulatorFaultKind.NoCapacity, 0, "$instance | Start-PRInstance")]
    [InlineData("ServerError", ErrorCategory.ResourceUnavailable, EmulatorFaultKind.ServerError, 0, Metrics)]
    [InlineData("ServerError", ErrorCategory.ResourceUnavailable, EmulatorFaultKind.HtmlError, 501, Metrics)]
    [InlineData("RequestTimeout", ErrorCategory.OperationTimeout, EmulatorFaultKind.Hang, 0, Metrics)]
    [InlineData("ConnectionFailed", ErrorCategory.ConnectionError, EmulatorFaultKind.CutBeforeAnswer, 0, Metrics)]
    [InlineData("MalformedResponse", ErrorCategory.InvalidData, EmulatorFaultKind.NotJson, 0, Metrics)]
    public void A_request_that_fails(string errorId, ErrorCategory category, EmulatorFaultKind kind, int status, string script)
    {
        if (kind == EmulatorFaultKind.Hang)
            LimitRequests(2);
        Fail(new() { Kind = kind, Status = status == 0 ? null : status });
        Assert.Same(Instance, FailsWith(errorId, category, script).TargetObject);
    }

    [Fact]
    public void A_longer_wait_than_is_allowed()
    {
        Fail(new() { Kind = EmulatorFaultKind.TooManyRequests, RetryAfter = 3000 });
        Assert.Same(Instance, FailsWith("RateLimited", ErrorCategory.LimitsExceeded, Stop).TargetObject);
    }

    [Fact]
    public void A_redirect()
    {
        Fail(new() { Kind = EmulatorFaultKind.RedirectTo, Url = new Uri("https://elsewhere.invalid/") });
        Assert.Same(Instance, FailsWith("MalformedResponse", ErrorCategory.InvalidData, Metrics).TargetObject);
    }

    [Fact]
    public void A_state_that_does_not_allow_it()
    {
        Emulator.SetStatus(Instance.Id, "failed");
        Assert.Same(Instance, FailsWith("Conflict", ErrorCategory.InvalidOperation, Stop).TargetObject);
    }

    [Fact]
    public void A_server_that_is_not_there() =>
        Assert.Same(Instance, FailsWith("ConnectionFailed", ErrorCategory.ConnectionError, "Stop-PREmulator; " + Metrics).TargetObject);

    [Fact]
    public void An_object_of_another_connection() => Assert.Same(
        Instance,
        FailsWith("ContextMismatch", ErrorCategory.InvalidOperation, "$second = Start-PREmulator -Seed 2 | Connect-PulseRun -PassThru; $instance | Stop-PRInstance -Context $second -Confirm:$false").TargetObject);

    [Fact]
    public void An_id_that_is_none() =>
        Assert.Equal("a/b", FailsWith("InvalidRequest", ErrorCategory.InvalidArgument, "Stop-PRInstance -Id 'a/b' -Confirm:$false").TargetObject);

    [Theory]
    [InlineData(EmulatorFaultKind.HugeAnswer)]
    [InlineData(EmulatorFaultKind.DeepNesting)]
    public void An_answer_that_is_too_large_or_too_deep(EmulatorFaultKind kind)
    {
        Fail(new() { Kind = kind });
        Assert.Equal(Instance.Id, FailsWith("MalformedResponse", ErrorCategory.InvalidData, "Get-PRInstance -Id $id").TargetObject);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ListCut, 2)]
    [InlineData(EmulatorFaultKind.CursorLoop, null)]
    [InlineData(EmulatorFaultKind.ForeignNext, 2)]
    public void A_list_that_is_not_whole(EmulatorFaultKind kind, int? rows)
    {
        Fail(new() { Kind = kind });
        Assert.Equal(Emulator.BaseUri, FailsWith("IncompleteList", ErrorCategory.InvalidResult, List, rows).TargetObject);
    }

    [Fact]
    public void A_launch_without_credit()
    {
        Emulator.SetBalance(0);
        Assert.IsType<LaunchRequest>(FailsWith("InsufficientBalance", ErrorCategory.QuotaExceeded, Launch).TargetObject);
    }

    [Fact]
    public void A_launch_that_the_server_refuses() => Assert.IsType<LaunchRequest>(
        FailsWith("InvalidRequest", ErrorCategory.InvalidArgument, "New-PRInstance rtx_4090 pytorch -Region mars -Confirm:$false").TargetObject);

    [Fact]
    public void A_launch_without_capacity()
    {
        Fail(new() { Kind = EmulatorFaultKind.NoCapacity });
        Assert.IsType<LaunchRequest>(FailsWith("CapacityUnavailable", ErrorCategory.ResourceUnavailable, Launch).TargetObject);
    }

    [Fact]
    public void A_launch_that_may_have_happened_and_no_list_to_look_in()
    {
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Method = "GET", Status = 403 });
        Fail(new() { Kind = EmulatorFaultKind.CutBeforeAnswer, Method = "POST", AfterEffect = true });
        Assert.IsType<LaunchRequest>(FailsWith("LaunchOutcomeUnknown", ErrorCategory.InvalidResult, Launch).TargetObject);
    }

    [Fact]
    public void A_launch_that_did_not_happen()
    {
        LimitRequests(3);
        Fail(new() { Kind = EmulatorFaultKind.CutBeforeAnswer, Method = "POST" });
        // A list proves it when it comes later than the server may work on a request, which is the time limit of 3 s, and has settled.
        ErrorRecord record = FailsWith("ConnectionFailed", ErrorCategory.ConnectionError, "New-PRInstance rtx_4090 pytorch -SettleSec 4 -Confirm:$false");
        Assert.IsType<LaunchRequest>(record.TargetObject);
        Assert.Contains("It was not launched; it is safe to launch again.", record.ToString());
        Assert.Equal(6, Emulator.Instances.Count);
    }

    [Fact]
    public void A_launch_that_is_not_listed_before_the_server_may_have_finished_it()
    {
        Fail(new() { Kind = EmulatorFaultKind.CutBeforeAnswer, Method = "POST" });
        ErrorRecord record = FailsWith("LaunchOutcomeUnknown", ErrorCategory.InvalidResult, Launch);
        Assert.IsType<LaunchRequest>(record.TargetObject);
        Assert.Contains("longer than -SettleSec", record.ToString());
    }

    [Fact]
    public async Task A_server_whose_certificate_is_not_trusted()
    {
        using var key = RSA.Create(2048);
        using X509Certificate2 made = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<int> received = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            using var stream = new SslStream(client.GetStream());
            try
            {
                await stream.AuthenticateAsServerAsync(certificate);
                return await stream.ReadAsync(new byte[1000]);
            }
            catch (Exception error) when (error is AuthenticationException or IOException)
            {
                return 0;
            }
        });
        Do($"$key = ConvertTo-SecureString pr_live_canarycanary -AsPlainText -Force; Connect-PulseRun -ApiKey $key -BaseUri https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        FailsWith("UntrustedServer", ErrorCategory.SecurityError, List);
        Assert.Equal(0, await received.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData("Unauthorized", ErrorCategory.AuthenticationError, "$wrong", "'a', 'b', 'c' | Stop-PRInstance -Confirm:$false")]
    [InlineData("Unauthorized", ErrorCategory.AuthenticationError, "$wrong", "Get-PRInstance")]
    [InlineData("NotConnected", ErrorCategory.AuthenticationError, "Disconnect-PulseRun", "'a', 'b' | Stop-PRInstance -Confirm:$false")]
    [InlineData("NotConnected", ErrorCategory.AuthenticationError, "Disconnect-PulseRun", "New-PRInstance rtx_4090 pytorch -Confirm:$false")]
    [InlineData("InsecureEndpoint", ErrorCategory.SecurityError, "", "Connect-PulseRun -ApiKey $key -BaseUri http://example.com")]
    public void What_no_item_can_survive_ends_the_pipeline(string errorId, ErrorCategory category, string before, string script)
    {
        Do("$key = ConvertTo-SecureString pr_live_wrongwrongwrong -AsPlainText -Force");
        Do(before == "$wrong" ? "Connect-PulseRun -ApiKey $key -BaseUri $emulator.BaseUri" : before);
        Outcome done = Run(script);
        Assert.Equal(errorId, done.EndedId);
        Assert.Equal(category, done.Ended!.CategoryInfo.Category);
        Assert.IsType<PulseRunException>(done.Ended.Exception);
        Assert.NotEmpty(done.Ended.ErrorDetails.RecommendedAction);
        Assert.Empty(done.Errors);
        Assert.Empty(done.Output);
    }

    [Fact]
    public void Every_id_is_tested_here_or_with_the_cmdlet_that_raises_it()
    {
        // All but the one for faults of the module itself.
        IEnumerable<string> ids = typeof(ErrorIds).GetFields().Select(field => field.Name).Where(name => name != nameof(ErrorIds.UnexpectedError));
        string[] asserts = TestSources.CSharpLines.Where(line => Regex.IsMatch(line, @"Assert\.|InlineData\(|FailsWith\(")).ToArray();
        string[] shoulds = TestSources.PesterLines.Where(line => Regex.IsMatch(line, "ErrorId = |Should -(Be|BeLike|Contain|Throw -ErrorId) ")).ToArray();
        Assert.All(ids, id => Assert.True(
            asserts.Any(line => line.Contains('"' + id + '"', StringComparison.Ordinal)) || shoulds.Any(line => Regex.IsMatch(line, "'" + id + "\\b")),
            id));
    }

    [Fact]
    public void Every_id_has_a_category_of_PowerShell_and_an_advice()
    {
        Assert.Equal(typeof(ErrorIds).GetFields().Select(field => field.Name).Order(), ErrorCatalog.Kinds.Keys.Order());
        Assert.All(ErrorCatalog.Kinds.Values, kind =>
        {
            Assert.True(Enum.TryParse(kind.Category, out ErrorCategory category) && Enum.IsDefined(category), kind.Category);
            Assert.EndsWith(".", kind.RecommendedAction);
        });
    }
}
