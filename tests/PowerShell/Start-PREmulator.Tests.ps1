BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Start-PREmulator' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'opens a free loopback port' {
        $emulator = Start-PREmulator
        $emulator | Should -BeOfType PulseRun.Emulator
        $emulator.Port | Should -BeGreaterThan 0
        $emulator.BaseUri | Should -Be "http://127.0.0.1:$($emulator.Port)/"
        $emulator.RequestsPerMinute | Should -Be 60
        $emulator.Instances.Count | Should -Be 6
    }

    It 'opens the port it is given, and serves other programs' {
        $first = Start-PREmulator
        $port = $first.Port
        $first | Stop-PREmulator
        $emulator = Start-PREmulator -Port $port -Instances 2
        $answer = Invoke-RestMethod "http://127.0.0.1:$port/v1/instances" -Headers @{ Authorization = "Bearer $($emulator.ApiKey)" }
        @($answer.data).Count | Should -Be 2
    }

    It 'says that a port is taken' {
        $first = Start-PREmulator
        $done = Get-Outcome { Start-PREmulator -Port $first.Port }
        $done.EndedId | Should -Be 'InvalidRequest'
        $done.Ended.TargetObject | Should -Be 'Port'
        "$($done.Ended)" | Should -BeLike "*$($first.Port)*"
    }

    It 'makes the same fleet of the same seed, and another one of another' {
        $ids = { param($seed) (Start-PREmulator -Seed $seed).Instances.Id -join ' ' }
        & $ids 7 | Should -Be (& $ids 7)
        & $ids 7 | Should -Not -Be (& $ids 8)
    }

    It 'takes -Instances <_>' -ForEach 0, 1, 50 {
        (Start-PREmulator -Instances $_).Instances.Count | Should -Be $_
    }

    It 'lets time run faster' {
        $emulator = Start-PREmulator -TimeScale 100000 -RequestsPerMinute 0
        $emulator | Connect-PulseRun
        $new = New-PRInstance h100_80gb pytorch -Confirm:$false
        Wait-Until { (Get-PRInstance -Id $new.Id).Status -eq 'running' }
        $emulator.TimeScale | Should -Be 100000
    }

    It 'enforces its rate limit' {
        $emulator = Start-TestEmulator -RequestsPerMinute 3 -Connect @{ MaxWaitSec = 0 }
        1..3 | ForEach-Object { $null = Get-PRInstance }
        (Get-Outcome { Get-PRInstance }).ErrorIds | Should -Be 'RateLimited'
    }

    It 'refuses -<Name> <Value>' -ForEach @(
        @{ Name = 'Port'; Value = 65536 }
        @{ Name = 'Instances'; Value = -1 }
        @{ Name = 'TimeScale'; Value = 0 }
        @{ Name = 'RequestsPerMinute'; Value = -1 }
    ) {
        $settings = @{ $Name = $Value }
        { Start-PREmulator @settings } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'tells which requests it got' {
        $emulator = Start-TestEmulator
        $null = Get-PRInstance -Status running
        $request = $emulator.Requests[0]
        $request.Method, $request.Path, $request.Status, $request.HasAuthorization | Should -Be 'GET', '/v1/instances?status=running', 200, $true
        $request.Time.Offset | Should -Be ([timespan]::Zero)
        $emulator.ClearRequests()
        $emulator.Requests | Should -BeNullOrEmpty
    }
}
