# Dot-sourced by the tests of what goes by ssh: a real sshd on loopback, and programs that only write down how they were started.

# Spare threads for the reads of terminals: on a busy machine the pool adds a new thread slowly, and a test must not wait for its own reader.
$workers = $ports = 0
[System.Threading.ThreadPool]::GetMinThreads([ref] $workers, [ref] $ports)
$null = [System.Threading.ThreadPool]::SetMinThreads([Math]::Max($workers, 64), $ports)

# Test-Sshd: whether this machine has what the tests with a real sshd need. .ci/run installs it.
function Test-Sshd {
    $IsLinux -and (Get-Command ssh, ssh-keygen -CommandType Application -ErrorAction Ignore).Count -ge 2 -and (Test-Path /usr/sbin/sshd)
}

# Test-Terminal: whether there is a real sshd, and script(1) to play a terminal.
function Test-Terminal { (Test-Sshd) -and [bool] (Get-Command script -CommandType Application -ErrorAction Ignore) }

# New-SshKey: a key pair without a passphrase; answers the private file.
function New-SshKey([string] $Path) {
    & ssh-keygen -q -t ed25519 -N '' -C test -f $Path
    if ($LASTEXITCODE -ne 0) { throw "ssh-keygen: $LASTEXITCODE" }
    $Path
}

# Start-TestSshd: an sshd of the test's own, run by whoever runs the test, who may log in with the key that is answered.
function Start-TestSshd {
    param([string] $Folder, [int] $Port, [string] $ForcedCommand)
    $null = New-Item -ItemType Directory -Force $Folder
    if ((& id -u) -eq 0) { $null = New-Item -ItemType Directory -Force /run/sshd }
    if (-not $Port) {
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        $Port = $listener.LocalEndpoint.Port
        $listener.Stop()
    }
    $hostKey = New-SshKey "$Folder/host"
    $key = New-SshKey "$Folder/key"
    $forced = $ForcedCommand ? "command=""$ForcedCommand"" " : ''
    Set-Content "$Folder/authorized_keys" "$forced$(Get-Content "$key.pub")"
    Set-Content "$Folder/sshd_config" @"
Port $Port
ListenAddress 127.0.0.1
HostKey $hostKey
AuthorizedKeysFile $Folder/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
MaxStartups 100
"@
    $process = Start-Process /usr/sbin/sshd "-D -f $Folder/sshd_config -E $Folder/sshd.log" -PassThru
    Wait-Until {
        if ($process.HasExited) { throw "sshd ended: $(Get-Content -Raw "$Folder/sshd.log")" }
        try { [System.Net.Sockets.TcpClient]::new('127.0.0.1', $Port).Dispose(); $true } catch { $false }
    }
    [pscustomobject]@{ Process = $process; Port = $Port; Key = $key; Command = "ssh -p $Port $(& id -un)@127.0.0.1" }
}

function Stop-TestSshd($Sshd) {
    if ($Sshd -and -not $Sshd.Process.HasExited) {
        $Sshd.Process.Kill()
        $Sshd.Process.WaitForExit()
    }
}

# New-Fake: a program of this name in a folder, a shell script; answers the folder, for PATH.
function New-Fake([string] $Folder, [string] $Name, [string] $Script) {
    $null = New-Item -ItemType Directory -Force $Folder
    Set-Content "$Folder/$Name" "#!/bin/sh`n$Script`n"
    & chmod +x "$Folder/$Name"
    $Folder
}

# Get-SshChildren: the ssh clients this process has started and not ended.
function Get-SshChildren {
    @(Get-Process ssh -ErrorAction Ignore | Where-Object { $_.Parent.Id -eq $PID })
}

# New-Reachable: a running instance of the emulator with this ssh command.
function New-Reachable([PulseRun.Emulator] $Emulator, [string] $Id, [string] $SshCommand) {
    $Emulator.AddInstance([PulseRun.Instance] @{ Id = $Id; Gpu = 'rtx_4090'; SshCommand = $SshCommand })
}

# Start-Terminal: a script in a new pwsh, with the module imported and a terminal of its own. What it shows collects in Text.
function Start-Terminal([string] $Script, [hashtable] $Environment) {
    $file = "$TestDrive/$([guid]::NewGuid()).ps1"
    Set-Content $file "`$ProgressPreference = 'SilentlyContinue'; Import-Module '$ModulePath'; $Script"
    $start = [System.Diagnostics.ProcessStartInfo]::new((Get-Command script -CommandType Application)[0].Source)
    foreach ($argument in '-qec', "$(Get-PwshCommand) -NoProfile -File $file", '/dev/null') { $start.ArgumentList.Add($argument) }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.Environment['SHELL'] = '/bin/sh'
    $start.Environment['TERM'] = 'xterm'
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    [pscustomobject]@{ Process = $process; Text = ''; Reading = $null; Buffer = [char[]]::new(4096) }
}

# Wait-Text: until the terminal shows it; it must within 30 seconds.
function Wait-Text($Terminal, [string] $Text) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not $Terminal.Text.Contains($Text)) {
        $Terminal.Reading ??= $Terminal.Process.StandardOutput.ReadAsync($Terminal.Buffer, 0, 4096)
        if (-not $Terminal.Reading.Wait(30000 - $clock.ElapsedMilliseconds)) { throw "The terminal does not show '$Text', but: $($Terminal.Text)" }
        if ($Terminal.Reading.Result -eq 0) { throw "The terminal ended without '$Text': $($Terminal.Text)" }
        $Terminal.Text += [string]::new($Terminal.Buffer, 0, $Terminal.Reading.Result)
        $Terminal.Reading = $null
    }
}

# Send-Text: as if it were typed.
function Send-Text($Terminal, [string] $Text) {
    $Terminal.Process.StandardInput.Write($Text)
    $Terminal.Process.StandardInput.Flush()
}

# Stop-Terminal: ends what may be left of it.
function Stop-Terminal($Terminal) {
    if (-not $Terminal.Process.HasExited) { $Terminal.Process.Kill($true) }
    $Terminal.Process.Dispose()
}
