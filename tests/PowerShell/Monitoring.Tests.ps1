BeforeDiscovery {
    $noPrometheus = -not (Get-Command prometheus -ErrorAction Ignore) -or -not (Get-Command promtool -ErrorAction Ignore)
    if ($noPrometheus) { Write-Host 'The metrics are not loaded into a Prometheus, because it is not installed.' }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    # The collector of the tests in process. It decodes OTLP without any code of OpenTelemetry.
    . $PSScriptRoot/Types.ps1
    Add-TestType PulseRun.PowerShell.Tests.Support.OtlpCollector -Path "$Root/tests/PulseRun.PowerShell.Tests/Support/OtlpCollector.cs"

    # Serves one file to every request, as node_exporter serves that of its textfile collector.
    Add-TestType PulseRun.Tests.FileServer -Definition @'
            using System; using System.IO; using System.Net; using System.Net.Sockets; using System.Text; using System.Threading.Tasks;
            namespace PulseRun.Tests {
                public sealed class FileServer : IDisposable {
                    private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
                    private readonly string _path;
                    public FileServer(string path) { _path = path; _listener.Start(); Port = ((IPEndPoint)_listener.LocalEndpoint).Port; _ = RunAsync(); }
                    public int Port { get; }
                    public void Dispose() { _listener.Stop(); }
                    private async Task RunAsync() {
                        try {
                            while (true) {
                                using (TcpClient client = await _listener.AcceptTcpClientAsync()) {
                                    NetworkStream stream = client.GetStream();
                                    await stream.ReadAsync(new byte[8192], 0, 8192);
                                    byte[] body = File.ReadAllBytes(_path);
                                    byte[] head = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: " + body.Length + "\r\nConnection: close\r\n\r\n");
                                    await stream.WriteAsync(head, 0, head.Length);
                                    await stream.WriteAsync(body, 0, body.Length);
                                }
                            }
                        } catch (Exception error) when (error is SocketException || error is ObjectDisposedException || error is IOException) { }
                    }
                }
            }
'@

    # New-MeasuredFleet: starts an emulator whose instances have readings for a verdict. One has a name from a hostile server.
    function New-MeasuredFleet {
        $emulator = Start-TestEmulator -Instances 0
        $emulator.SetBalance(100)
        foreach ($i in 0..2) {
            $null = $emulator.AddInstance([PulseRun.Instance] @{ Id = "inst_$i"; Status = 'running'; Gpu = $i -eq 2 ? "a`"b\c" : 'h100_80gb'; Provider = 'vast_ai'; Region = 'eu-west'; CostPerHour = $i + 1; StartedAt = $emulator.UtcNow.AddDays(-10); CreatedAt = $emulator.UtcNow.AddDays(-10) })
            $emulator.SetWorkload("inst_$i", $i -eq 0 ? 'busy' : 'idle')
        }
        foreach ($i in 1..8) { $null = Get-PRIdleInstance; $emulator.Advance([timespan]::FromMinutes(2)) }
        $null = Get-PRIdleInstance
        $emulator
    }
    $script:Rule = @{ IdleFor = '00:10:00'; MinSamples = 5; MaxGap = '00:03:00' }
}

Describe 'The metrics in a real Prometheus' -Skip:$noPrometheus {
    BeforeAll {
        $emulator = New-MeasuredFleet
        $file = "$TestDrive/pulserun.prom"
        Connect-PulseRun -ApiKey (ConvertTo-Key $emulator.ApiKey) -BaseUri $emulator.BaseUri -RequestsPerMinute 1000
        Export-PRMetric $file -PerInstance @Rule
        $server = [PulseRun.Tests.FileServer]::new($file)
        $address = "127.0.0.1:$(Get-LocalPort)"
        Set-Content "$TestDrive/prometheus.yml" @"
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['$Root/examples/monitoring/pulserun-alerts.yml']
scrape_configs:
  - job_name: pulserun
    static_configs: [{ targets: ['127.0.0.1:$($server.Port)'] }]
"@
        $prometheus = Start-Process prometheus -PassThru -ArgumentList "--config.file=$TestDrive/prometheus.yml", "--storage.tsdb.path=$TestDrive/data", "--web.listen-address=$address", '--log.level=error' -RedirectStandardOutput "$TestDrive/out.log" -RedirectStandardError "$TestDrive/error.log"

        # Get-Series: returns the series of an expression: their labels, and their values.
        function Get-Series([string] $Expression) {
            $answer = Invoke-RestMethod "http://$address/api/v1/query" -Method Post -Body @{ query = $Expression }
            if ($answer.status -ne 'success') { throw "$Expression failed." }
            @($answer.data.result | Where-Object { $_ })
        }
        Wait-Until { try { @(Get-Series 'pulserun_last_success_timestamp_seconds').Count -eq 1 } catch { $false } }
    }
    AfterAll {
        if ($prometheus) { Stop-Process $prometheus -ErrorAction Ignore; $null = $prometheus.WaitForExit(10000) }
        if ($server) { $server.Dispose() }
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'promtool finds nothing wrong with the file' {
        # With -Raw and a file as the input, because a pipeline of PowerShell would add a line end.
        $found = & sh -c "promtool check metrics < '$file' 2>&1"
        $LASTEXITCODE, $found | Should -Be 0
        [IO.File]::ReadAllText($file) | Should -Match '[^\n]\n$'
    }

    It 'promtool accepts the rules, their tests, and the configuration' {
        Push-Location "$Root/examples/monitoring"
        try {
            foreach ($arguments in ('check', 'rules', 'pulserun-alerts.yml'), ('test', 'rules', 'pulserun-alerts-test.yml'), ('check', 'config', 'prometheus.yml')) {
                $said = & promtool @arguments 2>&1
                $LASTEXITCODE | Should -Be 0 -Because "$said"
            }
        }
        finally { Pop-Location }
    }

    It 'is scraped, with every label as the server sent it' {
        (Get-Series 'up').value[1] | Should -Be 1
        [double] (Get-Series 'pulserun_burn_dollars_per_hour').value[1] | Should -Be 6
        [double] (Get-Series 'pulserun_runway_seconds').value[1] | Should -BeGreaterThan 3600
        $odd = Get-Series 'pulserun_instance_price_dollars_per_hour{id="inst_2"}'
        $odd.metric.gpu | Should -Be 'a"b\c'
        $odd.value[1] | Should -Be 3
        (Get-Series 'pulserun_instance_verdict{verdict="idle"}').metric.id | Sort-Object | Should -Be 'inst_1', 'inst_2'
        Get-Series 'pulserun_instance_idle_seconds{id="inst_0"}' | Should -BeNullOrEmpty
        # Nothing was left out by the scrape.
        @(Get-Series '{__name__=~"pulserun_.*"}').Count | Should -Be @(Get-Content $file | Where-Object { $_ -notlike '#*' }).Count
    }

    It 'loads the alert rules without an error' {
        Wait-Until { @((Invoke-RestMethod "http://$address/api/v1/rules").data.groups.rules | Where-Object health -EQ ok).Count -eq 7 }
        @((Invoke-RestMethod "http://$address/api/v1/rules").data.groups.rules | Where-Object lastError) | Should -BeNullOrEmpty
        Wait-Until { (Invoke-RestMethod "http://$address/api/v1/alerts").data.alerts.labels.alertname -contains 'PulseRunRunwayIsShort' }
    }

    It 'answers every query of the dashboard, with data where there is some' {
        $dashboard = Get-Content -Raw "$Root/examples/monitoring/pulserun-dashboard.json" | ConvertFrom-Json
        $dashboard.panels.Count | Should -BeGreaterThan 10
        @($dashboard.panels.id | Sort-Object -Unique).Count | Should -Be $dashboard.panels.Count
        $empty = foreach ($target in $dashboard.panels.targets) {
            if (-not @(Get-Series $target.expr.Replace('$account', '.*'))) { $target.expr }
        }
        # No instance of this fleet has a lifetime.
        $empty | Should -BeLike '*time_to_expiry*'
        # Each metric of the dashboard and of the rules exists.
        $known = @(Get-Content $file | Where-Object { $_ -like '# TYPE *' } | ForEach-Object { ($_ -split ' ')[2] }) + 'pulserun_instance_time_to_expiry_seconds'
        $used = [regex]::Matches((Get-Content -Raw "$Root/examples/monitoring/pulserun-dashboard.json", "$Root/examples/monitoring/pulserun-alerts.yml"), '\bpulserun_[a-z_]+').Value | Sort-Object -Unique
        $used | Where-Object { $_ -notin $known } | Should -BeNullOrEmpty
    }
}

Describe 'Traces of a process' {
    BeforeAll {
        $emulator = Start-TestEmulator
        $variables = Get-ConnectionVariables $emulator
        $variables.TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
        # The variables of the person who runs the tests must not matter.
        foreach ($name in 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_SERVICE_NAME', 'OTEL_SDK_DISABLED', 'OTEL_EXPORTER_OTLP_PROTOCOL') { $variables[$name] = '' }
        $assemblies = '[AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -match "^(OpenTelemetry|PulseRun.Telemetry|Microsoft.Extensions|System.Diagnostics.DiagnosticSource)" } | ForEach-Object Location'
    }
    AfterAll {
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'are exported when a script ends, with the right parents and without the key' {
        $collector = [PulseRun.PowerShell.Tests.Support.OtlpCollector]::new()
        try {
            $variables.OTEL_EXPORTER_OTLP_ENDPOINT = $collector.Endpoint
            $variables.OTEL_SERVICE_NAME = 'nightly'
            $variables.OTEL_EXPORTER_OTLP_HEADERS = 'x-token=abc'
            # The export may delay the end of a process by half a second. A busy machine can be too slow for that, and one of ten processes must make it.
            foreach ($try in 1..10) {
                $child = Invoke-Child -Environment $variables -Script "`$null = Get-PRInstance -Status running; exit 3"
                $child.ExitCode, $child.Errors | Should -Be 3, ''
                if ($collector.Spans.Name -contains 'Get-PRInstance' -and $collector.Points.Name -contains 'http.client.request.duration') { break }
            }
            $get = $collector.Spans | Where-Object Name -EQ Get-PRInstance | Select-Object -Last 1
            $list = $collector.Spans | Where-Object Name -EQ 'GET /v1/instances' | Select-Object -Last 1
            $get.ParentId, $list.ParentId | Should -Be 'b7ad6b7169203331', $get.SpanId
            $get.Resource['service.name'] | Should -Be nightly
            $collector.Points.Name | Should -Contain 'http.client.request.duration'
            $collector.Requests | Should -BeLike '*x-token: abc*'
            $collector.Raw | Should -Not -Match ([regex]::Escape($emulator.ApiKey))
        }
        finally {
            $collector.Dispose()
            $variables.OTEL_EXPORTER_OTLP_ENDPOINT = $variables.OTEL_SERVICE_NAME = $variables.OTEL_EXPORTER_OTLP_HEADERS = ''
        }
    }

    It 'do not keep a process from ending when the collector hangs' {
        $collector = [PulseRun.PowerShell.Tests.Support.OtlpCollector]::new()
        $collector.Status = 0
        try {
            $variables.OTEL_EXPORTER_OTLP_ENDPOINT = $collector.Endpoint
            $child = Invoke-Child -Environment $variables -Script '@(Get-PRInstance).Count'
            $child.ExitCode, $child.Lines | Should -Be 0, 6
        }
        finally {
            $collector.Dispose()
            $variables.OTEL_EXPORTER_OTLP_ENDPOINT = ''
        }
    }

    It 'load nothing of OpenTelemetry without the variable, and never a second DiagnosticSource' {
        # PowerShell compiles in the background what earlier processes of this user compiled at their start (StartupProfileData in its cache). The processes above compiled what creates traces, and to compile that is to load PulseRun.Telemetry, though nothing of it runs.
        $own = $variables + @{ XDG_CACHE_HOME = "$TestDrive/cache" }
        $child = Invoke-Child -Environment $own -Script "`$null = Get-PRInstance; Export-PRMetric '$TestDrive/x.prom'; Export-PRMetric -Uri http://127.0.0.1:9 -ErrorAction SilentlyContinue; $assemblies"
        $child.Errors | Should -Be ''
        $child.Lines | Where-Object { $_ -notlike '*DiagnosticSource.dll' } | Should -BeNullOrEmpty
        $variables.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:9'
        try { $child = Invoke-Child -Environment $variables -Script "`$null = Get-PRInstance; $assemblies" }
        finally { $variables.OTEL_EXPORTER_OTLP_ENDPOINT = '' }
        @($child.Lines | Where-Object { $_ -like '*OpenTelemetry*.dll' }).Count | Should -BeGreaterThan 2
        $source = @($child.Lines | Where-Object { $_ -like '*DiagnosticSource.dll' })
        $source | Should -HaveCount 1
        $source | Should -Not -BeLike "$ModulePath*"
        Get-ChildItem "$ModulePath/bin/net8.0" -Recurse -Filter 'System.Diagnostics.DiagnosticSource*' | Should -BeNullOrEmpty
    }
}
