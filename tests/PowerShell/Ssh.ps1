# Dot-sourced by the tests of ssh cmdlets. Defines helpers for a real sshd on loopback, and for substitutes that record their arguments.

# Adds threads for reading terminals, because the pool adds threads slowly on a busy machine, and a test would wait for its own reader.
$workers = $ports = 0
[System.Threading.ThreadPool]::GetMinThreads([ref] $workers, [ref] $ports)
$null = [System.Threading.ThreadPool]::SetMinThreads([Math]::Max($workers, 64), $ports)

# Test-Sshd: returns true when the programs for the tests with a real sshd are installed (.ci/run installs them).
function Test-Sshd {
    $IsLinux -and (Get-Command ssh, ssh-keygen -CommandType Application -ErrorAction Ignore).Count -ge 2 -and (Test-Path /usr/sbin/sshd)
}

# Test-Terminal: returns true when sshd is installed, and script(1), which provides a terminal.
function Test-Terminal { (Test-Sshd) -and [bool] (Get-Command script -CommandType Application -ErrorAction Ignore) }

# New-SshKey: creates a key pair without a passphrase, and returns the path of the private key.
function New-SshKey([string] $Path) {
    & ssh-keygen -q -t ed25519 -N '' -C test -f $Path
    if ($LASTEXITCODE -ne 0) { throw "ssh-keygen failed with exit code $LASTEXITCODE." }
    $Path
}

# Start-TestSshd: starts an sshd as the current user, who can log in with the returned key.
function Start-TestSshd {
    param([string] $Folder, [int] $Port, [string] $ForcedCommand)
    $null = New-Item -ItemType Directory -Force $Folder
    if ((& id -u) -eq 0) { $null = New-Item -ItemType Directory -Force /run/sshd }
    $hostKey = New-SshKey "$Folder/host"
    $key = New-SshKey "$Folder/key"
    $forced = $ForcedCommand ? "command=""$ForcedCommand"" " : ''
    Set-Content "$Folder/authorized_keys" "$forced$(Get-Content "$key.pub")"
    # Another program can take a free port before sshd does, so sshd is then started at another one.
    for ($attempt = 1; ; $attempt++) {
        $listenAt = $Port ? $Port : (Get-LocalPort)
        Set-Content "$Folder/sshd_config" @"
Port $listenAt
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
# Bash, when sshd starts it, does not run the .bashrc of the developer, which can take a tenth of a second for each login.
SetEnv SHLVL=1
KexAlgorithms curve25519-sha256,ecdh-sha2-nistp256
MaxStartups 100
"@
        $process = Start-Process /usr/sbin/sshd "-D -f $Folder/sshd_config -E $Folder/sshd.log" -PassThru
        Wait-Until { $process.HasExited -or $(try { [System.Net.Sockets.TcpClient]::new('127.0.0.1', $listenAt).Dispose(); $true } catch { $false }) }
        if (-not $process.HasExited) { break }
        if ($attempt -eq 3) { throw "sshd ended: $(Get-Content -Raw "$Folder/sshd.log")" }
    }
    [pscustomobject]@{ Process = $process; Port = $listenAt; Key = $key; Command = "ssh -p $listenAt $(& id -un)@127.0.0.1" }
}

function Stop-TestSshd($Sshd) {
    if ($Sshd -and -not $Sshd.Process.HasExited) {
        $Sshd.Process.Kill()
        $Sshd.Process.WaitForExit()
    }
}

# New-Fake: creates a shell script as a substitute for a program, and returns its folder, for PATH.
function New-Fake([string] $Folder, [string] $Name, [string] $Script) {
    $null = New-Item -ItemType Directory -Force $Folder
    Set-Content "$Folder/$Name" "#!/bin/sh`n$Script`n"
    & chmod +x "$Folder/$Name"
    $Folder
}

# Get-SshChildren: returns the running ssh clients that this process has started.
function Get-SshChildren {
    @(Get-Process ssh -ErrorAction Ignore | Where-Object { $_.Parent.Id -eq $PID })
}

# New-Reachable: adds a running instance with an ssh command to the emulator.
function New-Reachable([PulseRun.Emulator] $Emulator, [string] $Id, [string] $SshCommand) {
    $Emulator.AddInstance([PulseRun.Instance] @{ Id = $Id; Gpu = 'rtx_4090'; SshCommand = $SshCommand })
}

# Start-Terminal: starts a script in a new pwsh with the module imported and its own terminal. The output is collected in Text.
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

# Wait-Text: waits until the terminal shows a text. Throws after 100 seconds, which only a very busy machine needs.
function Wait-Text($Terminal, [string] $Text) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not $Terminal.Text.Contains($Text)) {
        $Terminal.Reading ??= $Terminal.Process.StandardOutput.ReadAsync($Terminal.Buffer, 0, 4096)
        if (-not $Terminal.Reading.Wait([Math]::Max(0, 100000 - $clock.ElapsedMilliseconds))) { throw "The terminal does not show '$Text', but: $($Terminal.Text)" }
        if ($Terminal.Reading.Result -eq 0) { throw "The terminal ended without '$Text': $($Terminal.Text)" }
        $Terminal.Text += [string]::new($Terminal.Buffer, 0, $Terminal.Reading.Result)
        $Terminal.Reading = $null
    }
}

# Send-Text: sends a text to the terminal as if it were typed.
function Send-Text($Terminal, [string] $Text) {
    $Terminal.Process.StandardInput.Write($Text)
    $Terminal.Process.StandardInput.Flush()
}

# Stop-Terminal: ends the process of the terminal if it still runs.
function Stop-Terminal($Terminal) {
    if (-not $Terminal.Process.HasExited) { $Terminal.Process.Kill($true) }
    $Terminal.Process.Dispose()
}
