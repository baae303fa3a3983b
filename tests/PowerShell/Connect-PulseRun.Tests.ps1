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

    Context 'The address' {
        It 'accepts the base address with <_>' -ForEach '', '/', '/v1', '/v1/', '/V1' {
            $context = Connect-PulseRun -ApiKey $key -BaseUri "$base$_" -PassThru
            $context.BaseUri | Should -Be "$base/"
            (Get-PRInstance).Count | Should -Be 6
            Get-Sent $emulator | Should -Be 'GET /v1/instances'
        }

        It 'uses PULSERUN_BASE_URI with <_>, without Connect-PulseRun' -ForEach '', '/', '/v1', '/v1/' {
            $env:PULSERUN_API_KEY = $emulator.ApiKey
            $env:PULSERUN_BASE_URI = "$base$_"
            (Get-PRInstance).Count | Should -Be 6
            (Get-PRContext).Source | Should -Be 'Environment'
            Get-Sent $emulator | Should -Be 'GET /v1/instances'
        }

        It 'defaults to the real API' {
            (Connect-PulseRun -ApiKey $key -PassThru).BaseUri | Should -Be 'https://api.pulserun.dev/'
        }

        It 'rejects plain http to <_>' -ForEach 'http://api.pulserun.dev', 'http://10.0.0.1', 'http://192.168.1.1:8080/v1', 'http://localhost.example.com', 'http://127.0.0.1.example.com', 'HTTP://example.com' {
            $done = Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $_ -PassThru }
            $done.EndedId | Should -Be 'InsecureEndpoint'
            $done.Ended.CategoryInfo.Category | Should -Be 'SecurityError'
            $done.Output | Should -BeNullOrEmpty
            Get-PRContext | Should -BeNullOrEmpty
        }

        It 'rejects plain http from the environment' {
            $env:PULSERUN_API_KEY = $emulator.ApiKey
            $env:PULSERUN_BASE_URI = 'http://api.pulserun.dev'
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'InsecureEndpoint'
        }

        It 'allows plain http to <_>' -ForEach 'http://localhost:1234', 'http://127.0.0.1:1234', 'http://[::1]:1234' {
            (Connect-PulseRun -ApiKey $key -BaseUri $_ -PassThru).BaseUri | Should -Be "$_/"
        }

        It 'rejects <_>, which is not an address of an API' -ForEach 'nonsense', 'ftp://api.pulserun.dev', 'file:///etc/passwd', 'https://', 'https://me:hunter2@api.pulserun.dev', 'https://api.pulserun.dev/?hunter2=1', 'https://api.pulserun.dev/#x' {
            $done = Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $_ }
            $done.EndedId | Should -Be 'InvalidRequest'
            $done.Ended.TargetObject | Should -Be 'BaseUri'
            "$($done.Ended)" | Should -Not -BeLike '*hunter2*'
        }
    }

    Context 'The key' {
        It 'sends no request' {
            Connect-PulseRun -ApiKey $key -BaseUri $base
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'returns the context only with -PassThru' {
            Connect-PulseRun -ApiKey $key -BaseUri $base | Should -BeNullOrEmpty
            Connect-PulseRun -ApiKey $key -BaseUri $base -PassThru | Should -BeOfType PulseRun.Context
        }

        It 'prefers the key of the parameter to that of the environment' {
            $env:PULSERUN_API_KEY = 'pr_live_wrongwrongwrong'
            $env:PULSERUN_BASE_URI = $base
            Connect-PulseRun -ApiKey $key
            (Get-PRContext).Source | Should -Be 'Parameter'
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'shows a key of the form <Text> as mode <Mode>' -ForEach @(
            @{ Text = 'pr_live_abcdefghijkl'; Mode = 'live' }
            @{ Text = 'pr_test_abcdefghijkl'; Mode = 'test' }
            @{ Text = 'something-else'; Mode = 'unknown' }
        ) {
            (Connect-PulseRun -ApiKey (ConvertTo-Key $Text) -PassThru).Mode | Should -Be $Mode
        }

        It 'rejects a key that <Name>' -ForEach @(
            @{ Name = 'has a line end'; Text = "pr_live_abc`n" }
            @{ Name = 'has a space'; Text = 'pr_live_abc def' }
            @{ Name = 'is not ASCII'; Text = 'pr_live_äöü' }
        ) {
            $done = Get-Outcome { Connect-PulseRun -ApiKey (ConvertTo-Key $Text) -BaseUri $base }
            $done.EndedId | Should -Be 'InvalidRequest'
            $done.Ended.TargetObject | Should -Be 'ApiKey'
        }

        It 'rejects an empty key' {
            (Get-Outcome { Connect-PulseRun -ApiKey ([securestring]::new()) -BaseUri $base }).EndedId | Should -Be 'InvalidRequest'
        }

        It 'works after the caller has disposed the key' {
            Connect-PulseRun -ApiKey $key -BaseUri $base
            $key.Dispose()
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'fails without any key' {
            $done = Get-Outcome { Connect-PulseRun }
            $done.EndedId | Should -Be 'NotConnected'
            $done.Ended.CategoryInfo.Category | Should -Be 'AuthenticationError'
        }

        It 'keeps the previous connection when it fails' {
            $emulator | Connect-PulseRun
            $null = Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri 'http://example.com' }
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'notices a changed environment' {
            $env:PULSERUN_BASE_URI = $base
            $env:PULSERUN_API_KEY = 'pr_live_wrongwrongwrong'
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'Unauthorized'
            $env:PULSERUN_API_KEY = $emulator.ApiKey
            (Get-PRInstance).Count | Should -Be 6
        }
    }

    Context 'A key file' {
        BeforeEach { Remove-Item "$TestDrive/key" -ErrorAction Ignore; $env:PULSERUN_BASE_URI = $base; $env:PULSERUN_API_KEY_FILE = "$TestDrive/key" }

        It 'provides the key, without the trailing line break' {
            Set-Content "$TestDrive/key" $emulator.ApiKey
            (Get-PRInstance).Count | Should -Be 6
            (Get-PRContext).Source | Should -Be 'Environment'
        }

        It 'is not used when PULSERUN_API_KEY is set' {
            Set-Content "$TestDrive/key" 'pr_test_another'
            $env:PULSERUN_API_KEY = $emulator.ApiKey
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'is an error when it cannot be read, even if a profile is saved: <Name>' -ForEach @(
            @{ Name = 'not there'; Do = { Remove-Item "$TestDrive/key" -ErrorAction Ignore } }
            @{ Name = 'empty'; Do = { [System.IO.File]::WriteAllText("$TestDrive/key", [string]::Empty) } }
            @{ Name = 'a folder'; Do = { Remove-Item "$TestDrive/key" -ErrorAction Ignore; $env:PULSERUN_API_KEY_FILE = "$TestDrive" } }
            @{ Name = 'too long'; Do = { Set-Content "$TestDrive/key" ('x' * 5000) } }
            @{ Name = 'a pipe'; Do = { Remove-Item "$TestDrive/key" -ErrorAction Ignore; mkfifo "$TestDrive/key" } }
        ) {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save -WarningAction SilentlyContinue
            Disconnect-PulseRun
            & $Do
            $done = Get-Outcome { Get-PRInstance }
            $done.EndedId | Should -Be 'NotConnected'
            "$($done.Ended)" | Should -BeLike '*PULSERUN_API_KEY_FILE*'
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'with a key that cannot be sent is InvalidRequest, without the key' {
            Set-Content "$TestDrive/key" "pr_test_canary`nsecond"
            $done = Get-Outcome { Get-PRInstance }
            $done.EndedId | Should -Be 'InvalidRequest'
            ($done.Ended | Format-List * -Force | Out-String) | Should -Not -Match 'canary'
        }
    }

    Context 'A key command' {
        It 'runs at the first use of the key' {
            $script = [scriptblock]::Create("Set-Content '$TestDrive/ran' x; '$($emulator.ApiKey)'")
            Connect-PulseRun -KeyCommand $script -BaseUri $base
            (Get-PRContext).Mode | Should -Be 'unknown'
            $null = TabExpansion2 'Get-PRInstance inst_' 20
            "$TestDrive/ran" | Should -Not -Exist
            (Get-PRInstance).Count | Should -Be 6
            "$TestDrive/ran" | Should -Exist
            (Get-PRContext).Mode | Should -Be 'test'
            (Get-PRContext).Source | Should -Be 'Command'
        }

        It 'may return a SecureString' {
            Connect-PulseRun -KeyCommand ([scriptblock]::Create("ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force")) -BaseUri $base
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'is saved as text, without a key' {
            Connect-PulseRun -KeyCommand ([scriptblock]::Create("Get-Content '$TestDrive/vault'")) -BaseUri $base -Save -Profile vault
            Set-Content "$TestDrive/vault" $emulator.ApiKey
            (Get-PRInstance).Count | Should -Be 6
            $file = Get-Content -Raw "$env:PULSERUN_DATA_DIR/profiles.json"
            $file | Should -Match 'Get-Content'
            $file | Should -Not -Match ([regex]::Escape($emulator.ApiKey))
            $file | Should -Not -Match ([regex]::Escape([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($emulator.ApiKey))))
            Disconnect-PulseRun
            (Get-PRProfile vault).KeyStore | Should -Be 'Command'
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'that <Name> is the error NotConnected, and sends no request' -ForEach @(
            @{ Name = 'throws'; Script = { throw 'canary' } }
            @{ Name = 'asks'; Script = { Read-Host 'Key' } }
            @{ Name = 'returns nothing'; Script = { } }
            @{ Name = 'returns two'; Script = { 'pr_test_canary', 'pr_test_other' } }
            @{ Name = 'returns a number'; Script = { 42 } }
            @{ Name = 'returns a key with a blank'; Script = { 'pr_test_canary x' } }
        ) {
            Connect-PulseRun -KeyCommand $Script -BaseUri $base
            $done = Get-Outcome { Get-PRInstance }
            $done.EndedId | Should -Be 'NotConnected'
            ($done.Ended | Format-List * -Force | Out-String) | Should -Not -Match 'canary'
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'is stopped after 10 s' {
            Connect-PulseRun -KeyCommand { Start-Sleep 60 } -BaseUri $base
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'NotConnected'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 30
        }

        It 'runs again after a failure' {
            Connect-PulseRun -KeyCommand ([scriptblock]::Create("Get-Content '$TestDrive/later' -ErrorAction Stop")) -BaseUri $base
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'NotConnected'
            Set-Content "$TestDrive/later" $emulator.ApiKey
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'cannot be combined with -ApiKey' {
            (Get-Outcome { Connect-PulseRun -ApiKey $key -KeyCommand { 'x' } }).EndedId | Should -Be 'InvalidRequest'
        }
    }

    Context 'With -Test' {
        It 'sends one request' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Test
            Get-Sent $emulator | Should -Be 'GET /v1/instances'
        }

        It 'fails with a wrong key, keeps the previous connection and saves nothing' {
            $emulator | Connect-PulseRun
            $done = Get-Outcome { Connect-PulseRun -ApiKey (ConvertTo-Key 'pr_test_wrong') -BaseUri $base -Test -Save -PassThru }
            $done.EndedId | Should -Be 'Unauthorized'
            $done.Output | Should -BeNullOrEmpty
            "$env:PULSERUN_DATA_DIR/profiles.json" | Should -Not -Exist
            (Get-PRInstance).Count | Should -Be 6
        }
    }

    Context 'Settings' {
        It 'are those of the parameters' {
            $context = $emulator | Connect-PulseRun -RequestsPerMinute 1000 -TimeoutSec 7 -MaxWaitSec 0 -PassThru
            $context.RequestsPerMinute | Should -Be 1000
            $context.Timeout | Should -Be ([timespan]::FromSeconds(7))
            $context.MaxWait | Should -Be ([timespan]::Zero)
        }

        It 'are 100 s for a request and 600 s for the rate limit by default' {
            $context = $emulator | Connect-PulseRun -PassThru
            $context.Timeout.TotalSeconds | Should -Be 100
            $context.MaxWait.TotalSeconds | Should -Be 600
            $context.RequestsPerMinute | Should -BeNullOrEmpty
        }

        It 'reject -<Name> <Value>' -ForEach @(
            @{ Name = 'TimeoutSec'; Value = 0 }
            @{ Name = 'MaxWaitSec'; Value = -1 }
            @{ Name = 'RequestsPerMinute'; Value = 0 }
        ) {
            $settings = @{ $Name = $Value }
            { $emulator | Connect-PulseRun @settings } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        }
    }

    Context 'Saved profiles' {
        It 'are stored in a file that only the user can read, for later sessions' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save -TimeoutSec 33
            $file = Get-ChildItem $env:PULSERUN_DATA_DIR -Filter profiles.json
            $file | Should -Not -BeNullOrEmpty
            if (-not $IsWindows) { $file.UnixMode | Should -Be '-rw-------' }
            $child = Invoke-Child '(Get-PRInstance).Count; $c = Get-PRContext; "$($c.Source) $($c.Timeout.TotalSeconds) $($c.BaseUri)"'
            $child.Lines | Should -Be '6', "Profile 33 $base/"
            $child.Errors | Should -BeNullOrEmpty
        }

        It 'are saved and found by name' {
            $other = Start-PREmulator -RequestsPerMinute 0 -Seed 2 -Instances 2
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save -Profile one
            Connect-PulseRun -ApiKey (ConvertTo-Key $other.ApiKey) -BaseUri $other.BaseUri -Save -Profile two
            Connect-PulseRun -Profile one
            (Get-PRInstance).Count | Should -Be 6
            Connect-PulseRun -Profile two
            (Get-PRInstance).Count | Should -Be 2
            (Get-PRContext).Profile | Should -Be 'two'
        }

        It 'are used when named; the environment precedes the default profile' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save -Profile mine
            Disconnect-PulseRun
            $env:PULSERUN_API_KEY = 'pr_live_wrongwrongwrong'
            $env:PULSERUN_BASE_URI = $base
            (Get-PRContext).Source | Should -Be 'Environment'
            (Connect-PulseRun -Profile mine -PassThru).Source | Should -Be 'Profile'
        }

        It 'are an error with the name when they do not exist' {
            $done = Get-Outcome { Connect-PulseRun -Profile nosuch }
            $done.EndedId | Should -Be 'NotConnected'
            "$($done.Ended)" | Should -BeLike '*nosuch*'
        }

        It 'are listed in the error for an unknown name' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save -Profile work -WarningAction SilentlyContinue
            "$((Get-Outcome { Connect-PulseRun -Profile wrok }).Ended)" | Should -BeLike '*The saved profiles are: work.'
        }

        It 'cause a warning with the path when the key is saved unencrypted' -Skip:$IsWindows {
            $before = $env:PATH
            $env:PATH = (Split-Path (Get-Command chmod).Source)
            if (Test-Path (Join-Path $env:PATH secret-tool)) { $env:PATH = '/nosuch' }
            try { $done = Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $base -Save } } finally { $env:PATH = $before }
            "$($done.Warnings)" | Should -BeLike '*unencrypted in*profiles.json*0600*'
        }

        It 'store the key in the Secret Service, under its address, if secret-tool is installed' -Skip:(-not $IsLinux) {
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

        It 'reject a name with control characters' {
            (Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $base -Save -Profile "a`e[2Jb" }).EndedId | Should -Be 'InvalidRequest'
        }

        It 'reject a folder that other users can write to' -Skip:$IsWindows {
            $before = $env:PULSERUN_DATA_DIR
            $env:PULSERUN_DATA_DIR = "$TestDrive/shared"
            try {
                Connect-PulseRun -ApiKey $key -BaseUri $base -Save -WarningAction SilentlyContinue
                Disconnect-PulseRun
                chmod 777 $env:PULSERUN_DATA_DIR
                (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'NotConnected'
            }
            finally { $env:PULSERUN_DATA_DIR = $before }
        }

        It 'replace a profile of the same name' {
            Connect-PulseRun -ApiKey (ConvertTo-Key 'pr_live_old_old_old_old') -BaseUri $base -Save
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save
            Disconnect-PulseRun
            (Get-PRInstance).Count | Should -Be 6
            Get-Content -Raw "$env:PULSERUN_DATA_DIR/profiles.json" | Should -Not -BeLike '*old_old*'
        }

        It 'never send a saved key unencrypted, even if the file was edited' {
            Connect-PulseRun -ApiKey $key -BaseUri 'https://api.pulserun.dev' -Save
            Disconnect-PulseRun
            $file = "$env:PULSERUN_DATA_DIR/profiles.json"
            (Get-Content -Raw $file).Replace('https://', 'http://') | Set-Content $file
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'InsecureEndpoint'
        }

        It 'name a damaged file in the error' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save
            Disconnect-PulseRun
            Set-Content "$env:PULSERUN_DATA_DIR/profiles.json" '{ not json'
            $done = Get-Outcome { Get-PRInstance }
            $done.EndedId | Should -Be 'NotConnected'
            "$($done.Ended)" | Should -BeLike '*profiles.json*'
        }

        It 'reject a file that other users can read' -Skip:$IsWindows {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save
            Disconnect-PulseRun
            chmod 644 "$env:PULSERUN_DATA_DIR/profiles.json"
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'NotConnected'
        }
    }

    Context 'The emulator' {
        It 'is connected to inside this process' {
            Connect-PulseRun -Emulator
            (Get-PRContext).Mode | Should -Be 'emulator'
            $first = Get-PRInstance -Status running | Select-Object -First 1
            ($first | Stop-PRInstance -Confirm:$false).Status | Should -Be 'stopped'
            ($first | Start-PRInstance).Status | Should -BeIn 'starting', 'running'
            ($first | Remove-PRInstance -Force).Status | Should -Be 'terminated'
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'is connected to on a port' {
            ($emulator | Connect-PulseRun -PassThru).BaseUri | Should -Be $emulator.BaseUri
            (Get-PRInstance).Count | Should -Be 6
        }
    }

    Context 'Where the key goes' {
        It 'excludes another host to which the server redirects' {
            $port = $emulator.Port + 1
            $listener = [System.Net.HttpListener]::new()
            while (-not $listener.IsListening) {
                $listener.Prefixes.Clear()
                $listener.Prefixes.Add("http://127.0.0.1:$port/")
                try { $listener.Start() } catch { $listener = [System.Net.HttpListener]::new(); $port++ }
            }
            try {
                $arrival = $listener.GetContextAsync()
                $emulator | Connect-PulseRun
                foreach ($status in 301, 302, 307, 308) {
                    $emulator.ClearFaults()
                    Add-Fault $emulator RedirectTo @{ Url = "http://127.0.0.1:$port/v1/instances"; Status = $status }
                    (Get-Outcome { Get-PRInstance }).ErrorIds | Should -Be 'MalformedResponse'
                }
                $emulator.ClearFaults()
                Add-Fault $emulator ForeignNext @{ Url = "http://127.0.0.1:$port/v1/instances" }
                (Get-Outcome { Get-PRInstance }).ErrorIds | Should -Be 'IncompleteList'
                $arrival.IsCompleted | Should -BeFalse
            }
            finally { $listener.Close() }
        }
    }
}
