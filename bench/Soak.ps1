<#
.SYNOPSIS
    Changes a fleet under random faults and checks for each instance that the output of the cmdlets is what happened.
.DESCRIPTION
    Stops, starts and removes random parts of the fleet for some minutes, over a real socket, while the emulator fails
    before and after the effect, closes connections, truncates answers, delays, and returns 429. After each command:
    - an instance that was returned is in the returned state, which is the requested one;
    - an instance that caused an error is in its old state or in the requested one, and was not returned too;
    - every input instance is returned or reported exactly once.
    A seed repeats a run except for its timing. Ends with exit code 1 at the first mismatch.
#>
[CmdletBinding()]
param(
    [int] $Seconds = 120,
    [int] $Instances = 1000,
    [int] $Seed = 1,
    [int] $ThrottleLimit = 64,
    [string] $Module = (Join-Path $PSScriptRoot '../out/PulseRun')
)
$ErrorActionPreference = 'Stop'
Import-Module $Module
$random = [Random]::new($Seed)
$emulator = Start-PREmulator -Instances 0 -RequestsPerMinute 0 -Seed $Seed
$emulator.StartingTime = [timespan]::Zero
$emulator | Connect-PulseRun -TimeoutSec 5
foreach ($number in 1..$Instances) {
    $null = $emulator.AddInstance(@{ Id = 'inst_{0:d5}' -f $number; Status = 'running'; Gpu = 'a100_80gb'; Provider = 'vast_ai'; CostPerHour = 0.95 })
}
$faults = @(
    @{ Kind = 'ServerError'; Probability = 0.05 }, @{ Kind = 'ServerErrorAfterEffect'; Probability = 0.05 }
    @{ Kind = 'CutBeforeAnswer'; Probability = 0.02 }, @{ Kind = 'CutBeforeAnswer'; Probability = 0.02; AfterEffect = $true }
    @{ Kind = 'HalfAnswer'; Probability = 0.03 }, @{ Kind = 'Delay'; Probability = 0.05 }, @{ Kind = 'HtmlError'; Probability = 0.02 }
    @{ Kind = 'TooManyRequests'; Probability = 0.01 }, @{ Kind = 'EmptyAnswer'; Probability = 0.05 }, @{ Kind = 'PartialAnswer'; Probability = 0.05 }
)
foreach ($fault in $faults) { $emulator.AddFault([PulseRun.EmulatorFault] $fault) }

$mismatches = [Collections.Generic.List[string]]::new()
$totals = @{ commands = 0; acts = 0; errors = 0 }
$clock = [Diagnostics.Stopwatch]::StartNew()
$alive = [Collections.Generic.List[string]] @($emulator.Instances.Id)
while ($clock.Elapsed.TotalSeconds -lt $Seconds -and $mismatches.Count -eq 0 -and $alive.Count) {
    $before = @{}
    foreach ($instance in $emulator.Instances) { $before[$instance.Id] = $instance.Status }
    $verb, $from, $to = switch ($random.Next(10)) { 0 { 'Remove', '*', 'terminated' } { $_ -in 1..5 } { 'Stop', 'running', 'stopped' } default { 'Start', 'stopped', 'running' } }
    $chosen = @($alive | Where-Object { $before[$_] -like $from -and $random.NextDouble() -lt ($verb -eq 'Remove' ? 0.02 : 0.5) })
    if (-not $chosen) { continue }

    $problems = $null
    $arguments = @{ ThrottleLimit = $ThrottleLimit; Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'problems' }
    $results = @($chosen | & "$verb-PRInstance" @arguments)
    $totals.commands++; $totals.acts += $results.Count; $totals.errors += $problems.Count

    $after = @{}
    foreach ($instance in $emulator.Instances) { $after[$instance.Id] = $instance.Status }
    # The emulator lists terminated instances for an hour of its time, so a missing one is terminated too.
    $truth = { param($id) $after.ContainsKey($id) ? $after[$id] : 'terminated' }
    foreach ($result in $results) {
        if ($result.Status -ne $to) { $mismatches.Add("$verb $($result.Id): returned as $($result.Status), requested $to") }
        if ((& $truth $result.Id) -ne $result.Status) { $mismatches.Add("$verb $($result.Id): returned as $($result.Status), is $(& $truth $result.Id)") }
    }
    foreach ($problem in $problems) {
        $id = "$($problem.TargetObject)"
        if ((& $truth $id) -notin $before[$id], $to) { $mismatches.Add("$verb ${id}: an error, was $($before[$id]), is $(& $truth $id)") }
    }
    $mentioned = @($results.Id) + @($problems | ForEach-Object { "$($_.TargetObject)" }) | Group-Object
    foreach ($twice in $mentioned | Where-Object Count -ne 1) { $mismatches.Add("$verb $($twice.Name): reported $($twice.Count) times") }
    $missing = $chosen | Where-Object { $_ -notin $mentioned.Name }
    foreach ($id in $missing) { $mismatches.Add("$verb ${id}: not reported") }
    $inOrder = [string]::Join(',', @($results.Id)) -eq [string]::Join(',', @($chosen | Where-Object { $_ -in $results.Id }))
    if (-not $inOrder) { $mismatches.Add("$verb`: results out of order") }
    if ($verb -eq 'Remove') { foreach ($id in @($alive | Where-Object { (& $truth $_) -eq 'terminated' })) { $null = $alive.Remove($id) } }
}
Stop-PREmulator
"{0} commands, {1} acts, {2} errors, {3} mismatches in {4:0} s" -f $totals.commands, $totals.acts, $totals.errors, $mismatches.Count, $clock.Elapsed.TotalSeconds
$mismatches | Select-Object -First 20
exit [int]($mismatches.Count -gt 0)
