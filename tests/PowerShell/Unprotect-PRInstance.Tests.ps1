BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Idle.ps1 }

Describe 'Unprotect-PRInstance' {
    BeforeEach {
        $emulator = Start-IdleEmulator 3
        $null = Protect-PRInstance inst_0, inst_1, inst_2
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'ends a protection by id, object and property name; sends nothing and puts nothing out' {
        Unprotect-PRInstance inst_0 | Should -BeNullOrEmpty
        Get-PRProtection -Id inst_1 | Unprotect-PRInstance | Should -BeNullOrEmpty
        'Id', 'inst_2' | ConvertFrom-Csv | Unprotect-PRInstance | Should -BeNullOrEmpty
        Get-PRProtection | Should -BeNullOrEmpty
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'lets cleanup have it' {
        Read-Fleet $emulator
        Unprotect-PRInstance inst_1
        (Invoke-TestCleanup).Text | Should -Be 'inst_0 Skipped Protected', 'inst_1 Stopped Idle', 'inst_2 Skipped Protected'
    }

    It 'is no error where there is no protection; -Verbose tells' {
        Unprotect-PRInstance inst_9 -ErrorVariable failed
        $failed | Should -BeNullOrEmpty
        "$(Unprotect-PRInstance inst_9 -Verbose 4>&1)" | Should -BeLike '*not protected*'
    }

    It '-WhatIf ends nothing' {
        Unprotect-PRInstance inst_0 -WhatIf
        @(Get-PRProtection) | Should -HaveCount 3
    }

    It 'says that it could not, when the list cannot be written' {
        $was = $env:PULSERUN_DATA_DIR
        try {
            $env:PULSERUN_DATA_DIR = New-Item (Join-Path $TestDrive 'a file')
            Unprotect-PRInstance inst_0 -ErrorAction SilentlyContinue -ErrorVariable failed
            Get-ErrorId $failed[0] | Should -Be 'JournalUnavailable'
        }
        finally { $env:PULSERUN_DATA_DIR = $was }
        @(Get-PRProtection) | Should -HaveCount 3
    }
}
