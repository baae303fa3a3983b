BeforeAll {
    . $PSScriptRoot/Common.ps1

    # Returns all text that objects can produce, as one string. Stream records are converted to text, models are read deeply.
    function Get-AllText([object[]] $Objects) {
        $models = @($Objects | Where-Object { $_ -isnot [System.Management.Automation.InformationalRecord] -and $_ -isnot [System.Management.Automation.ErrorRecord] })
        $errors = @($Objects | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
        $texts = @(
            $Objects | ForEach-Object { "$_" }
            $models + $errors | Out-String -Width 4000
            $models + $errors | Format-List * -Force | Out-String -Width 4000
            ConvertTo-Json -Depth 6 -InputObject $models
            [System.Management.Automation.PSSerializer]::Serialize($models, 5)
            foreach ($record in $errors) {
                [System.Management.Automation.PSSerializer]::Serialize($record, 2)
                "$($record.ErrorDetails) $($record.ErrorDetails.RecommendedAction) $($record.TargetObject) $($record.CategoryInfo)"
                for ($exception = $record.Exception; $exception; $exception = $exception.InnerException) {
                    $exception.ToString()
                    $exception.Data | Out-String
                    foreach ($property in 'Message', 'Detail', 'Field', 'RequestId', 'Source', 'HelpLink') { "$($exception.$property)" }
                }
            }
        )
        $texts -join "`n"
    }

    # Runs all kinds of commands with a connection, successful and failing, with every stream enabled. Returns all their output.
    $script:Everything = {
        Get-PRContext
        Get-PRInstance -Verbose -Debug
        $running = Get-PRInstance -Status running
        $running | Get-PRInstanceMetrics -Verbose -Debug
        $running | Select-Object -First 2 | Stop-PRInstance -Confirm:$false -Verbose -Debug | Start-PRInstance -Verbose -Debug | Remove-PRInstance -Force -Verbose -Debug
        New-PRInstance rtx_4090 pytorch -Confirm:$false -SettleSec 1 -Verbose -Debug
        Get-PRInstance -Id inst_nosuch, 'a/b' -Verbose -Debug
        Stop-PRInstance -Id 'a/b' -Confirm:$false -Verbose -Debug
        New-PRInstance nosuch pytorch -Confirm:$false -SettleSec 1 -Verbose -Debug
    }
}

Describe 'The key' {
    BeforeEach {
        $emulator = Start-TestEmulator -Connect @{ TimeoutSec = 2; MaxWaitSec = 1 }
        $canary = $emulator.ApiKey
        $Error.Clear()
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'would be found by this search' {
        # The emulator object contains its key, so the search must find it there.
        Get-AllText $emulator | Should -BeLike "*$canary*"
    }

    It 'is in no output of successful commands' {
        $done = Get-Outcome $Everything
        $done.All.Count | Should -BeGreaterThan 60
        $done.All | Where-Object { $_ -is [System.Management.Automation.DebugRecord] } | Should -Not -BeNullOrEmpty
        Get-AllText $done.All | Should -Not -BeLike "*$canary*"
    }

    It 'is in no output when the server echoes it: <Kind> <Form>' -ForEach @(
        @{ Kind = 'ServerError'; Form = 'Detail' }
        @{ Kind = 'ServerError'; Form = 'Array' }
        @{ Kind = 'ServerError'; Form = 'Html' }
        @{ Kind = 'ServerError'; Form = 'Text' }
        @{ Kind = 'NestedError'; Form = $null }
        @{ Kind = 'NotJson'; Form = $null }
        @{ Kind = 'ExtraFields'; Form = $null }
        @{ Kind = 'UnknownStatus'; Form = $null }
        @{ Kind = 'TooManyRequests'; Form = 'Broken' }
    ) {
        $jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl'
        $foreign = 'pr_live_somebodyelses0123456789'
        $fault = @{ Text = "seen Bearer $canary and $jwt and $foreign at https://x.invalid/?token=$canary" }
        if ($Form) { $fault.Form = $Form }
        if ($Kind -in 'ServerError', 'NestedError') { $fault.Status = 400 }
        if ($Kind -eq 'TooManyRequests') { $fault.Times = 1 }
        Add-Fault $emulator $Kind $fault
        $done = Get-Outcome $Everything
        $done.All.Count | Should -BeGreaterThan 5
        $text = Get-AllText (@($done.All) + @($Error))
        foreach ($secret in $canary, $jwt, $foreign) { $text | Should -Not -BeLike "*$secret*" }
    }

    It 'is in no name of an unknown field' {
        Add-Fault $emulator ExtraFields @{ Names = [string[]] ("k_$canary", 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl') }
        $text = Get-AllText (Get-Outcome $Everything).All
        $text | Should -Not -BeLike "*$canary*"
        $text | Should -Not -BeLike '*eyJhbGci*'
    }

    It 'is in no other field than jupyter_url when the server writes it to <_>' -ForEach 'ssh_command', 'ip', 'region', 'gpu_name', 'provider', 'template' {
        Add-Fault $emulator ExtraFields @{ Names = [string[]] @($_); Text = "x $canary y" }
        Get-AllText (Get-Outcome { Get-PRInstance -Verbose -Debug }).All | Should -Not -BeLike "*$canary*"
    }

    It 'is not in jupyter_url' {
        Add-Fault $emulator ExtraFields @{ Names = [string[]] @('jupyter_url'); Text = "https://x.invalid/?token=$canary" }
        Get-AllText (Get-Outcome { Get-PRInstance -Verbose -Debug }).All | Should -Not -BeLike "*$canary*"
    }

    It 'is in no error of a bad network: <_>' -ForEach 'CutBeforeAnswer', 'StalledBody', 'Hang' {
        Add-Fault $emulator $_ @{ Path = '*/inst_a' }
        Add-Fault $emulator $_ @{ Method = 'POST' }
        $null = Get-Outcome { Get-PRInstance inst_a -Verbose -Debug; New-PRInstance rtx_4090 pytorch -Confirm:$false -SettleSec 1 }
        $Error.Count | Should -BeGreaterThan 0
        Get-AllText $Error | Should -Not -BeLike "*$canary*"
    }

    It 'is in no error about the key' {
        $wrong = 'pr_live_this_is_a_wrong_key_0123'
        Connect-PulseRun -ApiKey (ConvertTo-Key $wrong) -BaseUri $emulator.BaseUri
        $done = Get-Outcome { Get-PRInstance -Verbose -Debug }
        $done.EndedId | Should -Be 'Unauthorized'
        Get-AllText (@($done.All) + $done.Ended + @($Error)) | Should -Not -BeLike "*$wrong*"
        $done = Get-Outcome { Connect-PulseRun -ApiKey (ConvertTo-Key "$wrong`n") }
        Get-AllText $done.Ended | Should -Not -BeLike "*$wrong*"
    }

    It 'is in no transcript, and in no file except the saved profile' {
        $data = Join-Path $TestDrive data
        $log = Join-Path $TestDrive transcript.txt
        $child = Invoke-Child -Environment @{ PULSERUN_DATA_DIR = $data; PULSERUN_API_KEY = $canary; PULSERUN_BASE_URI = "$($emulator.BaseUri)" } -Script @"
            `$null = Start-Transcript '$log'
            `$VerbosePreference = `$DebugPreference = 'Continue'
            & { $Everything } *>&1 | Out-Default
            Get-PRContext | Format-List * -Force
            Connect-PulseRun -Save -Profile mine
            Get-PRContext | Format-List * -Force
            `$Error | Format-List * -Force
            `$null = Stop-Transcript
"@
        (Get-Content -Raw $log).Length | Should -BeGreaterThan 5000
        Get-Content -Raw $log | Should -Not -BeLike "*$canary*"
        $child.Output | Should -Not -BeLike "*$canary*"
        $child.Errors | Should -Not -BeLike "*$canary*"
        $files = Get-ChildItem $data -Recurse -File -Force
        $files.Name | Should -Contain 'profiles.json'
        $files | Where-Object Name -NE 'profiles.json' | ForEach-Object {
            [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes($_.FullName)) | Should -Not -BeLike "*$canary*"
        }
    }

    It 'is sent to its own server with every request' {
        $null = Get-PRInstance
        $emulator.Requests.HasAuthorization | Should -Be $true
    }
}

Describe 'The token of the notebook' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $instance = Get-PRInstance | Select-Object -First 1
        $token = ([uri] $instance.GetJupyterUrl()).Query.TrimStart('?') -replace '^.*='
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'is returned by the method, and by no property' {
        $token.Length | Should -BeGreaterThan 10
        $instance.GetJupyterUrl() | Should -BeLike "*$token*"
        $instance.PSObject.Properties.Value | Should -Not -BeLike "*$token*"
    }

    It 'is in no view' {
        $instance | Out-String -Width 4000 | Should -Not -BeLike "*$token*"
        $instance | Format-List | Out-String -Width 4000 | Should -Not -BeLike "*$token*"
        $instance | Format-Table -Wrap | Out-String -Width 4000 | Should -Not -BeLike "*$token*"
        "$instance" | Should -Not -BeLike "*$token*"
    }

    It 'is in no stream and no error' {
        $done = Get-Outcome $Everything
        foreach ($item in $done.All | Where-Object { $_ -is [System.Management.Automation.InformationalRecord] -or $_ -is [System.Management.Automation.ErrorRecord] }) {
            "$item" | Should -Not -BeLike "*$token*"
        }
    }

    It 'is not in an error that repeats the address' {
        Add-Fault $emulator ServerError @{ Status = 400; Text = "Cannot stop $($instance.GetJupyterUrl()) now" }
        $record = (Get-Outcome { $instance | Stop-PRInstance -Confirm:$false }).Errors[0]
        "$record" | Should -BeLike '*Cannot stop*'
        $record.Exception.ToString() | Should -Not -BeLike "*$token*"
        $record.Exception.Detail | Should -Not -BeLike "*$token*"
    }

    It 'is in no other property when the server repeats it elsewhere' {
        Add-Fault $emulator ExtraFields @{ Text = $instance.GetJupyterUrl() }
        $read = Get-PRInstance -Id $instance.Id
        $read.AdditionalProperties | ConvertTo-Json -Depth 5 | Should -Not -BeLike "*$token*"
    }
}

Describe 'Control characters of the server' {
    BeforeEach { $emulator = Start-TestEmulator }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'are in no stream: <Kind>' -ForEach @{ Kind = 'ExtraFields' }, @{ Kind = 'UnknownStatus' }, @{ Kind = 'NotJson' } {
        Add-Fault $emulator $Kind @{ Text = "a`e[31mb`a`u{9b}c`u{202e}d`bx" }
        foreach ($item in (Get-Outcome { Get-PRInstance -Verbose -Debug }).All | Where-Object { $_ -isnot [PulseRun.Instance] }) {
            "$item" -replace '\n' | Should -Not -Match '[\p{Cc}\p{Cf}]'
        }
    }

    It 'are in no <View>: <Kind>' -ForEach @(
        foreach ($view in 'table', 'list') {
            @{ View = $view; Kind = 'UnknownStatus'; With = @{} }
            @{ View = $view; Kind = 'ExtraFields'; With = @{ Names = [string[]] ('gpu', 'provider', 'region', 'template', 'gpu_name', 'ssh_command', 'ip') } }
            @{ View = $view; Kind = 'ExtraFields'; With = @{} }
        }
    ) {
        $fault = $With.Clone()
        $fault.Text = "a`e]0;title`a`u{9b}2Jb`u{202e}c`bd"
        Add-Fault $emulator $Kind $fault
        $instance = Get-PRInstance | Select-Object -First 1
        $text = if ($View -eq 'table') { $instance | Format-Table | Out-String -Width 120 } else { $instance | Format-List | Out-String -Width 120 }
        # The escape sequences of PowerShell itself are colours.
        $text -replace '\e\[[0-9;]*m' -replace '[\r\n]' | Should -Not -Match '[\p{Cc}\p{Cf}]'
    }
}
