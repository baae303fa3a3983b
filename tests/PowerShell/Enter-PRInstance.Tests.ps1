BeforeDiscovery {
    . $PSScriptRoot/Ssh.ps1
    $noTerminal = -not (Test-Terminal)
    if ($noTerminal) { Write-Warning 'The OpenSSH server or script(1) is not installed, so the tests in a terminal are skipped (.ci/run installs them).' }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Ssh.ps1
}

Describe 'Enter-PRInstance, in a terminal' -Skip:$noTerminal {
    BeforeAll {
        # The remote program: it writes a greeting, reads a line, and reports Ctrl+C.
        Set-Content "$TestDrive/there.sh" "trap 'echo GOT-CTRL-C' INT; tty -s && echo ON-A-TTY; echo READY; for i in 1 2 3 4 5; do read line || continue; echo ""GOT-`$line""; case ""`$line"" in end*) exit `${line#end};; esac; done"
        $sshd = Start-TestSshd "$TestDrive/sshd" -ForcedCommand "sh $TestDrive/there.sh"
    }
    AfterAll { Stop-TestSshd $sshd }
    BeforeEach {
        $emulator = Start-TestEmulator
        $null = New-Reachable $emulator inst_a $sshd.Command
        $variables = Get-ConnectionVariables $emulator
        $emulator.ClearRequests()
    }
    AfterEach {
        if ($terminal) { Stop-Terminal $terminal }
        Stop-PREmulator
        Disconnect-PulseRun
        Remove-Item "$env:PULSERUN_DATA_DIR/ssh" -Recurse -Force -ErrorAction Ignore
    }

    It 'opens a session that receives the input and Ctrl+C, and returns to PowerShell' {
        $terminal = Start-Terminal "Enter-PRInstance inst_a -IdentityFile '$($sshd.Key)'; ""BACK-`$?-`$(`$Error.Count)""" $variables
        Wait-Text $terminal 'READY'
        $terminal.Text | Should -BeLike '*ON-A-TTY*'
        Send-Text $terminal "hello`r"
        Wait-Text $terminal 'GOT-hello'
        Send-Text $terminal ([char] 3)
        Wait-Text $terminal 'GOT-CTRL-C'
        Send-Text $terminal "still here`r"
        Wait-Text $terminal 'GOT-still here'
        Send-Text $terminal "end3`r"
        Wait-Text $terminal 'BACK-True-0'
        $terminal.Process.WaitForExit(100000) | Should -BeTrue
        Get-Sent $emulator | Should -Be 'GET /v1/instances/inst_a'
    }

    It 'takes an object, and sends no request for it' {
        $terminal = Start-Terminal "`$i = Get-PRInstance inst_a; `$i | Enter-PRInstance -IdentityFile '$($sshd.Key)'; 'BACK'" $variables
        Wait-Text $terminal 'READY'
        Send-Text $terminal "end0`r"
        Wait-Text $terminal 'BACK'
        Get-Sent $emulator | Should -Be 'GET /v1/instances/inst_a'
    }

    It 'asks about the host key with the policy Ask' {
        $terminal = Start-Terminal "Enter-PRInstance inst_a -IdentityFile '$($sshd.Key)' -HostKeyPolicy Ask; 'BACK'" $variables
        Wait-Text $terminal 'SHA256:'
        Wait-Text $terminal '(yes/no'
        Send-Text $terminal "yes`r"
        Wait-Text $terminal 'READY'
        Send-Text $terminal "end0`r"
        Wait-Text $terminal 'BACK'
        Get-Content "$env:PULSERUN_DATA_DIR/ssh/known_hosts" | Should -BeLike 'pulserun-inst_a ssh-ed25519 *'
    }

    It 'reports that ssh failed' {
        $null = New-Reachable $emulator inst_b 'ssh -p 1 root@127.0.0.1'
        $terminal = Start-Terminal "`$ErrorView = 'CategoryView'; Enter-PRInstance inst_b; ""BACK-`$(`$Error[0].FullyQualifiedErrorId)""" $variables
        Wait-Text $terminal 'Connection refused'
        Wait-Text $terminal 'BACK-SshFailed,'
    }

    It 'starts no program for a hostile command, for two instances, and for one that is stopped or not there' {
        # In one process, because its start takes most of the time.
        $cases = @(
            @{ Name = 'hostile'; ErrorId = 'InvalidSshCommand'; Do = 'Enter-PRInstance inst_bad' }
            @{ Name = 'two'; ErrorId = 'InvalidRequest'; Do = 'Enter-PRInstance inst_a, inst_bad' }
            @{ Name = 'piped'; ErrorId = 'InvalidRequest'; Do = "'inst_a', 'inst_bad' | Enter-PRInstance" }
            @{ Name = 'stopped'; ErrorId = 'Conflict'; Do = 'Enter-PRInstance inst_off' }
            @{ Name = 'nosuch'; ErrorId = 'InstanceNotFound'; Do = 'Enter-PRInstance inst_nosuch' }
        )
        $null = New-Reachable $emulator inst_bad 'ssh -oProxyCommand=id root@h'
        $null = New-Reachable $emulator inst_off $sshd.Command
        $null = $emulator.SetStatus('inst_off', 'stopped')
        $bin = New-Fake "$TestDrive/bin" ssh 'echo STARTED'
        $variables.PATH = "$bin`:$env:PATH"
        $script = @(foreach ($case in $cases) { "`$Error.Clear(); try { $($case.Do) } catch { }; ""BACK-$($case.Name)-`$(`$Error[0].FullyQualifiedErrorId)""" }) -join '; '
        $terminal = Start-Terminal $script $variables
        foreach ($case in $cases) { Wait-Text $terminal "BACK-$($case.Name)-$($case.ErrorId)," }
        $terminal.Text | Should -Not -Match 'STARTED'
    }
}

Describe 'Enter-PRInstance, without a terminal' {
    BeforeEach { $emulator = Start-TestEmulator; $emulator.ClearRequests() }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'names the cmdlet that needs no terminal, and sends no request' {
        $child = Invoke-Child "try { Enter-PRInstance $($emulator.Instances[0].Id) } catch { `$_.FullyQualifiedErrorId; ""`$_"" }" (Get-ConnectionVariables $emulator)
        $child.Lines[0] | Should -BeLike 'InvalidRequest,*'
        $child.Output | Should -BeLike '*Invoke-PRCommand*'
        $emulator.Requests | Should -BeNullOrEmpty
    }
}
