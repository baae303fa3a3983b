# Dot-sourced after Common.ps1 by the tests of a team's store. Starts a private PostgreSQL server for the file, and defines hosts: processes with homes of their own.

$script:HasPostgres = Test-Path '/usr/lib/postgresql/*/bin/initdb'
if ($HasPostgres) {
    . $PSScriptRoot/Types.ps1
    Add-TestType PulseRun.Tests.Shared.PostgresCluster -Path (Join-Path $Root 'tests/Shared/Postgres/PostgresCluster.cs'), (Join-Path $Root 'tests/Shared/LocalPorts.cs')
}

# New-TeamStore: makes a database with the tables, and returns the text that chooses it.
function New-TeamStore([PulseRun.Tests.Shared.PostgresCluster] $Cluster = [PulseRun.Tests.Shared.PostgresCluster]::Shared) {
    $text = $Cluster.Text($Cluster.NewDatabase($null), 'pulserun')
    $null = Initialize-PRStore -Store $text
    $text
}

# Get-Database: returns the name of the database in a text.
function Get-Database([string] $Text) { [regex]::Match($Text, 'Database=([^;]+)').Groups[1].Value }

# Start-TeamHost: starts a script in a process with a home of its own, which uses the emulator by the network and follows its clock.
function Start-TeamHost {
    param([PulseRun.Emulator] $Emulator, [string] $Store, [string] $Name, [string] $Script)
    $home_ = Join-Path $TestDrive $Name
    $null = New-Item -ItemType Directory -Force $home_
    chmod 700 $home_
    Start-Child $Script -Environment @{
        PULSERUN_API_KEY = $Emulator.ApiKey; PULSERUN_BASE_URI = "$($Emulator.BaseUri)"; PULSERUN_STORE = $Store
        PULSERUN_DATA_DIR = $home_; PULSERUN_CLOCK_OFFSET = ($Emulator.UtcNow - [DateTimeOffset]::UtcNow).ToString('c')
    }
}

# New-Gate: returns the path of a file that processes wait for, and the script that waits.
function New-Gate {
    $path = Join-Path $TestDrive ([guid]::NewGuid())
    [pscustomobject]@{ Path = $path; Ready = "$path.ready"; Wait = "[IO.File]::AppendAllText('$path.ready', 'x'); while (-not [IO.File]::Exists('$path')) { [Threading.Thread]::Sleep(5) };" }
}

# Open-Gate: waits until so many processes wait at the gate, and opens it.
function Open-Gate($Gate, [int] $Count) {
    Wait-Until { (Test-Path $Gate.Ready) -and (Get-Item $Gate.Ready).Length -ge $Count }
    $null = New-Item $Gate.Path
}
