BeforeDiscovery {
    . $PSScriptRoot/Ssh.ps1
    $noSshd = -not (Test-Sshd)
    $noTerminal = -not (Test-Terminal)
    if ($noSshd) { Write-Warning 'The OpenSSH server is not installed, so the tests with a real sshd are skipped (.ci/run installs it).' }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Ssh.ps1
    $path = $env:PATH
}

Describe 'Invoke-PRCommand, on a real sshd' -Skip:$noSshd {
    BeforeAll {
        $sshd = Start-TestSshd "$TestDrive/sshd"
        # Runs until its output is no longer read, so that no test leaves it running.
        $endless = 'while echo x; do sleep 0.1; done'
    }
    AfterAll { Stop-TestSshd $sshd }
    BeforeEach {
        $emulator = Start-TestEmulator
        $instance = New-Reachable $emulator inst_a $sshd.Command
        $emulator.ClearRequests()
        $with = @{ IdentityFile = $sshd.Key; Confirm = $false }
    }
    AfterEach {
        Stop-PREmulator
        Disconnect-PulseRun
        # Host keys are stored by instance id, and each test creates its own instances.
        Remove-Item "$env:PULSERUN_DATA_DIR/ssh" -Recurse -Force -ErrorAction Ignore
    }

    It 'returns the result of the command' {
        $result = Invoke-PRCommand inst_a -Command 'echo out; echo err >&2; exit 3' @with
        $result | Should -BeOfType PulseRun.CommandResult
        $result.Id, $result.Command, $result.ExitCode, $result.StdOut, $result.StdErr, $result.OmittedBytes |
            Should -Be 'inst_a', 'echo out; echo err >&2; exit 3', 3, 'out', 'err', 0
        $result.Duration | Should -BeOfType timespan
        $result.Duration.TotalMilliseconds | Should -BeGreaterThan 0
        "$result" | Should -Be 'inst_a'
    }

    It 'returns exit code <_> as a result' -ForEach 0, 1, 126, 254, 255 {
        $done = Get-Outcome { Invoke-PRCommand inst_a -Command "exit $_" @with }
        $done.Errors | Should -BeNullOrEmpty
        $done.Output.ExitCode | Should -Be $_
    }

    It 'runs 20 commands concurrently, with results in the order of the input' {
        $ids = 1..20 | ForEach-Object { (New-Reachable $emulator "inst_many$_" $sshd.Command).Id }
        $instances = Get-PRInstance -Id $ids
        $emulator.ClearRequests()
        $done = Get-Outcome { $instances | Invoke-PRCommand -Command 'sleep 0.$(($$ % 4)); echo $$' @with }
        $done.Errors | Should -BeNullOrEmpty
        $done.Output.Id | Should -Be $ids
        @($done.Output.StdOut | Sort-Object -Unique).Count | Should -Be 20
        $emulator.Requests | Should -BeNullOrEmpty -Because 'objects have their ssh command'
    }

    It 'sends one request for an id' {
        $null = Invoke-PRCommand inst_a -Command 'true' @with
        Get-Sent $emulator | Should -Be 'GET /v1/instances/inst_a'
    }

    It 'accepts <Name>' -ForEach @(
        @{ Name = 'objects'; Source = { Get-PRInstance inst_a } }
        @{ Name = 'rows of a CSV file'; Source = { Get-PRInstance inst_a | Export-Csv "$TestDrive/i.csv"; Import-Csv "$TestDrive/i.csv" } }
        @{ Name = 'objects with an InstanceId'; Source = { [pscustomobject]@{ InstanceId = 'inst_a' } } }
        @{ Name = 'its own results'; Source = { Invoke-PRCommand inst_a -Command 'true' @with } }
    ) {
        (& $Source | Invoke-PRCommand -Command 'echo hi' @with).StdOut | Should -Be 'hi'
    }

    It 'passes the command unchanged' {
        $text = 'printf "%s|" "$0" ''a  b'' "$(echo c)" * `echo d`; printf "%s" "é😀\\n"'
        $there = & sh -c "cd; $text"
        (Invoke-PRCommand inst_a -Command "cd; $text" @with).StdOut -replace '^[^|]*\|' | Should -Be ($there -replace '^[^|]*\|')
    }

    It 'runs a command of several lines' {
        (Invoke-PRCommand inst_a -Command "echo one`necho two" @with).StdOut | Should -Be "one`ntwo"
    }

    It 'gives the command no input' {
        (Invoke-PRCommand inst_a -Command 'cat; echo end' @with).StdOut | Should -Be 'end'
    }

    It 'keeps the first megabyte of output, and reports the omitted bytes' {
        $done = Get-Outcome { Invoke-PRCommand inst_a -Command 'head -c 3000000 /dev/zero | tr "\0" x' @with }
        $done.Output.StdOut.Length | Should -Be 1MB
        $done.Output.OmittedBytes | Should -Be (3000000 - 1MB)
        "$($done.Warnings)" | Should -BeLike '*inst_a*'
    }

    It 'ends a command that exceeds the time limit' {
        $done = Get-Outcome { Invoke-PRCommand inst_a -Command $endless -TimeoutSec 1 @with }
        $done.ErrorIds | Should -Be 'CommandTimeout'
        $done.Errors[0].TargetObject | Should -Be 'inst_a'
        $done.Errors[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
        Get-SshChildren | Should -BeNullOrEmpty
    }

    It 'reports an ssh key that is rejected' {
        $wrong = New-SshKey "$TestDrive/wrong"
        $done = Get-Outcome { Invoke-PRCommand inst_a -Command 'echo hi' -IdentityFile $wrong -Confirm:$false }
        $done.Output | Should -BeNullOrEmpty
        $done.ErrorIds | Should -Be 'SshFailed'
        $done.Errors[0].CategoryInfo.Category | Should -Be 'ConnectionError'
        "$($done.Errors)" | Should -BeLike '*Permission denied*'
    }

    It 'reports a command that was ended by a signal' {
        (Get-Outcome { Invoke-PRCommand inst_a -Command 'kill -9 $$' @with }).ErrorIds | Should -Be 'SshFailed'
    }

    It 'writes an error in the order of the input, and continues' {
        # No server listens on port 1 of loopback.
        $null = New-Reachable $emulator inst_b 'ssh -p 1 root@127.0.0.1'
        $null = New-Reachable $emulator inst_c $sshd.Command
        $done = Get-Outcome { 'inst_a', 'inst_b', 'inst_c' | Invoke-PRCommand -Command 'echo hi' @with }
        $done.All | ForEach-Object { $_ -is [System.Management.Automation.ErrorRecord] ? "$(Get-ErrorId $_) $($_.TargetObject)" : "$($_.StdOut) $($_.Id)" } |
            Should -Be 'hi inst_a', 'SshFailed inst_b', 'hi inst_c'
    }

    It 'stores the host key of an instance in a private file, and keeps no log' {
        $null = Invoke-PRCommand inst_a -Command 'true' @with
        $folder = "$env:PULSERUN_DATA_DIR/ssh"
        (Get-ChildItem $folder).Name | Should -Be 'known_hosts'
        [int] [System.IO.File]::GetUnixFileMode($folder) | Should -Be 0x1C0 -Because 'that is 0700'
        @(Get-Content "$folder/known_hosts") | Should -HaveCount 1
        Get-Content "$folder/known_hosts" | Should -BeLike 'pulserun-inst_a ssh-ed25519 *'
        (Invoke-PRCommand inst_a -Command 'echo hi' -HostKeyPolicy Strict @with).StdOut | Should -Be 'hi'
    }

    It 'accepts no new host key with the policy Strict' {
        $done = Get-Outcome { Invoke-PRCommand inst_a -Command 'echo hi' -HostKeyPolicy Strict @with }
        $done.Output | Should -BeNullOrEmpty
        $done.ErrorIds | Should -Be 'HostKeyRejected'
    }

    It 'works in a data folder with a space, a percent sign and a dollar sign in its name' {
        $before = $env:PULSERUN_DATA_DIR
        $env:PULSERUN_DATA_DIR = "$TestDrive/da ta%h `$x"
        try {
            (Invoke-PRCommand inst_a -Command 'echo hi' @with).StdOut | Should -Be 'hi'
            "$env:PULSERUN_DATA_DIR/ssh/known_hosts" | Should -Exist
            $odd = "$env:PULSERUN_DATA_DIR/my key%u"
            Copy-Item $sshd.Key $odd
            (Invoke-PRCommand inst_a -Command 'echo hi' -IdentityFile $odd -Confirm:$false).StdOut | Should -Be 'hi'
        }
        finally { $env:PULSERUN_DATA_DIR = $before }
    }

    It 'rejects a host key that has changed, and accepts a new instance at an old address' {
        $first = Start-TestSshd "$TestDrive/first"
        $old = New-Reachable $emulator inst_old $first.Command
        (Invoke-PRCommand inst_old -Command 'echo hi' -IdentityFile $first.Key -Confirm:$false).StdOut | Should -Be 'hi'
        Stop-TestSshd $first
        $second = Start-TestSshd "$TestDrive/second" -Port $first.Port
        try {
            $null = New-Reachable $emulator inst_new $second.Command
            (Invoke-PRCommand inst_new -Command 'echo hi' -IdentityFile $second.Key -Confirm:$false).StdOut | Should -Be 'hi'
            $done = Get-Outcome { Invoke-PRCommand inst_old -Command "touch '$TestDrive/reached'" -IdentityFile $second.Key -Confirm:$false }
            $done.ErrorIds | Should -Be 'HostKeyRejected'
            $done.Errors[0].CategoryInfo.Category | Should -Be 'SecurityError'
            "$TestDrive/reached" | Should -Not -Exist
            # The action that the error recommends solves the problem.
            $advice = [regex]::Match("$($done.Errors[0])", 'ssh-keygen -R (\S+) -f "([^"]+)"')
            & ssh-keygen -q -R $advice.Groups[1].Value -f $advice.Groups[2].Value 2>$null
            (Invoke-PRCommand inst_old -Command 'echo hi' -IdentityFile $second.Key -Confirm:$false).StdOut | Should -Be 'hi'
        }
        finally { Stop-TestSshd $second }
    }

    It 'takes the command as the only positional argument, for <Name> from the pipeline' -ForEach @(
        @{ Name = 'objects'; Source = { Get-PRInstance inst_a } }
        @{ Name = 'ids'; Source = { 'inst_a' } }
        @{ Name = 'rows of a CSV file'; Source = { Get-PRInstance inst_a | Export-Csv "$TestDrive/i.csv"; Import-Csv "$TestDrive/i.csv" } }
        @{ Name = 'a variable'; Source = { $x = @(Get-PRInstance inst_a); $x } }
    ) {
        $result = & $Source | Invoke-PRCommand 'echo hi' @with
        $result.Id, $result.StdOut, $result.Command | Should -Be 'inst_a', 'hi', 'echo hi'
    }

    It 'takes an id and a command by position' {
        (Invoke-PRCommand inst_a 'echo hi' @with).StdOut | Should -Be 'hi'
        (Invoke-PRCommand (Get-PRInstance inst_a) 'echo hi' @with).StdOut | Should -Be 'hi'
    }

    It 'runs nothing when instances are both named and piped' {
        (Get-Outcome { 'inst_a' | Invoke-PRCommand inst_b 'echo hi' @with }).EndedId | Should -Be 'InvalidRequest'
        (Get-Outcome { Invoke-PRCommand inst_a @with }).EndedId | Should -Be 'InvalidRequest'
    }

    It 'writes output of any length to a file per instance' {
        $null = New-Reachable $emulator inst_b $sshd.Command
        $done = Get-Outcome { 'inst_a', 'inst_b' | Invoke-PRCommand -Command 'head -c 3000001 /dev/zero; echo err >&2' -OutFile "$TestDrive/out-{Id}.bin" @with }
        $done.Errors | Should -BeNullOrEmpty
        $done.Output.OutFile | Should -Be "$TestDrive/out-inst_a.bin", "$TestDrive/out-inst_b.bin"
        $done.Output.OmittedBytes | Should -Be 0, 0
        $done.Output.StdErr | Should -Be 'err', 'err'
        Get-Item "$TestDrive/out-inst_?.bin" | ForEach-Object Length | Should -Be 3000001, 3000001
    }

    It 'writes each instance to its own file, and runs nothing for a file that cannot be written' {
        $null = New-Reachable $emulator inst_b $sshd.Command
        $done = Get-Outcome { 'inst_a', 'inst_b' | Invoke-PRCommand -Command 'echo hi' -OutFile "$TestDrive/one.txt" @with }
        $done.ErrorIds | Should -Be 'InvalidRequest'
        $done.Errors[0].TargetObject | Should -Be 'inst_b'
        Get-Content "$TestDrive/one.txt" | Should -Be 'hi'
        (Get-Outcome { Invoke-PRCommand inst_a -Command "touch $TestDrive/ranout" -OutFile "$TestDrive/nosuch/x" @with }).ErrorIds | Should -Be 'InvalidRequest'
        "$TestDrive/ranout" | Should -Not -Exist
    }

    It 'ends when the disk of the file is full' -Skip:(-not (Test-Path /dev/full)) {
        $done = Get-Outcome { Invoke-PRCommand inst_a -Command $endless -OutFile /dev/full @with }
        $done.ErrorIds | Should -Be 'InvalidRequest'
        Get-SshChildren | Should -BeNullOrEmpty
    }

    It 'uses the specified ssh configuration only' {
        Set-Content "$TestDrive/config" "Host *`n  IdentityFile $($sshd.Key)`n  SetEnv LC_PULSE=x"
        (Invoke-PRCommand inst_a -Command 'echo hi' -SshConfig "$TestDrive/config" -Confirm:$false).StdOut | Should -Be 'hi'
        $done = Get-Outcome { 'inst_a', 'inst_a2' | Invoke-PRCommand -Command 'x' -SshConfig "$TestDrive/nosuch" -Confirm:$false }
        $done.EndedId | Should -Be 'InvalidRequest'
        @($done.Errors).Count | Should -Be 0
    }

    It 'uses the ssh key of the profile' {
        Connect-PulseRun -ApiKey (ConvertTo-Key $emulator.ApiKey) -BaseUri $emulator.BaseUri -Save -Profile ssh -WarningAction SilentlyContinue
        try {
            Set-PRProfile ssh -IdentityFile $sshd.Key
            Connect-PulseRun -Profile ssh
            (Invoke-PRCommand inst_a -Command 'echo hi' -Confirm:$false).StdOut | Should -Be 'hi'
        }
        finally { Remove-PRProfile ssh }
    }

    It 'keeps its time limit with the smallest thread pool' {
        # The smallest pool has as many threads as there are processors. The readers of the commands must not use them.
        $many = 1..([Environment]::ProcessorCount) | ForEach-Object { (New-Reachable $emulator "inst_pool$_" $sshd.Command).Id }
        $script = "`$null = [System.Threading.ThreadPool]::SetMaxThreads([Environment]::ProcessorCount, 1000); '$($many -join "','")' | Invoke-PRCommand -Command '$endless' -TimeoutSec 1 -IdentityFile '$($sshd.Key)' -Confirm:`$false -ErrorAction SilentlyContinue -ErrorVariable e; `$e | ForEach-Object FullyQualifiedErrorId"
        $child = Start-Child $script (Get-ConnectionVariables $emulator)
        try {
            $child.Process.WaitForExit(100000) | Should -BeTrue
            @((Receive-Child $child).Lines -like 'CommandTimeout,*').Count | Should -Be $many.Count
        }
        finally { if (-not $child.Process.HasExited) { $child.Process.Kill($true) } }
    }

    It 'leaves no ssh process when it is stopped' {
        $null = New-Reachable $emulator inst_b $sshd.Command
        $pipeline = Start-Pipeline $emulator "'inst_a', 'inst_b' | Invoke-PRCommand -Command '$endless' -IdentityFile '$($sshd.Key)' -Confirm:`$false"
        try {
            Wait-Until { (Get-SshChildren).Count -eq 2 }
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $pipeline.Shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 60
            Wait-Until { -not (Get-SshChildren) }
            Wait-Until { -not (Get-ChildItem "$env:PULSERUN_DATA_DIR/ssh" -Filter 'log-*') }
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'names after Ctrl+C the instances on which a command may continue, even if ssh ended first' -Skip:$noTerminal {
        $script = "Invoke-PRCommand inst_a -Command 'touch $TestDrive/started; $endless' -IdentityFile '$($sshd.Key)' -Confirm:`$false"
        $terminal = Start-Terminal $script (Get-ConnectionVariables $emulator)
        try {
            Wait-Until { Test-Path "$TestDrive/started" }
            Send-Text $terminal ([char] 3)
            Wait-Text $terminal 'ended before every request was answered'
            $terminal.Text | Should -BeLike '*inst_a*'
            $terminal.Text | Should -Not -Match 'Killed by signal'
        }
        finally { Stop-Terminal $terminal }
    }

    It 'names its target and creates nothing with -WhatIf' {
        $child = Invoke-Child "`$i = Get-PRInstance inst_a; `$i | Invoke-PRCommand -Command 'touch $TestDrive/whatif' -WhatIf" (Get-ConnectionVariables $emulator)
        $child.Output | Should -BeLike '*Run command: touch*inst_a (rtx_4090,*'
        "$TestDrive/whatif" | Should -Not -Exist
        "$env:PULSERUN_DATA_DIR/ssh" | Should -Not -Exist
    }

    It 'has a table that fits into <_> columns, and a list without control characters' -ForEach 60, 80, 120 {
        $result = Invoke-PRCommand inst_a -Command 'printf "\033[2Jone\ntwo\n"' @with
        $result.StdOut | Should -Be "`e[2Jone`ntwo"
        $lines = @(($result | Out-String -Width $_) -replace '\e\[[0-9;]*m' -split "`n" | Where-Object { $_.Trim() })
        $lines | Should -HaveCount 3
        foreach ($line in $lines) { $line.TrimEnd().Length | Should -BeLessOrEqual $_ }
        $lines[2] | Should -BeLike 'inst_a * `[2Jone …*'
        ($result | Format-List | Out-String) -replace '\e\[[0-9;]*m' | Should -Not -Match '\e'
    }
}

Describe 'Invoke-PRCommand, with a substitute for ssh that records its arguments' -Skip:($IsWindows) {
    BeforeEach {
        $emulator = Start-TestEmulator
        $marks = New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid())"
        # Writes one file per start, with one argument per line. The instance named slow responds last.
        $bin = New-Fake "$marks/bin" ssh "printf '%s\n' ""`$@"" > '$marks/args.'`$`$; case ""`$*"" in *inst_slow*) sleep 0.5;; esac; echo fake"
        $env:PATH = "$bin$([IO.Path]::PathSeparator)$path"
    }
    AfterEach {
        $env:PATH = $path
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'writes results in the order of the input, even if the first is the slowest' {
        $ids = 'inst_slow', 'inst_b', 'inst_c' | ForEach-Object { (New-Reachable $emulator $_ 'ssh root@192.0.2.1').Id }
        (Get-PRInstance -Id $ids | Invoke-PRCommand -Command 'x' -Confirm:$false).Id | Should -Be $ids
    }

    It 'passes arguments, and ends the options before the host' {
        $null = New-Reachable $emulator inst_a 'ssh -p 2222 root@192.0.2.1'
        (Invoke-PRCommand inst_a -Command 'echo "a  b" $(id); `id`' -Confirm:$false).StdOut | Should -Be 'fake'
        $arguments = Get-Content "$marks/args.*"
        $arguments[-7..-1] | Should -Be '-p', '2222', '-l', 'root', '--', '192.0.2.1', 'echo "a  b" $(id); `id`'
        $arguments[0..1] | Should -Be '-F', 'none'
        $arguments | Should -Contain 'BatchMode=yes'
        $arguments | Should -Contain 'HostKeyAlias=pulserun-inst_a'
    }

    It 'starts no program for <_>' -ForEach @(
        'ssh -oProxyCommand=id root@192.0.2.1', 'ssh root@192.0.2.1 -oProxyCommand=id', 'ssh root@-oProxyCommand=id', 'ssh -l -oProxyCommand=id h', 'ssh -root@h'
        'ssh root@192.0.2.1; id', 'ssh root@$(id)', 'ssh root@`id`', "ssh root@192.0.2.1`n", "ssh root@192.0.2.1`r`n", "ssh root@192.0.2.1`nid", "ssh root@192.0.2.1`0", "ssh`troot@192.0.2.1"
        'ssh root@192.0.2.1 -p 0', 'ssh root@192.0.2.1 -p 65536', 'ssh root@192.0.2.1 -p 0x16', 'ssh root@h1 h2', 'ssh root@%h', "ssh root@h`u{043e}st", 'ssh root@', 'ssh', '/bin/sh -c id', "ssh root@'h'"
    ) {
        $null = New-Reachable $emulator inst_bad $_
        $null = New-Reachable $emulator inst_good 'ssh root@192.0.2.1'
        $done = Get-Outcome { 'inst_bad', 'inst_good' | Invoke-PRCommand -Command 'x' -Confirm:$false }
        $done.ErrorIds | Should -Be 'InvalidSshCommand'
        $done.Errors[0].TargetObject | Should -Be 'inst_bad'
        $done.Errors[0].CategoryInfo.Category | Should -Be 'SecurityError'
        "$($done.Errors)" | Should -Not -Match '[\p{Cc}\p{Cf}]'
        $done.Output.Id | Should -Be 'inst_good'
        @(Get-ChildItem $marks -Filter 'args.*') | Should -HaveCount 1 -Because 'the good one was started'
    }

    It 'does not pass the API key to ssh' {
        $null = New-Fake "$marks/bin" ssh 'echo "key:${PULSERUN_API_KEY-none} file:${PULSERUN_API_KEY_FILE-none} home:$HOME"'
        $null = New-Reachable $emulator inst_a 'ssh root@192.0.2.1'
        $env:PULSERUN_API_KEY = 'pr_test_inherited'; $env:PULSERUN_API_KEY_FILE = '/inherited'
        try { (Invoke-PRCommand inst_a -Command 'x' -Confirm:$false).StdOut | Should -Be "key:none file:none home:$HOME" }
        finally { $env:PULSERUN_API_KEY = $env:PULSERUN_API_KEY_FILE = $null }
    }

    It 'ends with ssh even if a program that ssh started keeps its output open' {
        $null = New-Fake "$marks/bin" ssh "sleep 600 & echo `$! > '$marks/pid'; echo done"
        $null = New-Reachable $emulator inst_a 'ssh root@192.0.2.1'
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        try {
            (Invoke-PRCommand inst_a -Command 'x' -Confirm:$false).StdOut | Should -Be 'done'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 100
        }
        finally { Stop-Process -Id (Get-Content "$marks/pid") }
    }

    It 'ends when a signal ends ssh and a program that ssh started keeps its output open' {
        $null = New-Fake "$marks/bin" ssh "sleep 600 & echo `$! > '$marks/pid'; kill -INT `$`$; sleep 60"
        $null = New-Reachable $emulator inst_a 'ssh root@192.0.2.1'
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        try {
            (Get-Outcome { Invoke-PRCommand inst_a -Command 'x' -Confirm:$false }).Output.ExitCode | Should -Not -Be 0
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 100
        }
        finally { Stop-Process -Id (Get-Content "$marks/pid") }
    }

    It 'advises how to wait for an instance that is <Status>' -ForEach @{ Status = 'stopped' }, @{ Status = 'provisioning' }, @{ Status = 'mystery' } {
        $id = $emulator.Instances[0].Id
        $null = $emulator.SetStatus($id, $Status)
        $done = Get-Outcome { Invoke-PRCommand $id -Command 'x' -Confirm:$false }
        $done.ErrorIds | Should -Be 'Conflict'
        "$($done.Errors)" | Should -BeLike '*Wait-PRInstance*'
        Get-ChildItem $marks -Filter 'args.*' | Should -BeNullOrEmpty
    }

    It 'reads an instance again when the object is outdated' {
        $instance = New-Reachable $emulator inst_a 'ssh root@192.0.2.1'
        $null = $emulator.SetStatus('inst_a', 'provisioning')
        $old = Get-PRInstance inst_a
        $null = $emulator.SetStatus('inst_a', 'running')
        $emulator.ClearRequests()
        ($old | Invoke-PRCommand -Command 'x' -Confirm:$false).StdOut | Should -Be 'fake'
        Get-Sent $emulator | Should -Be 'GET /v1/instances/inst_a'
    }

    It 'continues after an instance that does not exist' {
        $null = New-Reachable $emulator inst_a 'ssh root@192.0.2.1'
        $done = Get-Outcome { 'inst_nosuch', 'inst_a', 'a/b' | Invoke-PRCommand -Command 'x' -Confirm:$false }
        $done.ErrorIds | Sort-Object | Should -Be 'InstanceNotFound', 'InvalidRequest'
        $done.Output.Id | Should -Be 'inst_a'
    }

    It 'fails before a request is sent: <Name>' -ForEach @(
        @{ Name = 'a key file that is not there'; With = @{ IdentityFile = '/nosuch/key' } }
        @{ Name = 'a blank command'; With = @{ Command = "  `n" } }
        @{ Name = 'a command with a null'; With = @{ Command = "a`0b" } }
        @{ Name = 'a command that is too long'; With = @{ Command = 'x' * 15001 } }
        @{ Name = 'a policy that asks'; With = @{ HostKeyPolicy = 'Ask' } }
    ) {
        $parameters = @{ Command = 'x'; Confirm = $false } + ($With.ContainsKey('Command') ? @{} : $With)
        if ($With.ContainsKey('Command')) { $parameters.Command = $With.Command }
        $emulator.ClearRequests()
        $done = Get-Outcome { $emulator.Instances[0].Id | Invoke-PRCommand @parameters }
        $done.EndedId | Should -Be 'InvalidRequest'
        $emulator.Requests | Should -BeNullOrEmpty
        Get-ChildItem $marks -Filter 'args.*' | Should -BeNullOrEmpty
    }

    It 'reports that ssh is missing, and does not search the current folder' {
        $env:PATH = "$([IO.Path]::PathSeparator).$([IO.Path]::PathSeparator)$marks"
        Push-Location $bin
        try { $done = Get-Outcome { $emulator.Instances[0].Id | Invoke-PRCommand -Command 'x' -Confirm:$false } }
        finally { Pop-Location; $env:PATH = $path }
        $done.EndedId | Should -Be 'ProgramUnavailable'
        $done.Ended.CategoryInfo.Category | Should -Be 'NotInstalled'
        Get-ChildItem $marks -Filter 'args.*' | Should -BeNullOrEmpty
    }

    It 'reports that host keys cannot be stored' {
        $before = $env:PULSERUN_DATA_DIR
        Set-Content "$marks/file" x
        $env:PULSERUN_DATA_DIR = "$marks/file"
        try { $done = Get-Outcome { $emulator.Instances[0].Id | Invoke-PRCommand -Command 'x' -Confirm:$false } }
        finally { $env:PULSERUN_DATA_DIR = $before }
        @($done.EndedId) + $done.ErrorIds | Should -Contain 'JournalUnavailable'
        Get-ChildItem $marks -Filter 'args.*' | Should -BeNullOrEmpty
    }

    It 'writes the address with -Verbose' {
        $null = New-Reachable $emulator inst_a 'ssh root@192.0.2.1'
        $done = Get-Outcome { Invoke-PRCommand inst_a -Command 'x' -Verbose -Confirm:$false }
        "$($done.Verbose)" | Should -BeLike '*root@192.0.2.1*pulserun-inst_a*'
    }

    It 'ends slow commands with Select-Object -First 1, and names the instances on which a command may continue' {
        $ids = 'inst_b', 'inst_slow' | ForEach-Object { (New-Reachable $emulator $_ 'ssh root@192.0.2.1').Id }
        # Responds only after the other command has started.
        $null = New-Fake "$marks/bin" ssh "case ""`$*"" in *inst_slow*) echo > '$marks/slow'; exec sleep 600;; esac; while [ ! -e '$marks/slow' ]; do sleep 0.05; done; echo fake"
        $instances = Get-PRInstance -Id $ids
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $done = Get-Outcome { $instances | Invoke-PRCommand -Command 'x' -Confirm:$false | Select-Object -First 1 }
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 100
        $done.Output.Id | Should -Be 'inst_b'
        "$($done.Warnings)" | Should -BeLike '*inst_slow*'
        Wait-Until { -not (Get-Process sleep -ErrorAction Ignore | Where-Object { $_.Parent.Id -eq $PID }) }
    }
}
