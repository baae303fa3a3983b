# Measures the first call in a session that is already in use: Utility is loaded and the module is imported, but no cmdlet was called.
param([ValidateSet('Module', 'Traced', 'Peer')] [string] $Side, [string] $Module, [string] $Address)
. $PSScriptRoot/Common.ps1
# A port that no collector listens on: the exporter fails in the background.
$env:OTEL_EXPORTER_OTLP_ENDPOINT = $Side -eq 'Traced' ? 'http://127.0.0.1:9' : $null
if ($Side -ne 'Peer') {
    $env:PULSERUN_BASE_URI = $Address
    $env:PULSERUN_API_KEY = 'pr_test_bench'
    Import-Module $Module
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $instances = Get-PRInstance
}
else {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $instances = (Invoke-RestMethod "$Address/v1/instances" -Headers $headers).data
}
$clock.Stop()
if ($instances.Count -ne 6) { throw "Not 6 but $($instances.Count) instances came." }
"ms=$($clock.Elapsed.TotalMilliseconds)"
"telemetry=$(@([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -match '^(OpenTelemetry|PulseRun.Telemetry)' }).Count)"
