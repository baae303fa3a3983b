#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }

BeforeAll {
    . $PSScriptRoot/Common.ps1
    # Get-Command would look into every folder of PATH, too.
    $commands = @((Get-Module PulseRun).ExportedCmdlets.Values | Sort-Object Name)
    $expected = @{ Id = 'InstanceId'; InstanceId = 'InstanceId'; Exclude = 'InstanceId'; Gpu = 'Gpu'; Region = 'Region'; Provider = 'Provider'; Template = 'Template'; Status = 'Status'; Profile = 'Profile' }
    # The ids of other objects than instances. The ids of deliveries, jobs and tunnels are in no list of the server; the files that a copy excludes are no instances.
    $ids = @{ PRAlert = 'AlertId'; PRSchedule = 'ScheduleId'; PRScheduleRun = 'ScheduleId'; PRWebhook = 'WebhookId' }
    $parameters = foreach ($command in $commands | Where-Object Noun -NotIn PRWebhookSignature, PRJob, PRTunnel, PRItem) {
        foreach ($parameter in $command.Parameters.Values | Where-Object { $expected.ContainsKey($_.Name) -and $_.ParameterType.Name -like 'String*' }) {
            $kind = if ($parameter.Name -eq 'Id' -and $ids.ContainsKey($command.Noun)) { $ids[$command.Noun] } else { $expected[$parameter.Name] }
            @{ Command = $command.Name; Parameter = $parameter; Completer = "$($kind)Completer" }
        }
    }

    # Complete: returns the completions at the end of a line.
    function Complete([string] $Line) { @([System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches) }

    # Get-Offers: returns the texts of the completions, without file names, which the shell offers when a completer returns nothing.
    function Get-Offers([string] $Line) { @(Complete $Line | Where-Object ResultType -NE 'ProviderItem' | ForEach-Object CompletionText) }

    # Add-One: adds an instance with the given fields.
    function Add-One([hashtable] $With) { $emulator.AddInstance([PulseRun.Instance] $With) }
}

Describe 'Completers' {
    It 'exist for each parameter that takes a known value' {
        $wrong = foreach ($one in $parameters) {
            $attribute = $one.Parameter.Attributes | Where-Object { $_ -is [ArgumentCompleter] }
            # If -Id and -InputObject have the same position, the completer of -Id leaves positional words to that of -InputObject.
            if ($attribute.Type.Name -notin $one.Completer, "Named$($one.Completer)") { "$($one.Command) -$($one.Parameter.Name) has '$($attribute.Type.Name)', not $($one.Completer)" }
        }
        $wrong | Should -BeNullOrEmpty
        $parameters.Count | Should -BeGreaterThan 40
    }
}

Describe 'Completion of a positional word' {
    BeforeAll {
        $emulator = Start-TestEmulator -Instances 4
        $null = Get-PRInstance
        $null = Protect-PRInstance $emulator.Instances[0].Id
        # PowerShell offers the files of the folder, of which there is one, if a completer offers nothing. And it looks for the commands of a line in every folder of PATH.
        Push-Location (New-Item -ItemType Directory "$TestDrive/files")
        Set-Content inst_file ''
        $path = $env:PATH
        $env:PATH = "$TestDrive"
    }
    AfterAll {
        $env:PATH = $path
        Pop-Location
        $null = Unprotect-PRInstance $emulator.Instances[0].Id
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'returns no null and no duplicate' {
        $lines = foreach ($command in $commands) {
            $name = $command.Name
            foreach ($word in '', 'i', 'inst_', 'nosuch', '"inst_', "'", '*', 'inst_a,', 'inst_a, inst_') { "$name $word"; "$name -ErrorAction Stop $word"; "Get-PRInstance | $name $word" }
            foreach ($parameter in $command.Parameters.Keys) {
                # PowerShell completes the common parameters, for all cmdlets alike.
                if ($name -ne 'Stop-PRInstance' -and $parameter -in [System.Management.Automation.Cmdlet]::CommonParameters) { continue }
                "$name -$parameter "
                "$name -$parameter i"
            }
        }
        # One assertion for all lines: a Should for each of a hundred thousand texts takes half a minute of a processor.
        $wrong = foreach ($line in $lines) {
            # Called as PSReadLine does, and every result is read as it does, because it throws on a null.
            $found = @((TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches)
            foreach ($one in $found) {
                if ($null -eq $one) { "${line}: a null" }
                elseif (-not $one.CompletionText -or -not $one.ListItemText -or -not $one.ToolTip) { "${line}: an empty text in '$one'" }
            }
            $seen = [Collections.Generic.HashSet[string]]::new([StringComparer]::Ordinal)
            foreach ($one in $found) { if (-not $seen.Add("$($one.CompletionText)")) { "${line}: '$($one.CompletionText)' twice" } }
        }
        $wrong | Should -BeNullOrEmpty
    }

    It 'offers the ids: <_>' -ForEach 'Stop-PRInstance', 'Remove-PRInstance', 'Wait-PRInstance', 'Get-PRInstanceMetrics', 'Enter-PRInstance', 'Invoke-PRCommand', 'Open-PRJupyter', 'Protect-PRInstance', 'Unprotect-PRInstance', 'Get-PRInstance' {
        # On a busy machine, the time that a completion may take is sometimes over before the protections are read. The next one has them.
        $name = $_
        Wait-Until {
            $offers = "$name -Id inst_", "$name inst_", "$name " | ForEach-Object { (Get-Offers $_) -join ' ' }
            $offers[0] -and @($offers | Select-Object -Unique).Count -eq 1
        }
    }
}

Describe 'Completion in a real terminal' -Skip:(-not (Get-Command tmux -ErrorAction Ignore)) {
    BeforeAll {
        [string[]] $pwsh = Get-PwshCommand
        # With one instance, both edit modes complete the whole id.
        Set-Content "$TestDrive/session.ps1" @"
            `$env:PULSERUN_DATA_DIR = '$TestDrive/terminal'
            Import-Module PSReadLine
            Set-PSReadLineOption -EditMode `$args[0] -HistorySaveStyle SaveNothing -PredictionSource None
            Import-Module '$ModulePath'
            `$emulator = Start-PREmulator -Instances 0
            `$null = `$emulator.AddInstance(@{ Id = 'inst_only'; Status = 'running'; Gpu = 'h100_80gb' })
            `$emulator | Connect-PulseRun
            `$null = Get-PRInstance
            function prompt { 'ready> ' }
"@
        # Read-Screen: returns the content of the terminal.
        function Read-Screen { (tmux -L $socket capture-pane -p -t tab 2>$null) -join "`n" }
    }
    AfterEach { tmux -L $socket kill-server 2>&1 | Out-Null }

    It 'completes an id by position, in edit mode <_>' -ForEach 'Windows', 'Emacs' {
        # Each mode has its own server: a new session could be lost with the server of the test before, which is still ending.
        $socket = "pulserun-$PID-$_"
        $words = @($pwsh) + '-NoLogo', '-NoProfile', '-NoExit', '-File', "$TestDrive/session.ps1", $_
        tmux -L $socket -f /dev/null new-session -d -s tab -x 120 -y 30 ($words | ForEach-Object { "'$_'" } | Join-String -Separator ' ')
        Wait-Until { (Read-Screen) -match 'ready>\s*\z' }
        foreach ($command in 'Stop-PRInstance', 'Remove-PRInstance', 'Protect-PRInstance') {
            tmux -L $socket send-keys -t tab "$command inst_" Tab
            Wait-Until { (Read-Screen) -match "ready> $command inst_only\s*`$" }
            # The line is discarded, so that the next text is typed into an empty line.
            tmux -L $socket send-keys -t tab C-c
            Wait-Until { (Read-Screen) -match 'ready>\s*\z' }
        }
        # PSReadLine writes its own failures to the screen.
        Read-Screen | Should -Not -Match 'Exception|Oops|Report on GitHub'
    }
}

Describe 'Completion of instance ids' {
    BeforeEach {
        $emulator = Start-TestEmulator -Instances 0
        $ids = @{}
        foreach ($status in 'running', 'stopped', 'provisioning', 'stopping', 'terminating', 'terminated', 'failed') {
            $ids[$status] = (Add-One @{ Gpu = 'h100_80gb'; CostPerHour = 2.5 }).Id
            $emulator.SetStatus($ids[$status], $status)
        }
        # A refresh can take longer than a completion waits. It then continues in the background, and the next completion uses it.
        $null = Complete 'Get-PRInstance -Id '
        Wait-Until { (Get-SentCount $emulator 'GET *') -eq 1 -and @(Get-Offers 'Get-PRInstance -Id ').Count -gt 0 }
    }
    AfterEach {
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'offers to <Command> <States>' -ForEach @(
        @{ Command = 'Get-PRInstance'; States = 'running', 'stopped', 'provisioning', 'stopping', 'terminating', 'terminated', 'failed' }
        @{ Command = 'Stop-PRInstance'; States = 'running', 'provisioning' }
        @{ Command = 'Start-PRInstance'; States = @('stopped') }
        @{ Command = 'Remove-PRInstance'; States = 'running', 'stopped', 'provisioning', 'stopping', 'failed' }
        @{ Command = 'Wait-PRInstance'; States = 'running', 'stopped', 'provisioning', 'stopping', 'terminating', 'failed' }
        @{ Command = 'Get-PRInstanceMetrics'; States = 'running', 'provisioning' }
        @{ Command = 'Get-PRIdleInstance'; States = @('running') }
        @{ Command = 'Enter-PRInstance'; States = @('running') }
        @{ Command = 'Invoke-PRCommand'; States = @('running') }
        @{ Command = 'Open-PRJupyter'; States = @('running') }
        @{ Command = 'Protect-PRInstance'; States = 'running', 'stopped', 'provisioning', 'stopping', 'terminating', 'failed' }
        @{ Command = 'PulseRun\stop-prinstance'; States = 'running', 'provisioning' }
    ) {
        Get-Offers "$Command -Id " | Should -Be @($States | ForEach-Object { $ids[$_] } | Sort-Object)
        Get-SentCount $emulator '*' | Should -Be 1
    }

    It 'describes each instance' {
        $offer = Complete "Stop-PRInstance -Id $($ids.running)"
        $offer.ListItemText | Should -Be $ids.running
        $offer.ToolTip | Should -Match '^running, h100_80gb, \$2\.50/h, (up )?\d+\w+( old)?$'
        $offer.ResultType | Should -Be 'ParameterValue'
    }

    It 'matches the typed text: <What>' -ForEach @(
        @{ What = 'a beginning'; Typed = { $id.Substring(0, 9) } }
        @{ What = 'in capitals'; Typed = { $id.Substring(0, 9).ToUpperInvariant() } }
        @{ What = 'a wildcard'; Typed = { '*' + $id.Substring(8) } }
        @{ What = 'a quote'; Typed = { "'" + $id.Substring(0, 9) }; Quoted = $true }
    ) {
        $id = $ids.running
        $offers = Get-Offers "Stop-PRInstance -Id $(& $Typed)"
        $offers.Trim("'") | Should -Contain $id
        $offers.Trim("'") | Should -Not -Contain $ids.provisioning
    }

    It 'completes after a comma, without the ids that are already on the line' {
        Get-Offers "Stop-PRInstance -Id $($ids.running)," | Should -Be $ids.provisioning
        Get-Offers "Stop-PRInstance $($ids.provisioning), inst" | Should -Be $ids.running
        Get-Offers 'Start-PRInstance ' | Should -Be $ids.stopped
        Get-Offers "Get-PRInstance $($ids.failed.Substring(0, 12))" | Should -Be $ids.failed
        Get-Offers 'Start-PRInstance -InputObject ' | Should -BeNullOrEmpty
    }

    It 'sends one request for twenty completions, from any runspace' {
        1..19 | ForEach-Object { $null = Complete 'Stop-PRInstance -Id ' }
        $pipeline = Start-Pipeline $emulator '[System.Management.Automation.CommandCompletion]::CompleteInput("Stop-PRInstance -Id ", 20, $null).CompletionMatches.CompletionText'
        @($pipeline.Shell.EndInvoke($pipeline.Running)).Count | Should -Be 2
        $pipeline.Shell.Dispose()
        Get-SentCount $emulator '*' | Should -Be 1
    }

    It 'sends no request after a list, and uses the changes of other commands' {
        $null = Get-PRInstance
        $null = Stop-PRInstance $ids.running
        $before = Get-SentCount $emulator '*'
        Get-Offers 'Stop-PRInstance -Id ' | Should -Be $ids.provisioning
        Get-SentCount $emulator '*' | Should -Be $before
    }

    It 'offers protected instances to Unprotect-PRInstance' {
        $null = Protect-PRInstance $ids.stopped -Reason 'a demo'
        # The store is read in the background if that takes longer than a completion waits.
        Wait-Until { @(Get-Offers 'Unprotect-PRInstance -Id ').Count -eq 1 }
        Get-Offers 'Unprotect-PRInstance -Id ' | Should -Be $ids.stopped
        (Complete 'Unprotect-PRInstance -Id ').ToolTip | Should -BeLike '*protected: a demo'
        $null = Unprotect-PRInstance $ids.stopped
    }

    It 'uses the connection of -Context' {
        $other = Start-PREmulator -Instances 1 -RequestsPerMinute 0
        $context = Connect-Other $other $emulator
        Get-Offers 'Get-PRInstance -Context $unknownContext -Id ' | Should -BeNullOrEmpty
        $null = Complete 'Get-PRInstance -Context $context -Id '
        Get-SentCount $emulator '*' | Should -Be 1
        $context.ApiKey | Should -BeNullOrEmpty
    }
}

Describe 'Completion with a failing server' {
    AfterEach {
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'writes no error, and sends one request: <Kind> <With.Status>' -ForEach @(
        @{ Kind = 'ServerError'; With = @{ Status = 401 } }
        @{ Kind = 'ServerError'; With = @{ Status = 500 } }
        @{ Kind = 'TooManyRequests'; With = @{} }
        @{ Kind = 'CutBeforeAnswer'; With = @{} }
        @{ Kind = 'Hang'; With = @{} }
    ) {
        $emulator = Start-TestEmulator -Instances 3
        Add-Fault $emulator $Kind $With
        $Error.Clear()
        1..5 | ForEach-Object { Get-Offers 'Stop-PRInstance -Id ' | Should -BeNullOrEmpty }
        Get-Offers 'Get-PRInstance -Gpu h' | Should -Be 'h100_80gb'
        Wait-Until { (Get-SentCount $emulator '*') -ge 1 }
        1..5 | ForEach-Object { $null = Complete 'Stop-PRInstance -Id ' }
        Get-SentCount $emulator '*' | Should -Be 1
        $Error | Should -BeNullOrEmpty
    }

    It 'never offers a text that the shell would run: <Id>' -ForEach @(
        @{ Id = '$(New-Item pwned)' }
        @{ Id = "it's; rm x" }
        @{ Id = '-Force' }
        @{ Id = '@x' }
        @{ Id = 'a b' }
        @{ Id = '"x"' }
        @{ Id = "inst_`e[31mred" }
        @{ Id = "inst_`nnext" }
        @{ Id = "`u{2018}curly`u{2019}" }
    ) {
        $emulator = Start-TestEmulator -Instances 0
        $null = Add-One @{ Id = $Id; Gpu = $Id; Status = 'running' }
        $null = Get-PRInstance -ErrorAction SilentlyContinue
        foreach ($line in 'Get-PRInstance -Id ', 'Get-PRInstance -Gpu ', 'New-PRInstance -Gpu ', 'Get-PRInstance -Id "') {
            foreach ($offer in Complete $line | Where-Object ResultType -NE 'ProviderItem') {
                "$($offer.CompletionText)$($offer.ListItemText)$($offer.ToolTip)" | Should -Not -Match '\p{Cc}'
                $errors = $null
                $ast = [System.Management.Automation.Language.Parser]::ParseInput("x $($offer.CompletionText)", [ref] $null, [ref] $errors)
                $errors | Should -BeNullOrEmpty
                $elements = $ast.EndBlock.Statements[0].PipelineElements[0].CommandElements
                $elements.Count | Should -Be 2
                $elements[1] | Should -BeOfType ([System.Management.Automation.Language.StringConstantExpressionAst])
            }
        }
    }

    It 'offers a thousand instances' {
        $emulator = Start-TestEmulator -Instances 1000
        $null = Get-PRInstance
        @(Get-Offers 'Get-PRInstance -Id ').Count | Should -Be 1000
    }
}

Describe 'Completion without a connection' {
    BeforeEach { Disconnect-PulseRun }

    It 'offers the documented values: <Line>' -ForEach @(
        @{ Line = 'New-PRInstance -Gpu '; Offers = 'a100_80gb', 'h100_80gb', 'rtx_4090' }
        @{ Line = 'New-PRInstance -Region '; Offers = 'any', 'asia', 'eu', 'us' }
        @{ Line = 'New-PRInstance -Provider a'; Offers = @('auto') }
        @{ Line = 'Get-PRInstance -Status r'; Offers = @('running') }
        @{ Line = 'Get-PRInstance -Status running,s'; Offers = 'starting', 'stopped', 'stopping' }
        @{ Line = 'Get-PRTransaction -Type i'; Offers = @('instance_charge') }
        @{ Line = 'Get-PRInstance -Id '; Offers = @() }
    ) {
        $Error.Clear()
        Get-Offers $Line | Should -Be $Offers
        $Error | Should -BeNullOrEmpty
    }

    It 'offers profiles without their keys' {
        $child = Invoke-Runspace -Environment @{ PULSERUN_DATA_DIR = "$TestDrive/profiles" } -Script @'
            Connect-PulseRun -ApiKey (ConvertTo-SecureString 'pr_live_canary0123456789' -AsPlainText -Force) -Profile night -Save -WarningAction SilentlyContinue
            # A busy machine can be too slow for the time limit of a completion.
            foreach ($try in 1..100) { if ($offers = [System.Management.Automation.CommandCompletion]::CompleteInput('Connect-PulseRun -Profile ', 26, $null).CompletionMatches) { break } }
            $offers | ForEach-Object { "$($_.CompletionText) $($_.ToolTip)" }
'@
        $child.Lines | Should -Be 'night saved profile night'
        $child.Output | Should -Not -Match 'canary'
    }

    It 'loads no SQLite' {
        $child = Invoke-Child -Script @'
            $e = Start-PREmulator -Instances 2; $e | Connect-PulseRun
            foreach ($line in 'Stop-PRInstance -Id ', 'Unprotect-PRInstance -Id ', 'Get-PRInstance -Gpu ') { $null = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null) }
            [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -match 'SQLite' }.Count
'@
        $child.Lines | Should -Be '0'
    }
}
