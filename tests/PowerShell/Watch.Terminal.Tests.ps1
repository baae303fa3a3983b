BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Idle.ps1
}

Describe 'Watch-PRInstance in a real terminal' -Skip:(-not (Get-Command tmux -ErrorAction Ignore)) {
    BeforeAll {
        [string[]] $pwsh = Get-PwshCommand
        # The emulator belongs to this process, so that the test can see its requests. The terminal connects to it over its port.
        Set-Content "$TestDrive/watch.ps1" @"
            Import-Module PSReadLine
            Set-PSReadLineOption -HistorySaveStyle SaveNothing -PredictionSource None
            Import-Module '$ModulePath'
            function prompt { 'ready> ' }
            'the screen before'
"@
        # Read-Screen: returns the lines of the terminal.
        function Read-Screen { @(tmux -L $socket capture-pane -p -t watch 2>$null) }
        # Wait-Screen: waits until the terminal shows a text.
        function Wait-Screen([string] $Pattern) {
            try { Wait-Until { (Read-Screen) -join "`n" -match $Pattern } }
            catch { throw "The terminal does not show '$Pattern' but:`n$((Read-Screen) -join "`n")" }
        }
        # Get-Ids: returns the ids of the rows on the screen, from top to bottom.
        function Get-Ids { @(Read-Screen | ForEach-Object { if ($_ -match '^(inst_\S+)') { $Matches[1] } }) }
        # Get-Selected: returns the id of the inverted row.
        function Get-Selected { @(tmux -L $socket capture-pane -p -e -t watch) | ForEach-Object { if ($_ -match '^((?:\e\[[\d;]*m)+)(inst_\w+)' -and $Matches[1] -match '\e\[(?:\d+;)*7(?:;\d+)*m') { ($_ -replace '\e\[[\d;]*m' -split ' ')[0] } } }
        function Send-Key { tmux -L $socket send-keys -t watch @args }
        # Start-Session: starts PowerShell in a terminal of a size.
        function Start-Session([int] $Width, [int] $Height) {
            $words = @($pwsh) + '-NoLogo', '-NoProfile', '-NoExit', '-File', "$TestDrive/watch.ps1"
            $variables = (Get-ConnectionVariables $emulator).GetEnumerator() | ForEach-Object { '-e', "$($_.Key)=$($_.Value)" }
            tmux -L $socket -f /dev/null new-session -d -s watch -x $Width -y $Height @variables ($words | ForEach-Object { "'$_'" } | Join-String -Separator ' ')
            Wait-Screen 'ready>\s*\z'
        }
        # Start-Watch: starts the view, and waits for its first complete picture.
        function Start-Watch([int] $Width, [int] $Height, [string] $Parameters = '') {
            Start-Session $Width $Height
            Send-Key "Watch-PRInstance -Sort Id -IntervalSec 3600 $Parameters" Enter
            Wait-Screen 'next at'
            # The last line is written last.
            Wait-Until { (Read-Screen)[$Height - 1] -match '^q quit' }
        }
    }
    BeforeEach {
        $script:socket = "pulserun-watch-$PID-$([guid]::NewGuid().ToString('n').Substring(0, 6))"
        $emulator = Start-IdleEmulator -Instances 40 -Workloads @{ 0 = 'busy' }
        $emulator.ClearRequests()
    }
    AfterEach {
        tmux -L $socket kill-server 2>&1 | Out-Null
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'uses the width of <Width> columns: <Columns>' -ForEach @(
        @{ Width = 80; Columns = 'Id Status Gpu Provider GPU load Mem $/h Verdict Reason' }
        @{ Width = 120; Columns = 'Id Status Gpu Provider Region GPU load Mem $/h Verdict Reason Idle Read' }
        @{ Width = 200; Columns = 'Id Status Gpu Provider Region GPU load Mem $/h Verdict Reason Idle Read' }
    ) {
        Start-Watch $Width 20
        $screen = Read-Screen
        $screen[0] | Should -Match '^40 instances, 40 billed \$820\.00/h'
        $screen[1].Trim() -replace ' +', ' ' | Should -Be $Columns
        $screen | ForEach-Object { $_.Length | Should -BeLessThan $Width }
        Get-Ids | Should -HaveCount 17
        $screen[19] | Should -Match '^q quit, \? help, / filter, s sort: id, 1-17 of 40'
    }

    It 'obeys its keys, and reads the visible rows first' {
        Start-Watch 100 20 '-RequestBudget 22'
        # At most half of the budget is lists; there is one list an hour here, so 20 requests are the balance and readings: first of the visible rows.
        $read = @(Get-Sent $emulator | Where-Object { $_ -match '/(inst_\w+)/metrics$' } | ForEach-Object { $_ -replace '.*/(inst_\w+)/metrics$', '$1' })
        $visible = Get-Ids
        $visible | ForEach-Object { $read | Should -Contain $_ }
        Wait-Until { (Get-Selected) -eq $visible[0] }
        Send-Key Down Down
        Wait-Until { (Get-Selected) -eq $visible[2] }
        Send-Key End
        Wait-Until { (Get-Selected) -eq 'inst_9' }
        (Get-Ids)[-1] | Should -Be 'inst_9'
        Send-Key PageUp
        Wait-Until { (Get-Selected) -eq (Get-Ids)[0] }
        Send-Key Home
        Wait-Until { (Get-Ids)[0] -eq $visible[0] }
        Send-Key Enter
        Wait-Screen "(?m)^Id +$($visible[0])\s*`$[\s\S]*^Verdict +Active, GpuBusy"
        Send-Key Escape
        Wait-Screen '1-17 of 40'
        Send-Key '?'
        Wait-Screen '^Keys'
        Send-Key '?'
        Wait-Screen '1-17 of 40'
        Send-Key / rtx Space
        Wait-Screen '/rtx ?_ +20 found'
        Send-Key Enter
        Wait-Screen 'filter: rtx'
        Get-Ids | ForEach-Object { [int] ($_ -replace 'inst_') % 2 | Should -Be 1 }
        Send-Key Escape
        Wait-Screen '1-17 of 40'
        Send-Key q
        Wait-Screen 'sorted by id[\s\S]*ready>\s*\z'
        # The last table stays below the text that was there before.
        (Read-Screen) -join "`n" | Should -Match 'and \d+ more'
    }

    It 'keeps a clean screen while the window changes' {
        Start-Watch 120 30
        foreach ($size in @(60, 12), @(200, 40), @(80, 24)) {
            tmux -L $socket resize-window -t watch -x $size[0] -y $size[1]
            # The screen may be read in the middle of a picture.
            Wait-Until {
                $script:screen = Read-Screen
                @($screen -match '^inst_').Count -eq [math]::Min(40, $size[1] - 3) -and $screen[0] -match '^40 instances' -and @($screen -match '^Id ').Count -eq 1 -and
                @($screen -match 'q quit').Count -eq 1 -and ($screen | ForEach-Object Length | Measure-Object -Maximum).Maximum -lt $size[0]
            }
        }
    }

    It 'gives the screen back after <How>' -ForEach @(
        @{ How = 'Ctrl+C'; End = { Send-Key C-c } }
        @{ How = 'a rejected key'; End = { } }
    ) {
        if ($How -eq 'a rejected key') {
            Start-Session 100 20
            Send-Key "`$env:PULSERUN_API_KEY = 'pr_live_wrongwrongwrongwrong'; Watch-PRInstance" Enter
            Wait-Screen 'Watch-PRInstance:[\s\S]*ready>\s*\z'
        }
        else {
            Start-Watch 100 20
            tmux -L $socket display-message -p -t watch '#{alternate_on}' | Should -Be '1'
            & $End
        }
        Wait-Until { (tmux -L $socket display-message -p -t watch '#{alternate_on}') -eq '0' }
        Wait-Until { (tmux -L $socket display-message -p -t watch '#{cursor_flag}') -eq '1' }
        Wait-Screen 'the screen before'
        (Read-Screen) -join "`n" | Should -Not -Match 'q quit'
    }

    It 'gives the screen back when the process is ended by SIGTERM' {
        Set-Content "$TestDrive/ended.ps1" "Import-Module '$ModulePath'; Set-Content '$TestDrive/pid' `$PID; Watch-PRInstance -IntervalSec 3600"
        $words = @($pwsh) + '-NoLogo', '-NoProfile', '-File', "$TestDrive/ended.ps1"
        $variables = (Get-ConnectionVariables $emulator).GetEnumerator() | ForEach-Object { '-e', "$($_.Key)=$($_.Value)" }
        # The shell stays when the process has ended.
        tmux -L $socket -f /dev/null new-session -d -s watch -x 100 -y 20 @variables "echo the screen before; $($words | ForEach-Object { "'$_'" } | Join-String -Separator ' '); echo ended; exec cat"
        Wait-Screen 'next at'
        tmux -L $socket display-message -p -t watch '#{alternate_on}' | Should -Be '1'
        & kill -TERM (Get-Content "$TestDrive/pid")
        Wait-Screen '(?m)^ended'
        tmux -L $socket display-message -p -t watch '#{alternate_on}#{cursor_flag}' | Should -Be '01'
        Wait-Screen 'the screen before'
    }
}
