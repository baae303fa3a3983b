<#
.SYNOPSIS
    Trains with several learning rates at once, each on an instance of its own, and collects the results.
.DESCRIPTION
    Each learning rate is one job: it launches an instance, uploads the folder, runs the command there, downloads its folder out, and removes the instance. Not more than -ThrottleLimit instances run at the same
    time, and each ends after -Lifetime at the latest: schedule Invoke-PRCleanup, so that this also holds if this machine fails.
    The command gets the learning rate as its last argument, and writes its score to out/score.
.EXAMPLE
    ./Invoke-Sweep.ps1 -Source ./src -Command 'python train.py --lr' -Gpu rtx_4090
.OUTPUTS
    One object for each learning rate: LearningRate, Score, ExitCode, Cost, Removed. The best score comes first.
#>
[CmdletBinding()]
param(
    # The folder to upload.
    [Parameter(Mandatory)] [string] $Source,
    # The command, without the learning rate.
    [Parameter(Mandatory)] [string] $Command,
    [double[]] $LearningRate = @(0.1, 0.03, 0.01, 0.003),
    [string] $Gpu = 'rtx_4090',
    [string] $Results = './sweep',
    [timespan] $Lifetime = '02:00',
    [int] $ThrottleLimit = 4
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module PulseRun)) { Import-Module PulseRun }

$text = { param($number) $number.ToString([cultureinfo]::InvariantCulture) }
$LearningRate | ForEach-Object {
    $rate = & $text $_
    [pscustomobject]@{ Name = "lr-$rate"; Command = "$Command $rate"; Upload = $Source; Download = 'out'; Destination = "$Results/lr-$rate" }
} | Invoke-PRJob -Gpu $Gpu -Lifetime $Lifetime -ThrottleLimit $ThrottleLimit -Confirm:$false | ForEach-Object {
    $score = "$Results/$($_.Name)/score"
    [pscustomobject]@{
        LearningRate = $_.Name.Substring(3)
        Score        = if ($_.Downloaded -and (Test-Path $score)) { [double]::Parse((Get-Content $score -TotalCount 1), [cultureinfo]::InvariantCulture) }
        ExitCode     = $_.ExitCode
        Cost         = $_.Cost
        Removed      = $_.Removed
    }
} | Sort-Object Score -Descending
