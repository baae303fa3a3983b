# Measures Import-Module alone, and counts the assemblies it loads beyond the module's own two.
param([string] $Path)
$ErrorActionPreference = 'Stop'
$before = [AppDomain]::CurrentDomain.GetAssemblies()
$clock = [Diagnostics.Stopwatch]::StartNew()
Import-Module $Path
$clock.Stop()
"ms=$($clock.Elapsed.TotalMilliseconds)"
$others = [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_ -notin $before -and $_.GetName().Name -notin 'PulseRun.PowerShell', 'PulseRun.Core' }
"others=$($others.Count)"
