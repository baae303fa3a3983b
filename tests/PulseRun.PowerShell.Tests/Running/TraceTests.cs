using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

/// <summary>Checks what cmdlets and requests export with OTEL_EXPORTER_OTLP_ENDPOINT, to a collector that shares no code with the exporter.</summary>
public class TraceTests : CmdletTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly OtlpCollector _collector = new();

    public TraceTests()
    {
        SetVariable("OTEL_BSP_SCHEDULE_DELAY", "20");
        SetVariable("OTEL_METRIC_EXPORT_INTERVAL", "50");
        SetVariable("TRACEPARENT", Parent);
        StartEmulator();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _collector.Dispose();
    }

    [Fact]
    public void Requests_are_children_of_their_cmdlet_and_cmdlets_of_TRACEPARENT()
    {
        SetVariable("OTEL_SERVICE_NAME", "nightly");
        Trace("Get-PRInstance -Status running | Select-Object -First 2 | Stop-PRInstance");
        OtlpSpan get = One("Get-PRInstance"), stop = One("Stop-PRInstance"), list = One("GET /v1/instances");
        OtlpSpan[] stops = All("POST /v1/instances/{id}/stop");
        Assert.Equal(2, stops.Length);
        Assert.Equal(get.SpanId, list.ParentId);
        Assert.All(stops, span => Assert.Equal(stop.SpanId, span.ParentId));
        Assert.All([get, stop], static span => Assert.Equal("b7ad6b7169203331", span.ParentId));
        Assert.All(_collector.Spans, static span => Assert.Equal("0af7651916cd43dd8448eb211c80319c", span.TraceId));
        Assert.Equal((1, 3), (get.Kind, list.Kind));
        Assert.InRange(list.Start, get.Start, list.End);
        Assert.Equal("nightly", get.Resource["service.name"]);
    }

    [Fact]
    public void A_request_has_the_attributes_of_the_HTTP_conventions()
    {
        Trace("Get-PRInstance -Status running");
        OtlpSpan list = One("GET /v1/instances");
        Assert.Equal("GET", list.Attributes["http.request.method"]);
        Assert.Equal("127.0.0.1", list.Attributes["server.address"]);
        Assert.Equal(Emulator.BaseUri.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), list.Attributes["server.port"]);
        Assert.Equal("200", list.Attributes["http.response.status_code"]);
        // The value of a query may be a secret, so it is not shown.
        Assert.Equal(Emulator.BaseUri + "v1/instances?*", list.Attributes["url.full"]);
        Assert.Equal(0, list.Status);
        WaitUntil(() => _collector.Points.Any(static point => point.Name == "http.client.request.duration"));
        OtlpPoint duration = _collector.Points.First(static point => point.Name == "http.client.request.duration");
        Assert.Equal(("histogram", "s", 1.0, "GET", "200"), (duration.Kind, duration.Unit, duration.Value, duration.Attributes["http.request.method"], duration.Attributes["http.response.status_code"]));
    }

    [Fact]
    public void Retries_and_waits_for_the_rate_limit_are_events()
    {
        Fail(new EmulatorFault { Method = "GET", Path = "/v1/instances", Kind = EmulatorFaultKind.ServerError, Status = 503, Times = 1 });
        Trace("Get-PRInstance");
        OtlpSpan get = One("Get-PRInstance");
        OtlpSpan[] lists = All("GET /v1/instances");
        Assert.Equal(["503", "200"], lists.OrderBy(static span => span.Start).Select(static span => span.Attributes["http.response.status_code"]));
        Assert.Equal("503", lists.Single(static span => span.Status == 2).Attributes["error.type"]);
        Assert.Equal("1", lists.Single(static span => span.Status == 0).Attributes["http.request.resend_count"]);
        Assert.Equal(["pulserun.retry"], get.Events);
        Assert.Equal("ServerError", get.EventAttributes[0]["error.type"]);

        Fail(new EmulatorFault { Method = "GET", Path = "/v1/instances/*", Kind = EmulatorFaultKind.TooManyRequests, RetryAfter = 1, Times = 1 });
        Trace("Get-PRInstance $ids[0]");
        OtlpSpan waiting = All("Get-PRInstance").Single(span => span.SpanId != get.SpanId);
        Assert.Equal(["pulserun.retry", "pulserun.rate_limit.wait"], waiting.Events);
        Assert.InRange(double.Parse(waiting.EventAttributes[1]["pulserun.wait.seconds"], System.Globalization.CultureInfo.InvariantCulture), 0.3, 30);
        Assert.Contains("pulserun.rate_limit.wait", All("GET /v1/instances/{id}").Single(static span => span.Status == 0).Events);
    }

    [Fact]
    public void A_failure_is_an_error_with_its_id()
    {
        Trace("Get-PRInstance inst_none -ErrorAction SilentlyContinue");
        Assert.Equal((2, "InstanceNotFound"), (One("Get-PRInstance").Status, One("Get-PRInstance").Attributes["error.type"]));
        Assert.Equal((2, "404"), (One("GET /v1/instances/{id}").Status, One("GET /v1/instances/{id}").Attributes["error.type"]));
    }

    [Fact]
    public void The_server_gets_the_span_of_the_request_as_parent_and_nothing_shows_the_key()
    {
        string key = Emulator.ApiKey;
        Trace("Connect-PulseRun -ApiKey (ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force) -BaseUri $emulator.BaseUri; Get-PRInstance; Get-PRInstance $emulator.ApiKey -ErrorAction SilentlyContinue; Get-PRBalance");
        Assert.DoesNotContain(key, _collector.Raw, StringComparison.Ordinal);
        WaitUntil(() => _collector.Points.Length > 0);
        Assert.DoesNotContain(key, _collector.Raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "not an address")]
    public void Nothing_is_exported_when_it_is_disabled_or_the_address_is_wrong(string variable, string value)
    {
        SetVariable("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Endpoint);
        SetVariable(variable, value);
        Outcome outcome = Do("Get-PRInstance; Get-PRInstance");
        Assert.Equal(12, outcome.As<Instance>().Length);
        Assert.Equal(variable == "OTEL_SDK_DISABLED" ? 0 : 1, outcome.Warnings.Count);
        SetVariable("OTEL_EXPORTER_OTLP_ENDPOINT", null);
        Do("Get-PRContext");
        Assert.Empty(_collector.Requests);
    }

    [Fact]
    public void A_collector_that_refuses_or_hangs_does_not_disturb_a_command()
    {
        _collector.Status = 0;
        SetVariable("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Endpoint);
        Assert.Equal(6, Do("Get-PRInstance").Output.Count);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        SetVariable("OTEL_EXPORTER_OTLP_ENDPOINT", null);
        Assert.Equal(6, Do("Get-PRInstance").Output.Count);
        // The end of the traces takes at most half a second; the rest is for a busy machine.
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 60);
    }

    /// <summary>Runs a script with traces, and waits for their export.</summary>
    private void Trace(string script)
    {
        SetVariable("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Endpoint);
        Run(script);
        // Spans are exported in their order, so all have arrived with that of one more cmdlet.
        int before = All("Get-PRContext").Length;
        Do("Get-PRContext");
        WaitUntil(() => All("Get-PRContext").Length > before);
        // A cmdlet without the variable ends the traces. It waits half a second for what is left, which a busy machine may not export in that time.
        SetVariable("OTEL_EXPORTER_OTLP_ENDPOINT", null);
        Do("Get-PRContext");
    }

    private OtlpSpan One(string name) => Assert.Single(All(name));

    private OtlpSpan[] All(string name) => _collector.Spans.Where(span => span.Name == name).ToArray();
}
