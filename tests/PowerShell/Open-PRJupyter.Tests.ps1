BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Ssh.ps1
    $path = $env:PATH
    $opener = $IsMacOS ? 'open' : 'xdg-open'
    $add = { param($id, $url) $null = $emulator.AddInstance([PulseRun.Instance] @{ Id = $id; JupyterUrl = $url }) }
}

# Skipped on Windows, where the association of https cannot be replaced by a substitute for the browser.
Describe 'Open-PRJupyter' -Skip:($IsWindows) {
    BeforeEach {
        $emulator = Start-TestEmulator
        $emulator.ClearRequests()
        $marks = New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid())"
        # Records its arguments, one per line.
        $bin = New-Fake "$marks/bin" $opener "printf '%s\n' ""`$@"" > '$marks/part'; mv '$marks/part' '$marks/args'"
        $env:PATH = "$bin$([IO.Path]::PathSeparator)$path"
        & $add inst_a 'https://a.example/lab?token=s3cret&x=$(id)'
        $emulator.ClearRequests()
    }
    AfterEach {
        $env:PATH = $path
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'passes the address to the opener as one argument' {
        Open-PRJupyter inst_a | Should -BeNullOrEmpty
        Wait-Until { Test-Path "$marks/args" }
        @(Get-Content "$marks/args") | Should -Be @('https://a.example/lab?token=s3cret&x=$(id)')
        Get-Sent $emulator | Should -Be 'GET /v1/instances/inst_a'
    }

    It 'takes an object, sends no request for it, and returns it with -PassThru' {
        $instance = Get-PRInstance inst_a
        $emulator.ClearRequests()
        $out = $instance | Open-PRJupyter -PassThru
        $out | Should -Be $instance
        "$marks/args" | Should -Exist
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'takes rows of a CSV file' {
        Get-PRInstance inst_a | Select-Object Id | Export-Csv "$TestDrive/i.csv"
        (Import-Csv "$TestDrive/i.csv" | Open-PRJupyter -PassThru).Id | Should -Be 'inst_a'
    }

    It 'opens nothing with -WhatIf' {
        Invoke-Silent $emulator "'inst_a' | Open-PRJupyter -WhatIf" | Should -BeNullOrEmpty
        $emulator.Requests | Should -BeNullOrEmpty
        "$marks/args" | Should -Not -Exist
    }

    It 'does not pass the API key to the browser' {
        $null = New-Fake $bin $opener "printf '%s' ""`${PULSERUN_API_KEY-none} `${PULSERUN_API_KEY_FILE-none}"" > '$marks/part'; mv '$marks/part' '$marks/env'"
        $env:PULSERUN_API_KEY = 'pr_test_inherited'; $env:PULSERUN_API_KEY_FILE = '/inherited'
        try { Open-PRJupyter inst_a } finally { $env:PULSERUN_API_KEY = $env:PULSERUN_API_KEY_FILE = $null }
        Wait-Until { Test-Path "$marks/env" }
        Get-Content "$marks/env" | Should -Be 'none none'
    }

    It 'shows no token in any stream' {
        $done = Get-Outcome { Open-PRJupyter inst_a -Verbose -Debug }
        "$($done.All)" | Should -BeLike '*https://a.example/lab*'
        "$($done.Verbose)" | Should -Not -BeLike '*s3cret*'
    }

    It 'rejects <_>' -ForEach 'http://user@a.example/', 'file:///etc/passwd', 'javascript:alert(1)', 'ms-settings:x', 'https://user@a.example/', 'https://u:p@a.example/', "https://a.example/`n", '--help', '/bin/sh', 'https://a b/', 'calc.exe' {
        & $add inst_bad $_
        $done = Get-Outcome { 'inst_bad', 'inst_a' | Open-PRJupyter -PassThru }
        $done.ErrorIds | Should -Be 'InvalidJupyterUrl'
        $done.Errors[0].TargetObject | Should -Be 'inst_bad'
        $done.Errors[0].CategoryInfo.Category | Should -Be 'SecurityError'
        $done.Output.Id | Should -Be 'inst_a'
        @(Get-Content "$marks/args") | Should -BeLike 'https://a.example/*'
    }

    It 'advises how to wait for an instance that is not running, and continues after one that does not exist' {
        $id = $emulator.Instances[0].Id
        $null = $emulator.SetStatus($id, 'stopped')
        $done = Get-Outcome { $id, 'inst_nosuch' | Open-PRJupyter }
        $done.ErrorIds | Should -Be 'Conflict', 'InstanceNotFound'
        "$($done.Errors[0])" | Should -BeLike '*Wait-PRInstance*'
        "$marks/args" | Should -Not -Exist
    }

    It 'reports that there is no opener' {
        $env:PATH = "$marks"
        try { $done = Get-Outcome { Open-PRJupyter inst_a } }
        finally { $env:PATH = $path }
        $done.ErrorIds | Should -Be 'ProgramUnavailable'
    }

    It 'reports that the opener found no browser' {
        $null = New-Fake $bin $opener 'exit 3'
        $done = Get-Outcome { Open-PRJupyter inst_a -PassThru }
        $done.ErrorIds | Should -Be 'ProgramUnavailable'
        $done.Output | Should -BeNullOrEmpty
    }

    It 'does not wait for a browser that keeps running' {
        $null = New-Fake $bin $opener "echo `$`$ > '$marks/pid'; exec sleep 600"
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        try {
            (Open-PRJupyter inst_a -PassThru).Id | Should -Be 'inst_a'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 100
            Wait-Until { Get-Content "$marks/pid" -ErrorAction Ignore }
        }
        finally { Stop-Process -Id (Get-Content "$marks/pid") }
    }
}
