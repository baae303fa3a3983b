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
        It 'takes the base address with <_>' -ForEach '', '/', '/v1', '/v1/', '/V1' {
            $context = Connect-PulseRun -ApiKey $key -BaseUri "$base$_" -PassThru
            $context.BaseUri | Should -Be "$base/"
            (Get-PRInstance).Count | Should -Be 6
            Get-Sent $emulator | Should -Be 'GET /v1/instances'
        }

        It 'takes PULSERUN_BASE_URI with <_>, without Connect-PulseRun' -ForEach '', '/', '/v1', '/v1/' {
            $env:PULSERUN_API_KEY = $emulator.ApiKey
            $env:PULSERUN_BASE_URI = "$base$_"
            (Get-PRInstance).Count | Should -Be 6
            (Get-PRContext).Source | Should -Be 'Environment'
            Get-Sent $emulator | Should -Be 'GET /v1/instances'
        }

        It 'defaults to the real API' {
            (Connect-PulseRun -ApiKey $key -PassThru).BaseUri | Should -Be 'https://api.pulserun.dev/'
        }

        It 'refuses plain http to <_>' -ForEach 'http://api.pulserun.dev', 'http://10.0.0.1', 'http://192.168.1.1:8080/v1', 'http://localhost.example.com', 'http://127.0.0.1.example.com', 'HTTP://example.com' {
            $done = Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $_ -PassThru }
            $done.EndedId | Should -Be 'InsecureEndpoint'
            $done.Ended.CategoryInfo.Category | Should -Be 'SecurityError'
            $done.Output | Should -BeNullOrEmpty
            Get-PRContext | Should -BeNullOrEmpty
        }

        It 'refuses plain http from the environment too' {
            $env:PULSERUN_API_KEY = $emulator.ApiKey
            $env:PULSERUN_BASE_URI = 'http://api.pulserun.dev'
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'InsecureEndpoint'
        }

        It 'allows plain http to <_>' -ForEach 'http://localhost:1234', 'http://127.0.0.1:1234', 'http://[::1]:1234' {
            (Connect-PulseRun -ApiKey $key -BaseUri $_ -PassThru).BaseUri | Should -Be "$_/"
        }

        It 'refuses <_>, which is no address of an API' -ForEach 'nonsense', 'ftp://api.pulserun.dev', 'file:///etc/passwd', 'https://', 'https://me:hunter2@api.pulserun.dev', 'https://api.pulserun.dev/?hunter2=1', 'https://api.pulserun.dev/#x' {
            $done = Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $_ }
            $done.EndedId | Should -Be 'InvalidRequest'
            $done.Ended.TargetObject | Should -Be 'BaseUri'
            "$($done.Ended)" | Should -Not -BeLike '*hunter2*'
        }
    }

    Context 'The key' {
        It 'sends nothing' {
            Connect-PulseRun -ApiKey $key -BaseUri $base
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'puts the context out only when asked' {
            Connect-PulseRun -ApiKey $key -BaseUri $base | Should -BeNullOrEmpty
            Connect-PulseRun -ApiKey $key -BaseUri $base -PassThru | Should -BeOfType PulseRun.Context
        }

        It 'takes the key of the parameter before that of the environment' {
            $env:PULSERUN_API_KEY = 'pr_live_wrongwrongwrong'
            $env:PULSERUN_BASE_URI = $base
            Connect-PulseRun -ApiKey $key
            (Get-PRContext).Source | Should -Be 'Parameter'
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'tells a key of form <Text> as <Mode>' -ForEach @(
            @{ Text = 'pr_live_abcdefghijkl'; Mode = 'live' }
            @{ Text = 'pr_test_abcdefghijkl'; Mode = 'test' }
            @{ Text = 'something-else'; Mode = 'unknown' }
        ) {
            (Connect-PulseRun -ApiKey (ConvertTo-Key $Text) -PassThru).Mode | Should -Be $Mode
        }

        It 'refuses a key that <Name>' -ForEach @(
            @{ Name = 'has a line end'; Text = "pr_live_abc`n" }
            @{ Name = 'has a space'; Text = 'pr_live_abc def' }
            @{ Name = 'is not ASCII'; Text = 'pr_live_äöü' }
        ) {
            $done = Get-Outcome { Connect-PulseRun -ApiKey (ConvertTo-Key $Text) -BaseUri $base }
            $done.EndedId | Should -Be 'InvalidRequest'
            $done.Ended.TargetObject | Should -Be 'ApiKey'
        }

        It 'refuses an empty key' {
            (Get-Outcome { Connect-PulseRun -ApiKey ([securestring]::new()) -BaseUri $base }).EndedId | Should -Be 'InvalidRequest'
        }

        It 'keeps working when the caller disposes of the key' {
            Connect-PulseRun -ApiKey $key -BaseUri $base
            $key.Dispose()
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'fails without any key' {
            $done = Get-Outcome { Connect-PulseRun }
            $done.EndedId | Should -Be 'NotConnected'
            $done.Ended.CategoryInfo.Category | Should -Be 'AuthenticationError'
        }

        It 'keeps the connection before when it fails' {
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

        It 'gives the key, without the line end at its end' {
            Set-Content "$TestDrive/key" $emulator.ApiKey
            (Get-PRInstance).Count | Should -Be 6
            (Get-PRContext).Source | Should -Be 'Environment'
        }

        It 'gives way to PULSERUN_API_KEY' {
            Set-Content "$TestDrive/key" 'pr_test_another'
            $env:PULSERUN_API_KEY = $emulator.ApiKey
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'is an error when it cannot be read, although a profile is saved: <Name>' -ForEach @(
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
        It 'runs at the first use, and not before' {
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

        It 'is saved as text, and no key is' {
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

        It 'that <Name> is NotConnected, and nothing is sent' -ForEach @(
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

        It 'that does not end is given up after 10 s' {
            Connect-PulseRun -KeyCommand { Start-Sleep 60 } -BaseUri $base
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'NotConnected'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 30
        }

        It 'is asked again after a failure' {
            Connect-PulseRun -KeyCommand ([scriptblock]::Create("Get-Content '$TestDrive/later' -ErrorAction Stop")) -BaseUri $base
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'NotConnected'
            Set-Content "$TestDrive/later" $emulator.ApiKey
            (Get-PRInstance).Count | Should -Be 6
        }

        It 'goes with no -ApiKey' {
            (Get-Outcome { Connect-PulseRun -ApiKey $key -KeyCommand { 'x' } }).EndedId | Should -Be 'InvalidRequest'
        }
    }

    Context 'With -Test' {
        It 'sends one request' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Test
            Get-Sent $emulator | Should -Be 'GET /v1/instances'
        }

        It 'fails with a wrong key, keeps the connection before and saves nothing' {
            $emulator | Connect-PulseRun
            $done = Get-Outcome { Connect-PulseRun -ApiKey (ConvertTo-Key 'pr_test_wrong') -BaseUri $base -Test -Save -PassThru }
            $done.EndedId | Should -Be 'Unauthorized'
            $done.Output | Should -BeNullOrEmpty
            "$env:PULSERUN_DATA_DIR/profiles.json" | Should -Not -Exist
            (Get-PRInstance).Count | Should -Be 6
        }
    }

    Context 'Settings' {
        It 'keeps what it was given' {
            $context = $emulator | Connect-PulseRun -RequestsPerMinute 1000 -TimeoutSec 7 -MaxWaitSec 0 -PassThru
            $context.RequestsPerMinute | Should -Be 1000
            $context.Timeout | Should -Be ([timespan]::FromSeconds(7))
            $context.MaxWait | Should -Be ([timespan]::Zero)
        }

        It 'has 100 s for a request and 600 s for a turn by default' {
            $context = $emulator | Connect-PulseRun -PassThru
            $context.Timeout.TotalSeconds | Should -Be 100
            $context.MaxWait.TotalSeconds | Should -Be 600
            $context.RequestsPerMinute | Should -BeNullOrEmpty
        }

        It 'refuses -<Name> <Value>' -ForEach @(
            @{ Name = 'TimeoutSec'; Value = 0 }
            @{ Name = 'MaxWaitSec'; Value = -1 }
            @{ Name = 'RequestsPerMinute'; Value = 0 }
        ) {
            $settings = @{ $Name = $Value }
            { $emulator | Connect-PulseRun @settings } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        }
    }

    Context 'Saved profiles' {
        It 'saves for later sessions, in a file only the user can read' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save -TimeoutSec 33
            $file = Get-ChildItem $env:PULSERUN_DATA_DIR -Filter profiles.json
            $file | Should -Not -BeNullOrEmpty
            if (-not $IsWindows) { $file.UnixMode | Should -Be '-rw-------' }
            $child = Invoke-Child '(Get-PRInstance).Count; $c = Get-PRContext; "$($c.Source) $($c.Timeout.TotalSeconds) $($c.BaseUri)"'
            $child.Lines | Should -Be '6', "Profile 33 $base/"
            $child.Errors | Should -BeNullOrEmpty
        }

        It 'saves and finds profiles by name' {
            $other = Start-PREmulator -RequestsPerMinute 0 -Seed 2 -Instances 2
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save -Profile one
            Connect-PulseRun -ApiKey (ConvertTo-Key $other.ApiKey) -BaseUri $other.BaseUri -Save -Profile two
            Connect-PulseRun -Profile one
            (Get-PRInstance).Count | Should -Be 6
            Connect-PulseRun -Profile two
            (Get-PRInstance).Count | Should -Be 2
            (Get-PRContext).Profile | Should -Be 'two'
        }

        It 'lets a named profile win over the environment, and the environment over the default one' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save -Profile mine
            Disconnect-PulseRun
            $env:PULSERUN_API_KEY = 'pr_live_wrongwrongwrong'
            $env:PULSERUN_BASE_URI = $base
            (Get-PRContext).Source | Should -Be 'Environment'
            (Connect-PulseRun -Profile mine -PassThru).Source | Should -Be 'Profile'
        }

        It 'names a profile that is not there' {
            $done = Get-Outcome { Connect-PulseRun -Profile nosuch }
            $done.EndedId | Should -Be 'NotConnected'
            "$($done.Ended)" | Should -BeLike '*nosuch*'
        }

        It 'lists the profiles for a name that there is not' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save -Profile work -WarningAction SilentlyContinue
            "$((Get-Outcome { Connect-PulseRun -Profile wrok }).Ended)" | Should -BeLike '*The saved profiles are: work.'
        }

        It 'says that the key is saved unencrypted, and where' -Skip:$IsWindows {
            $before = $env:PATH
            $env:PATH = (Split-Path (Get-Command chmod).Source)
            if (Test-Path (Join-Path $env:PATH secret-tool)) { $env:PATH = '/nosuch' }
            try { $done = Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $base -Save } } finally { $env:PATH = $before }
            "$($done.Warnings)" | Should -BeLike '*unencrypted in*profiles.json*0600*'
        }

        It 'keeps the key in the Secret Service where there is secret-tool, under its address' -Skip:(-not $IsLinux) {
            $before = $env:PATH
            $bin = New-Item -ItemType Directory "$TestDrive/keyring"
            # A keyring of files: the attributes are the name, standard input is the secret.
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
                # Another address in the file, and the key is not found.
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

        It 'refuses a name that a terminal obeys' {
            (Get-Outcome { Connect-PulseRun -ApiKey $key -BaseUri $base -Save -Profile "a`e[2Jb" }).EndedId | Should -Be 'InvalidRequest'
        }

        It 'refuses a folder that others may write' -Skip:$IsWindows {
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

        It 'replaces a profile' {
            Connect-PulseRun -ApiKey (ConvertTo-Key 'pr_live_old_old_old_old') -BaseUri $base -Save
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save
            Disconnect-PulseRun
            (Get-PRInstance).Count | Should -Be 6
            Get-Content -Raw "$env:PULSERUN_DATA_DIR/profiles.json" | Should -Not -BeLike '*old_old*'
        }

        It 'does not send a saved key in the clear, whoever wrote the file' {
            Connect-PulseRun -ApiKey $key -BaseUri 'https://api.pulserun.dev' -Save
            Disconnect-PulseRun
            $file = "$env:PULSERUN_DATA_DIR/profiles.json"
            (Get-Content -Raw $file).Replace('https://', 'http://') | Set-Content $file
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'InsecureEndpoint'
        }

        It 'says which file is damaged' {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save
            Disconnect-PulseRun
            Set-Content "$env:PULSERUN_DATA_DIR/profiles.json" '{ not json'
            $done = Get-Outcome { Get-PRInstance }
            $done.EndedId | Should -Be 'NotConnected'
            "$($done.Ended)" | Should -BeLike '*profiles.json*'
        }

        It 'refuses a file that others can read' -Skip:$IsWindows {
            Connect-PulseRun -ApiKey $key -BaseUri $base -Save
            Disconnect-PulseRun
            chmod 644 "$env:PULSERUN_DATA_DIR/profiles.json"
            (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'NotConnected'
        }
    }

    Context 'The emulator' {
        It 'connects to one inside this process' {
            Connect-PulseRun -Emulator
            (Get-PRContext).Mode | Should -Be 'emulator'
            $first = Get-PRInstance -Status running | Select-Object -First 1
            ($first | Stop-PRInstance -Confirm:$false).Status | Should -Be 'stopped'
            ($first | Start-PRInstance).Status | Should -BeIn 'starting', 'running'
            ($first | Remove-PRInstance -Force).Status | Should -Be 'terminated'
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'connects to one on a port' {
            ($emulator | Connect-PulseRun -PassThru).BaseUri | Should -Be $emulator.BaseUri
            (Get-PRInstance).Count | Should -Be 6
        }
    }

    Context 'Where the key goes' {
        It 'does not follow a redirect to another host' {
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
