BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Idle.ps1
}

Describe 'Export-PRReport' {
    BeforeEach {
        $emulator = Start-IdleEmulator -Instances 3 -Workloads @{ 0 = 'busy' }
        $path = Join-Path $TestDrive "$([guid]::NewGuid()).html"
        $emulator.ClearRequests()
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'writes a page with charts and sums, for one list' {
        Read-Fleet $emulator -Times 41 -Apart '00:02:00'
        Export-PRReport $path | Should -BeNullOrEmpty
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
        $page = Get-Content -Raw $path
        $page | Should -BeLike '<!DOCTYPE html>*</html>'
        # The burn, and each instance.
        [regex]::Matches($page, '<svg ').Count | Should -Be 4
        foreach ($id in 'inst_0', 'inst_1', 'inst_2') { $page | Should -BeLike "*$id*" }
        # They have run for ten days: 168 hours at 6 dollars.
        $page | Should -BeLike '*$1,008.00*'
        # Two rested for 80 minutes, at 2 and 3 dollars.
        $page | Should -BeLike '*$6.67*'
    }

    It 'needs nothing else, and forbids what it does not do' {
        Read-Fleet $emulator -Times 2
        Export-PRReport $path
        $page = Get-Content -Raw $path
        $page | Should -Match "Content-Security-Policy"" content=""default-src 'none'"
        $page | Should -Not -Match '<script|<link|<img|<iframe|@import|\son\w+=|\ssrc=|\shref='
    }

    It 'holds no key, no ssh command and no notebook address' {
        Export-PRReport $path
        $page = Get-Content -Raw $path
        $page.Contains($emulator.ApiKey) | Should -BeFalse
        $page | Should -Not -Match 'ssh |token='
    }

    It 'says so when nothing is remembered' {
        Export-PRReport $path
        Get-Content -Raw $path | Should -BeLike '*the history is empty*'
        Stop-PREmulator
        $other = Start-PREmulator -Instances 0
        $other | Connect-PulseRun
        Export-PRReport $path
        Get-Content -Raw $path | Should -BeLike '*Nothing was seen burning*'
    }

    It 'is made of the history alone when the list fails' {
        Read-Fleet $emulator -Times 2
        Add-Fault $emulator NotJson @{ Path = '/v1/instances' }
        $outcome = Get-Outcome { Export-PRReport $path -PassThru }
        $outcome.ErrorIds | Should -Be 'MalformedResponse'
        $outcome.Output[0].Length | Should -BeGreaterThan 1000
        Get-Content -Raw $path | Should -BeLike '*history alone*'
    }

    It 'puts the file out with -PassThru, and takes a relative path' {
        Push-Location $TestDrive
        try {
            $file = Export-PRReport relative.html -PassThru
            $file | Should -BeOfType System.IO.FileInfo
            $file.FullName | Should -Be (Join-Path $TestDrive relative.html)
        }
        finally { Pop-Location }
    }

    It 'writes nothing with -WhatIf, and sends nothing' {
        Invoke-Silent $emulator "Export-PRReport '$path' -WhatIf"
        $path | Should -Not -Exist
        Get-Sent $emulator | Should -BeNullOrEmpty
    }

    It 'replaces a file, but not with -NoClobber' {
        Set-Content $path 'old'
        $outcome = Get-Outcome { Export-PRReport $path -NoClobber }
        $outcome.EndedId | Should -Be 'InvalidRequest'
        $outcome.Ended.TargetObject | Should -Be 'NoClobber'
        Get-Content $path | Should -Be 'old'
        Get-Sent $emulator | Should -BeNullOrEmpty
        Export-PRReport $path
        Get-Content -Raw $path | Should -BeLike '<!DOCTYPE html>*'
    }

    It 'replaces a read-only file with -Force only' {
        Set-Content $path 'old'
        Set-ItemProperty $path IsReadOnly $true
        (Get-Outcome { Export-PRReport $path }).EndedId | Should -Be 'InvalidRequest'
        Get-Content $path | Should -Be 'old'
        Export-PRReport $path -Force
        Get-Content -Raw $path | Should -BeLike '<!DOCTYPE html>*'
    }

    It 'leaves nothing half written: <_>' -ForEach 'missing/folder/report.html', 'Env:\report' {
        $target = $_ -like 'Env*' ? $_ : (Join-Path $TestDrive $_)
        $outcome = Get-Outcome { Export-PRReport $target }
        $outcome.EndedId | Should -Be 'InvalidRequest'
        $outcome.Ended.TargetObject | Should -Be 'Path'
        Get-ChildItem $TestDrive -Recurse -Filter *.tmp | Should -BeNullOrEmpty
    }

    It 'refuses a time that is not past: <Name>' -ForEach @{ Name = 'the future'; Days = 1 }, @{ Name = 'too long ago'; Days = -91 } {
        $since = $emulator.UtcNow.AddDays($Days)
        $outcome = Get-Outcome { Export-PRReport $path -Since $since }
        $outcome.EndedId | Should -Be 'InvalidRequest'
        $outcome.Ended.TargetObject | Should -Be 'Since'
        $path | Should -Not -Exist
    }

    It 'counts what is asked for: <Name>' -ForEach @(
        @{ Name = 'a shorter time'; With = @{ Since = -1 }; Like = '*$144.00*' }
        @{ Name = 'nothing idle for so long'; With = @{ IdleFor = '05:00:00' }; Like = '*No idle hours are proven*' }
        @{ Name = 'all idle below 100'; With = @{ GpuBelow = 100 }; Like = '*inst_0*' }
        @{ Name = 'one line'; With = @{ Top = 1 }; Like = '*2 more instances*' }
    ) {
        Read-Fleet $emulator -Times 21 -Apart '00:02:00'
        $parameters = @{} + $With
        if ($parameters.Since) { $parameters.Since = $emulator.UtcNow.AddDays($parameters.Since) }
        Export-PRReport $path @parameters
        Get-Content -Raw $path | Should -BeLike $Like
    }

    It 'shows what a server sends as text' {
        $null = $emulator.AddInstance([PulseRun.Instance] @{
                Id = 'inst_evil'; Gpu = '<script>alert(1)</script>'; Provider = '"><img src=x>'; Region = "a`e[2Jb"; Template = 'x'
                CostPerHour = 50; Status = 'running'; StartedAt = $emulator.UtcNow.AddDays(-1); CreatedAt = $emulator.UtcNow.AddDays(-1)
            })
        Export-PRReport $path
        $page = Get-Content -Raw $path
        $page | Should -BeLike '*inst_evil*'
        $page | Should -Not -Match '<script|<img|\e'
        $page | Should -BeLike '*&lt;script&gt;*'
    }
}
