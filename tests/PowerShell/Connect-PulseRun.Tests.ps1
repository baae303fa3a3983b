# Connect-PulseRun with other processes and programs. Everything else is in tests/PulseRun.PowerShell.Tests/Cmdlets/ConnectPulseRunTests.cs and SavedProfileTests.cs.
BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Connect-PulseRun' {
    BeforeEach {
        $emulator = Start-PREmulator -RequestsPerMinute 0
        $key = ConvertTo-Key $emulator.ApiKey
        $base = "http://127.0.0.1:$($emulator.Port)"
    }
    AfterEach {
        $env:PULSERUN_API_KEY = $env:PULSERUN_API_KEY_FILE = $env:PULSERUN_BASE_URI = $null
        Stop-PREmulator
        Disconnect-PulseRun
        Remove-Item "$env:PULSERUN_DATA_DIR/profiles.json" -ErrorAction Ignore
    }

    It 'stops a key command after 10 s' {
        Connect-PulseRun -KeyCommand { Start-Sleep 600 } -BaseUri $base
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'NotConnected'
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 100
    }

    It 'saves a profile in a file that only the user can read, for later sessions' {
        Connect-PulseRun -ApiKey $key -BaseUri $base -Save -TimeoutSec 33 -WarningAction SilentlyContinue
        $file = Get-ChildItem $env:PULSERUN_DATA_DIR -Filter profiles.json
        $file | Should -Not -BeNullOrEmpty
        if (-not $IsWindows) { $file.UnixMode | Should -Be '-rw-------' }
        $child = Invoke-Child '(Get-PRInstance).Count; $c = Get-PRContext; "$($c.Source) $($c.Timeout.TotalSeconds) $($c.BaseUri)"'
        $child.Lines | Should -Be '6', "Profile 33 $base/"
        $child.Errors | Should -BeNullOrEmpty
    }

    It 'warns with the path when the key is saved unencrypted' -Skip:$IsWindows {
        $before = $env:PATH
        $env:PATH = (Split-Path (Get-Command chmod).Source)
        if (Test-Path (Join-Path $env:PATH secret-tool)) { $env:PATH = '/nosuch' }
        try { $done = Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $base -Save } } finally { $env:PATH = $before }
        "$($done.Warnings)" | Should -BeLike '*unencrypted in*profiles.json*0600*'
    }

    It 'saves the key in the Secret Service, under its address, if secret-tool is installed' -Skip:(-not $IsLinux) {
        $before = $env:PATH
        $bin = New-Item -ItemType Directory "$TestDrive/keyring"
        # A substitute for secret-tool that stores secrets in files: the attributes are the file name, and standard input is the secret.
        Set-Content "$bin/secret-tool" @"
#!/bin/sh
verb=`$1; shift
[ "`$verb" = store ] && shift
file=$bin/`$(printf '%s' "`$*" | base64 -w0 | tr '/' '_')
printf '%s\n' "`$verb `$*" "`${PULSERUN_API_KEY:-none}" >> $bin/log
case "`$verb" in store) cat > "`$file";; lookup) cat "`$file" 2>/dev/null || exit 1;; clear) rm -f "`$file";; esac
"@
        & chmod +x "$bin/secret-tool"
        $env:PATH = "$bin`:$before"
        $env:PULSERUN_API_KEY = 'pr_test_inherited'
        try {
            $done = Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $base -Save -Profile ring }
            $done.Warnings | Should -BeNullOrEmpty
            $file = "$env:PULSERUN_DATA_DIR/profiles.json"
            Get-Content -Raw $file | Should -Not -Match ([regex]::Escape([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($emulator.ApiKey))))
            (Get-PRProfile ring).KeyStore | Should -Be 'SecretService'
            Connect-PulseRun -Profile ring
            (Get-PRInstance).Count | Should -Be 6
            # With another address in the file the key is not found.
            (Get-Content -Raw $file).Replace('127.0.0.1', 'localhost') | Set-Content $file
            (Get-Outcome { Connect-PulseRun -Profile ring }).EndedId | Should -Be 'NotConnected'
            (Get-Content -Raw $file).Replace('localhost', '127.0.0.1') | Set-Content $file
            Remove-PRProfile ring
            (Get-ChildItem $bin).Name | Sort-Object | Should -Be 'log', 'secret-tool'
            Get-Content -Raw "$bin/log" | Should -Not -Match ([regex]::Escape($emulator.ApiKey))
            Get-Content -Raw "$bin/log" | Should -Not -Match 'inherited'
        }
        finally { $env:PATH = $before; $env:PULSERUN_API_KEY = $null }
    }
}
