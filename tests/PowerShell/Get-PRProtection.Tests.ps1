BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Idle.ps1 }

Describe 'Get-PRProtection' {
    BeforeEach { $emulator = Start-IdleEmulator 3 }
    # A protection holds for its id, whichever connection made it: the next test has the same ids.
    AfterEach { try { Get-PRProtection | Unprotect-PRInstance } catch { }; Stop-PREmulator; Disconnect-PulseRun }

    It 'lists what is protected, oldest first, and sends nothing' {
        foreach ($id in 'inst_2', 'inst_0') {
            $null = Protect-PRInstance $id -Reason "for $id"
            $emulator.Advance('00:00:01')
        }
        $held = Get-PRProtection
        $held.Id | Should -Be 'inst_2', 'inst_0'
        $held.Reason | Should -Be 'for inst_2', 'for inst_0'
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'takes ids and wildcards, from the pipeline too; what matches nothing is no error' {
        $null = Protect-PRInstance inst_0, inst_1, other_1
        (Get-PRProtection INST_*).Id | Sort-Object | Should -Be 'inst_0', 'inst_1'
        ('inst_1', 'none' | Get-PRProtection).Id | Should -Be 'inst_1'
        (Get-PRInstance | Get-PRProtection).Id | Should -Be 'inst_0', 'inst_1'
    }

    It 'pipes into Unprotect-PRInstance' {
        $null = Protect-PRInstance inst_0, inst_1
        Get-PRProtection | Unprotect-PRInstance
        Get-PRProtection | Should -BeNullOrEmpty
    }

    It 'is known to the next process' {
        $null = Protect-PRInstance inst_0 -Reason kept
        $child = Invoke-Child '(Get-PRProtection).Reason' -Environment @{ PULSERUN_API_KEY = $emulator.ApiKey; PULSERUN_BASE_URI = "$($emulator.BaseUri)" }
        $child.Lines | Should -Be 'kept'
    }

    It 'is an error when the list cannot be read: empty would be a lie' {
        $was = $env:PULSERUN_DATA_DIR
        try {
            $env:PULSERUN_DATA_DIR = New-Item (Join-Path $TestDrive 'a file')
            Get-PRProtection -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
            Get-ErrorId $failed[0] | Should -Be 'JournalUnavailable'
        }
        finally { $env:PULSERUN_DATA_DIR = $was }
    }
}
