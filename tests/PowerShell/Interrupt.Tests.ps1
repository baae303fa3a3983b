BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Ssh.ps1 }

# An ssh that is ended by SIGINT, and leaves a program behind that holds its pipes open: a proxy command or a shared connection.
Describe 'Invoke-PRCommand, when SIGINT ends ssh and another program keeps its pipes' -Skip:($IsWindows -or -not (Get-Command script -CommandType Application -ErrorAction Ignore)) {
    BeforeAll { $path = $env:PATH }
    BeforeEach {
        $emulator = Start-TestEmulator
        $null = New-Reachable $emulator inst_a 'ssh -p 2222 root@gpu.example.com'
    }
    AfterEach {
        $env:PATH = $path
        Get-ChildItem "$TestDrive/*/pid.*" | ForEach-Object { & kill -KILL (Get-Content $_) 2>$null }
        Stop-PREmulator
        Disconnect-PulseRun
    }

    BeforeAll {
        # New-Leaver: a substitute for ssh. The program that it leaves behind ignores SIGINT and inherits the pipes.
        function New-Leaver([string] $Left, [string] $Then) {
            $marks = New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid())"
            $bin = New-Fake "$marks/bin" ssh @"
trap '' INT
( $Left ) &
echo `$! > '$marks/pid.'`$`$
trap - INT
echo before
: > '$marks/started'
$Then
"@
            [pscustomobject]@{ Path = "$bin$([IO.Path]::PathSeparator)$path"; Started = "$marks/started" }
        }

        # Start-Command: starts a command in this process, with such a substitute. Several of them wait at the same time.
        function Start-Command([string] $Left, [string] $Then, [string] $More) {
            $leaver = New-Leaver $Left $Then
            $env:PATH = $leaver.Path
            $pipeline = Start-Pipeline $emulator "Invoke-PRCommand inst_a -Command 'work' -Confirm:`$false $More"
            Wait-Until { Test-Path $leaver.Started }
            $env:PATH = $path
            $pipeline
        }

        # Receive-Command: returns the output and the errors of such a command.
        function Receive-Command($Pipeline) {
            # 15 s for the pipes and 5 s for a Ctrl+C that does not come; the rest is a busy machine.
            $Pipeline.Running.AsyncWaitHandle.WaitOne(100000) | Should -BeTrue
            try { [pscustomobject]@{ Output = @($Pipeline.Shell.EndInvoke($Pipeline.Running)); Errors = @($Pipeline.Shell.Streams.Error) } }
            finally { $Pipeline.Shell.Dispose() }
        }
    }

    It 'ends within seconds when the other program is silent, keeps writing, or keeps writing errors' {
        $commands = @('exec sleep 600', 'while :; do echo more; sleep 0.2; done', 'while :; do echo more >&2; sleep 0.2; done' | ForEach-Object { Start-Command $_ 'kill -INT $$; sleep 60' })
        foreach ($command in $commands) {
            $outcome = Receive-Command $command
            # The signal was for ssh alone, so the exit code is that of the command.
            $outcome.Output.Count + $outcome.Errors.Count | Should -Be 1
        }
    }

    It 'keeps what the command wrote before its time limit, when the other program does not exist or is silent' {
        $commands = @('true', 'exec sleep 600' | ForEach-Object { Start-Command $_ 'echo problem >&2; exec sleep 600' '-TimeoutSec 8' })
        foreach ($command in $commands) {
            $outcome = Receive-Command $command
            $outcome.Errors | ForEach-Object { Get-ErrorId $_ } | Should -Be 'CommandTimeout'
            $outcome.Output | Should -BeNullOrEmpty
            $outcome.Errors[0].Exception.StdOut, $outcome.Errors[0].Exception.StdErr | Should -Be 'before', 'problem'
        }
    }

    It 'names after Ctrl+C the instance on which the command may continue, although ssh ended first, when the other program is silent or keeps writing' {
        $variables = Get-ConnectionVariables $emulator
        $terminals = @()
        try {
            foreach ($left in 'exec sleep 600', 'while :; do echo more; sleep 0.2; done') {
                $leaver = New-Leaver $left 'exec sleep 600'
                $variables.PATH = $leaver.Path
                $terminals += Start-Terminal "Invoke-PRCommand inst_a -Command 'work' -Confirm:`$false" $variables
                Wait-Until { Test-Path $leaver.Started }
            }
            foreach ($terminal in $terminals) { Send-Text $terminal ([char] 3) }
            foreach ($terminal in $terminals) {
                Wait-Text $terminal 'ended before every request was answered'
                $terminal.Text | Should -BeLike '*inst_a*'
            }
        }
        finally { $terminals | ForEach-Object { Stop-Terminal $_ } }
    }
}
