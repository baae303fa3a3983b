# Dot-sourced by tests of scheduled cleanups. Defines substitutes for the schedulers: a crontab that keeps its table in a file, and a
# systemctl and a schtasks that record their arguments. Each test has a home of its own.

. $PSScriptRoot/Common.ps1
. $PSScriptRoot/Ssh.ps1

# The programs that every machine has. Get-Command looks into each folder of PATH, so it is called once.
$script:programs = @('sh', 'flock', 'timeout', 'cat', 'iconv', 'tail', 'rm', 'dotnet' | ForEach-Object { (Get-Command $_ -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Source } | Where-Object { $_ })

# New-Machine: creates a home and the programs that this machine has.
function New-Machine([string[]] $Has) {
    $root = New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid())/a home"
    $bin = "$root/bin"
    $null = New-Item -ItemType Directory $bin
    if ('crontab' -in $Has) {
        $null = New-Fake $bin crontab @"
case "`$1" in
-l) [ -e '$root/refuse' ] && { echo "you are not allowed to use this program" >&2; exit 1; }; [ -e '$root/crontab' ] || { echo "no crontab for me" >&2; exit 1; }; cat '$root/crontab' ;;
-) [ -e '$root/full' ] && { cat >/dev/null; echo "disk full" >&2; exit 1; }; cat > '$root/crontab' ;;
*) exit 2 ;;
esac
"@
    }
    if ('systemctl' -in $Has) {
        $null = New-Fake $bin systemctl @"
echo "`$@" >> '$root/systemctl'
case "`$*" in
*show-environment*) exit 0 ;;
*enable*) [ -e '$root/refuse' ] && { echo "Failed to enable unit" >&2; exit 1; } ;;
esac
exit 0
"@
    }
    if ('schtasks' -in $Has) {
        $null = New-Fake $bin schtasks @"
printf '%s|' "`$@" >> '$root/schtasks'; echo >> '$root/schtasks'
case "`$1" in
/Create) iconv -f UTF-16 -t UTF-8 "`$5" > '$root/task.xml' ;;
/Delete) rm -f '$root/task.xml' ;;
/Query) echo '<?xml version="1.0" encoding="UTF-16"?>'; echo '<Tasks>'; [ -e '$root/task.xml' ] && tail -n +2 '$root/task.xml'; echo '</Tasks>' ;;
esac
"@
    }
    foreach ($program in $programs) { $null = [IO.File]::CreateSymbolicLink((Join-Path $bin (Split-Path -Leaf $program)), $program) }
    [pscustomobject]@{ Root = "$root"; Environment = @{ HOME = "$root"; PATH = $bin; XDG_CONFIG_HOME = ''; XDG_STATE_HOME = ''; PULSERUN_DATA_DIR = ''; PULSERUN_API_KEY = '' } }
}

# Invoke-On: runs a script on such a machine, with a saved key unless -NoKey. Returns what Invoke-Child returns.
# The script runs in this process (Invoke-Runspace), which takes a tenth of the time of a new one. A script whose host must show something needs -Process.
function Invoke-On($Machine, [string] $Script, [switch] $NoKey, [switch] $Process) {
    $save = if (-not $NoKey) { "Connect-PulseRun -ApiKey (ConvertTo-SecureString pr_live_canary0123456789 -AsPlainText -Force) -Save -WarningAction SilentlyContinue; " }
    if ($Process) { Invoke-Child "$save$Script" -Environment $Machine.Environment } else { Invoke-Runspace "$save$Script" -Environment $Machine.Environment }
}

# Invoke-CronLine: runs a line of the crontab as cron does, in its environment, but without -Quiet, so that an error is seen. Returns the text of both streams, and the exit code.
function Invoke-CronLine($Machine, [string] $Entry) {
    $command = ($Entry -replace '^(\S+ ){5}').Replace('\%', '%').Replace('-Quiet', '')
    $start = [System.Diagnostics.ProcessStartInfo]::new('/bin/sh')
    $start.ArgumentList.Add('-c'); $start.ArgumentList.Add($command)
    $start.Environment.Clear()
    foreach ($pair in @{ HOME = $Machine.Root; LOGNAME = 'me'; SHELL = '/bin/sh'; PATH = "$($Machine.Root)/bin:/usr/bin:/bin" }.GetEnumerator()) { $start.Environment[$pair.Key] = $pair.Value }
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $cron = [System.Diagnostics.Process]::Start($start)
    $said = $cron.StandardOutput.ReadToEnd() + $cron.StandardError.ReadToEnd()
    $cron.WaitForExit()
    [pscustomobject]@{ Text = $said; ExitCode = $cron.ExitCode }
}

# Get-Canary: returns the files of a home that contain the key, except the profile itself.
function Get-Canary($Machine) { @(Get-ChildItem $Machine.Root -Recurse -File -Force | Where-Object Name -NE profiles.json | Select-String -SimpleMatch canary | ForEach-Object Path) }
