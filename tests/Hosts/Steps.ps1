# Runs in the PowerShell of another host, against an emulator in a process of this machine: Uri and key are parameters.
# Each step prints one line, "ok <name>" or "FAILED <name>: <reason>". The last line is "done".
param(
    [Parameter(Mandatory)] [string] $Module,
    [Parameter(Mandatory)] [string] $BaseUri,
    [Parameter(Mandatory)] [string] $Key,
    [Parameter(Mandatory)] [string] $Data
)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$env:PULSERUN_DATA_DIR = $Data
Set-StrictMode -Version 3

function Assert([bool] $Condition, [string] $Text) { if (-not $Condition) { throw $Text } }

function Step([string] $Name, [scriptblock] $Script) {
    try {
        $null = & $Script
        "ok $Name"
    }
    catch { "FAILED ${Name}: $_ ($($_.ScriptStackTrace -replace '\s+', ' '))" }
}

"host $($PSVersionTable.PSVersion) on $([Environment]::OSVersion), .NET $([Environment]::Version)"
Step 'import' { Import-Module $Module }
Step 'connect and save a profile' {
    Connect-PulseRun -ApiKey (ConvertTo-SecureString $Key -AsPlainText -Force) -BaseUri $BaseUri -Profile hosts -Save
    $saved = Get-ChildItem $Data -Recurse -File | Where-Object Name -EQ 'profiles.json' | Get-Content -Raw
    if ($env:OS -eq 'Windows_NT') { Assert ($saved -notlike "*$Key*") 'The profile has the key in clear text.' }
}
Step 'list' { Assert (@(Get-PRInstance).Count -ge 3) 'The list is too short.' }
Step 'filter and stop' {
    # One provider of the emulator cannot stop its instances.
    $stopped = @(Get-PRInstance -Status running | Stop-PRInstance -Wait -Confirm:$false -ErrorAction SilentlyContinue)
    Assert ($stopped.Count -gt 0) 'No instance was stopped.'
    Assert (@($stopped | Where-Object Status -NE 'stopped').Count -eq 0) 'An instance has another status.'
}
Step 'launch and remove' {
    $new = New-PRInstance -Gpu rtx_4090 -Template jupyter -Confirm:$false
    Assert ($new.Id -like 'inst_*') 'The launch has no id.'
    $new | Remove-PRInstance -Force
}
Step 'protect an instance (SQLite)' {
    $one = Get-PRInstance | Select-Object -First 1
    $one | Protect-PRInstance -Reason 'a test'
    Assert (@(Get-PRProtection).Count -eq 1) 'The protection was not stored.'
    $one | Unprotect-PRInstance
}
Step 'read idle verdicts' { Assert (@(Get-PRIdleInstance -All).Count -gt 0) 'There is no verdict.' }
Step 'complete an id' {
    $text = 'Stop-PRInstance -Id inst_'
    $offers = @()
    # A refresh that takes longer than a completion waits goes on in the background.
    $until = [datetime]::UtcNow.AddSeconds(20)
    while (-not $offers -and [datetime]::UtcNow -lt $until) { $offers = @((TabExpansion2 $text $text.Length).CompletionMatches) }
    Assert ($offers.Count -gt 0) 'No id is offered.'
}
Step 'disconnect' { Disconnect-PulseRun }
Step 'connect by the saved profile' {
    Connect-PulseRun -Profile hosts
    Assert (@(Get-PRInstance).Count -ge 2) 'The list is too short.'
}
'done'
