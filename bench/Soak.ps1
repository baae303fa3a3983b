<#
.SYNOPSIS
    Drives a fleet through random faults and checks, item by item, that what the cmdlets said is what happened.
.DESCRIPTION
    Stops, starts and removes random parts of the fleet for some minutes, over a real socket, while the emulator fails
    before and after the effect, cuts connections, answers halves, delays, and answers 429. After each command:
    - an instance that was put out is in the state it was put out with, and that is the state asked for;
    - an instance that was put out as an error is in its old state or in the one asked for, and was not put out too;
    - every instance given in is told of exactly once.
    Repeats for the same seed, but for timing. Ends with exit code 1 at the first lie.
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

$lies = [Collections.Generic.List[string]]::new()
$told = @{ commands = 0; acts = 0; errors = 0 }
$clock = [Diagnostics.Stopwatch]::StartNew()
$alive = [Collections.Generic.List[string]] @($emulator.Instances.Id)
while ($clock.Elapsed.TotalSeconds -lt $Seconds -and $lies.Count -eq 0 -and $alive.Count) {
    $before = @{}
    foreach ($instance in $emulator.Instances) { $before[$instance.Id] = $instance.Status }
    $verb, $from, $to = switch ($random.Next(10)) { 0 { 'Remove', '*', 'terminated' } { $_ -in 1..5 } { 'Stop', 'running', 'stopped' } default { 'Start', 'stopped', 'running' } }
    $chosen = @($alive | Where-Object { $before[$_] -like $from -and $random.NextDouble() -lt ($verb -eq 'Remove' ? 0.02 : 0.5) })
    if (-not $chosen) { continue }

    $problems = $null
    $arguments = @{ ThrottleLimit = $ThrottleLimit; Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'problems' }
    $results = @($chosen | & "$verb-PRInstance" @arguments)
    $told.commands++; $told.acts += $results.Count; $told.errors += $problems.Count

    $after = @{}
    foreach ($instance in $emulator.Instances) { $after[$instance.Id] = $instance.Status }
    # Terminated instances vanish from the emulator after an hour of its time: gone is terminated too.
    $truth = { param($id) $after.ContainsKey($id) ? $after[$id] : 'terminated' }
    foreach ($result in $results) {
        if ($result.Status -ne $to) { $lies.Add("$verb $($result.Id): put out as $($result.Status), asked for $to") }
        if ((& $truth $result.Id) -ne $result.Status) { $lies.Add("$verb $($result.Id): put out as $($result.Status), is $(& $truth $result.Id)") }
    }
    foreach ($problem in $problems) {
        $id = "$($problem.TargetObject)"
        if ((& $truth $id) -notin $before[$id], $to) { $lies.Add("$verb ${id}: an error, was $($before[$id]), is $(& $truth $id)") }
    }
    $mentioned = @($results.Id) + @($problems | ForEach-Object { "$($_.TargetObject)" }) | Group-Object
    foreach ($twice in $mentioned | Where-Object Count -ne 1) { $lies.Add("$verb $($twice.Name): told of $($twice.Count) times") }
    $missing = $chosen | Where-Object { $_ -notin $mentioned.Name }
    foreach ($id in $missing) { $lies.Add("$verb ${id}: not told of") }
    $inOrder = [string]::Join(',', @($results.Id)) -eq [string]::Join(',', @($chosen | Where-Object { $_ -in $results.Id }))
    if (-not $inOrder) { $lies.Add("$verb`: results out of order") }
    if ($verb -eq 'Remove') { foreach ($id in @($alive | Where-Object { (& $truth $_) -eq 'terminated' })) { $null = $alive.Remove($id) } }
}
Stop-PREmulator
"{0} commands, {1} acts, {2} errors, {3} lies in {4:0} s" -f $told.commands, $told.acts, $told.errors, $lies.Count, $clock.Elapsed.TotalSeconds
$lies | Select-Object -First 20
exit [int]($lies.Count -gt 0)
