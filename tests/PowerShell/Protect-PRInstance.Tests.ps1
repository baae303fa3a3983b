BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Idle.ps1 }

Describe 'Protect-PRInstance' {
    BeforeEach { $emulator = Start-IdleEmulator 3 }
    # A protection holds for its id, whichever connection made it: the next test has the same ids.
    AfterEach { try { Get-PRProtection | Unprotect-PRInstance } catch { }; Stop-PREmulator; Disconnect-PulseRun }

    It 'protects an object, sends nothing, and tells it' {
        $one = (Get-PRInstance)[0]
        $emulator.ClearRequests()
        $protection = $one | Protect-PRInstance -Reason 'a demo on Friday' -Until $emulator.UtcNow.AddHours(1)
        $protection | Should -BeOfType PulseRun.Protection
        $protection.Id, $protection.Reason | Should -Be 'inst_0', 'a demo on Friday'
        $protection.Until.Offset | Should -Be ([timespan]::Zero)
        ($protection.Until - $protection.CreatedAt).TotalMinutes | Should -BeGreaterThan 59
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'protects by id, several at once, and rows of a CSV file' {
        (Protect-PRInstance inst_0, inst_1).Id | Should -Be 'inst_0', 'inst_1'
        ('Id', 'inst_2' | ConvertFrom-Csv | Protect-PRInstance).Id | Should -Be 'inst_2'
        @(Get-PRProtection) | Should -HaveCount 3
    }

    It 'protects a verdict' {
        Read-Fleet $emulator
        Get-PRIdleInstance @Rule | Select-Object -First 1 | Protect-PRInstance -Reason x | Out-Null
        (Invoke-TestCleanup).Text[0] | Should -Be 'inst_0 Skipped Protected'
    }

    It 'ends by itself at -Until' {
        $null = Protect-PRInstance inst_0 -Until $emulator.UtcNow.AddMinutes(30)
        Read-Fleet $emulator 20
        (Invoke-TestCleanup @{ MaxActions = 0 }).Text[0] | Should -Be 'inst_0 Skipped MaxActions'
        Get-PRProtection | Should -BeNullOrEmpty
    }

    It 'changes reason and end of a protection' {
        $null = Protect-PRInstance inst_0 -Reason first -Until $emulator.UtcNow.AddMinutes(30)
        $null = Protect-PRInstance inst_0 -Reason second
        $held = @(Get-PRProtection)
        $held | Should -HaveCount 1
        $held.Reason, $held.Until | Should -Be 'second', $null
    }

    It 'refuses an end that is past' {
        Protect-PRInstance inst_0, inst_1 -Until $emulator.UtcNow.AddMinutes(-1) -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed | ForEach-Object { Get-ErrorId $_ } | Should -Be 'InvalidRequest', 'InvalidRequest'
        $failed[0].TargetObject | Should -Be 'inst_0'
        Get-PRProtection | Should -BeNullOrEmpty
    }

    It 'refuses an id that is none, and protects the rest' {
        (Protect-PRInstance 'inst_*', inst_1 -ErrorAction SilentlyContinue -ErrorVariable failed).Id | Should -Be 'inst_1'
        Get-ErrorId $failed[0] | Should -Be 'InvalidRequest'
    }

    It '-WhatIf protects nothing' {
        Protect-PRInstance inst_0 -WhatIf | Should -BeNullOrEmpty
        Get-PRProtection | Should -BeNullOrEmpty
    }

    It 'says that it could not, when it cannot be written down' {
        $was = $env:PULSERUN_DATA_DIR
        try {
            $env:PULSERUN_DATA_DIR = New-Item (Join-Path $TestDrive 'a file')
            Protect-PRInstance inst_0 -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
            Get-ErrorId $failed[0] | Should -Be 'JournalUnavailable'
        }
        finally { $env:PULSERUN_DATA_DIR = $was }
    }

    It 'protects the id, whichever key or spelling of the address a cleanup comes with' {
        $null = Protect-PRInstance inst_0
        $other = Start-IdleEmulator 2
        (Get-PRProtection).Id | Should -Be 'inst_0'
        Read-Fleet $other
        (Invoke-TestCleanup).Text | Should -Be 'inst_0 Skipped Protected', 'inst_1 Stopped Idle'
        Unprotect-PRInstance inst_0
        Get-PRProtection | Should -BeNullOrEmpty
    }

    It 'is obeyed by <_>' -ForEach 'Stop-PRInstance', 'Remove-PRInstance' {
        $null = Protect-PRInstance inst_1 -Reason 'training run 12' -Until $emulator.UtcNow.AddHours(1)
        $emulator.ClearRequests()
        $done = Get-Outcome { Get-PRInstance | & $_ -Confirm:$false }
        $done.ErrorIds | Should -Be 'InstanceProtected'
        $done.Errors[0].TargetObject.Id | Should -Be 'inst_1'
        $done.Errors[0].CategoryInfo.Category | Should -Be 'PermissionDenied'
        "$($done.Errors[0])" | Should -BeLike '*training run 12*'
        $done.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Force*'
        # The others are done, and nothing was sent for this one.
        $done.Output.Id | Should -Be 'inst_0', 'inst_2'
        Get-SentCount $emulator '*inst_1*' | Should -Be 0
        # By id, without an object, with a -WhatIf.
        (Get-Outcome { & $_ inst_1 -Confirm:$false }).ErrorIds | Should -Be 'InstanceProtected'
        (Get-Outcome { & $_ inst_1 -WhatIf }).ErrorIds | Should -Be 'InstanceProtected'
        (& $_ inst_1 -Force -Confirm:$false).Id | Should -Be 'inst_1'
        Get-SentCount $emulator '*inst_1*' | Should -Be 1
    }

    It 'is obeyed until it ends' {
        $null = Protect-PRInstance inst_0 -Until $emulator.UtcNow.AddMinutes(10)
        $null = Protect-PRInstance inst_1
        (Get-Outcome { Stop-PRInstance inst_0 }).ErrorIds | Should -Be 'InstanceProtected'
        $emulator.Advance('00:11:00')
        (Stop-PRInstance inst_0).Status | Should -Be 'stopped'
        Unprotect-PRInstance inst_1
        (Stop-PRInstance inst_1).Status | Should -Be 'stopped'
    }

    It 'costs a stop no SQLite, and no store, on a machine that has none' {
        $child = Invoke-Child -Environment @{ PULSERUN_DATA_DIR = "$TestDrive/none" } @"
            `$e = Start-PREmulator -Instances 3; `$e | Connect-PulseRun
            `$null = Get-PRInstance -Status running | Select-Object -First 1 | Stop-PRInstance
            `$null = `$e.Instances[1].Id | Remove-PRInstance -Force
            @([AppDomain]::CurrentDomain.GetAssemblies().Where{ `$_.GetName().Name -match 'SQLite' }).Count
            Test-Path '$TestDrive/none/pulserun.db'
"@
        $child.Lines | Should -Be '0', 'False' -Because $child.Errors
    }

    It 'is taken for a protection when it cannot be read' {
        $null = Protect-PRInstance inst_0
        $was = $env:PULSERUN_DATA_DIR
        try {
            $env:PULSERUN_DATA_DIR = New-Item -ItemType Directory (Join-Path $TestDrive 'broken')
            $null = New-Item -ItemType Directory (Join-Path $TestDrive 'broken/pulserun.db')
            Set-Content (Join-Path $TestDrive 'broken/pulserun.db/x') x
            # A folder of that name is no store, so there is nothing to obey; a file that is no database is set aside by the store itself.
            (Stop-PRInstance inst_1 -WarningAction SilentlyContinue).Status | Should -Be 'stopped'
        }
        finally { $env:PULSERUN_DATA_DIR = $was }
        (Get-Outcome { Stop-PRInstance inst_0 }).ErrorIds | Should -Be 'InstanceProtected'
    }
}
