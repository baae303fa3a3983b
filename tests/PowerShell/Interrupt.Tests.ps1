BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Ssh.ps1 }

# An ssh that is ended by SIGINT, and leaves a program behind that holds its pipes open: a proxy command or a shared connection.
Describe 'Invoke-PRCommand, when SIGINT ends ssh and another program keeps its pipes' -Skip:($IsWindows -or -not (Get-Command script -CommandType Application -ErrorAction Ignore)) {
    BeforeAll { $path = $env:PATH }
    BeforeEach {
        $emulator = Start-TestEmulator
        $null = New-Reachable $emulator inst_a 'ssh -p 2222 root@gpu.example.com'
        $marks = New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid())"
    }
    AfterEach {
        $env:PATH = $path
        Get-ChildItem $marks -Filter 'pid.*' | ForEach-Object { & kill -KILL (Get-Content $_) 2>$null }
        Stop-PREmulator
        Disconnect-PulseRun
    }

    BeforeAll {
        # New-Leaver: a substitute for ssh. The program that it leaves behind ignores SIGINT and inherits the pipes.
        function New-Leaver([string] $Left, [string] $Then) {
            New-Fake "$marks/bin" ssh @"
trap '' INT
( $Left ) &
echo `$! > '$marks/pid.'`$`$
trap - INT
echo before
: > '$marks/started'
$Then
"@
        }
    }

    It 'ends within seconds when the other program <Name>' -ForEach @(
        @{ Name = 'is silent'; Left = 'exec sleep 600' }
        @{ Name = 'keeps writing'; Left = 'while :; do echo more; sleep 0.2; done' }
        @{ Name = 'keeps writing errors'; Left = 'while :; do echo more >&2; sleep 0.2; done' }
    ) {
        $bin = New-Leaver $Left 'kill -INT $$; sleep 60'
        $env:PATH = "$bin$([IO.Path]::PathSeparator)$path"
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $outcome = Get-Outcome { Invoke-PRCommand inst_a -Command 'work' -Confirm:$false }
        # 15 s for the pipes and 5 s for a Ctrl+C that does not come; the rest is a busy machine.
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 100
        # The signal was for ssh alone, so the exit code is that of the command.
        @($outcome.Output).Count + @($outcome.Errors).Count | Should -Be 1
    }

    It 'keeps what the command wrote before its time limit, when the other program <Name>' -ForEach @(
        @{ Name = 'does not exist'; Left = 'true' }
        @{ Name = 'is silent'; Left = 'exec sleep 600' }
    ) {
        $bin = New-Leaver $Left 'echo problem >&2; exec sleep 600'
        $env:PATH = "$bin$([IO.Path]::PathSeparator)$path"
        $outcome = Get-Outcome { Invoke-PRCommand inst_a -Command 'work' -TimeoutSec 8 -Confirm:$false }
        $outcome.ErrorIds | Should -Be 'CommandTimeout'
        $outcome.Output | Should -BeNullOrEmpty
        $outcome.Errors[0].Exception.StdOut, $outcome.Errors[0].Exception.StdErr | Should -Be 'before', 'problem'
    }

    It 'names after Ctrl+C the instance on which the command may continue, although ssh ended first, when the other program <Name>' -ForEach @(
        @{ Name = 'is silent'; Left = 'exec sleep 600' }
        @{ Name = 'keeps writing'; Left = 'while :; do echo more; sleep 0.2; done' }
    ) {
        $bin = New-Leaver $Left 'exec sleep 600'
        $variables = Get-ConnectionVariables $emulator
        $variables.PATH = "$bin$([IO.Path]::PathSeparator)$path"
        $terminal = Start-Terminal "Invoke-PRCommand inst_a -Command 'work' -Confirm:`$false" $variables
        try {
            Wait-Until { Test-Path "$marks/started" }
            Send-Text $terminal ([char] 3)
            Wait-Text $terminal 'ended before every request was answered'
            $terminal.Text | Should -BeLike '*inst_a*'
        }
        finally { Stop-Terminal $terminal }
    }
}
