# Dot-sourced by build.ps1 and by tests/Hosts/Mono.ps1, which run test assemblies by the console runner of xunit.

# The options of the runner. The results are read from its messages: its file can lack them, because it is written while they are added to it.
$xunitOptions = '-nologo', '-nocolor', '-json'

function Get-XunitRunner {
    # Returns the path of the runner for a framework: netcoreapp2.0/xunit.console.dll or net472/xunit.console.exe.
    param([string] $Framework)
    $packages = ((& dotnet nuget locals global-packages --list) -replace '^.*?:\s*', '').Trim()
    Join-Path $packages "xunit.runner.console/2.4.1/tools/$Framework"
}

function Read-XunitOutput {
    # Returns the counts of a run, the names of what failed with the first lines of the reasons, the methods that a second run can
    # repeat, and what a person should see. A run that was ended or has crashed has one failure more.
    param([string] $Text)
    $count = { param($Kind) [regex]::Matches($Text, "`"message`":`"$Kind`",").Count }
    $lines = $Text -split "`r?`n"
    $failures = @($lines -match '"message":"(testFailed|fatalError|\w+CleanupFailure)",' | ForEach-Object { $_.Substring($_.IndexOf('{"message"')) | ConvertFrom-Json -AsHashtable })
    $tests = @($failures | Where-Object { $_.message -eq 'testFailed' })
    $name = { $args[0]['testName'] ?? "$($args[0].message) outside of a test" }
    $shown = @($lines | Where-Object { $_ -and $_ -notlike '*{"message":*' }) + @($failures | ForEach-Object { '[-]', (& $name $_), $_['errorMessages'], $_['stackTraces'], $_['output'] -join "`n" })
    $isWhole = (& $count 'testCollectionStarting') -eq (& $count 'testCollectionFinished')
    @{
        Passed  = & $count 'testPassed'
        Failed  = $failures.Count + [int] (-not $isWhole)
        Skipped = & $count 'testSkipped'
        Names   = @($failures | ForEach-Object { "$(& $name $_): $(("$($_['errorMessages'])" -split "`r?`n" | Select-Object -First 3) -join ' ')" }) + @(if (-not $isWhole) { 'it did not run to its end' })
        # A failure outside of a test, such as that of a fixture, would not be seen again. A theory has the name of its method before its arguments.
        Retry   = @(if ($isWhole -and $tests.Count -eq $failures.Count) { $tests | ForEach-Object { ($_.testName -split '\(')[0] } | Select-Object -Unique })
        Text    = $shown -join "`n"
    }
}
