BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Get-PRContext' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'is empty without a connection' {
        Get-PRContext | Should -BeNullOrEmpty
    }

    It 'shows the connection, and sends nothing' {
        $emulator = Start-TestEmulator
        $context = Get-PRContext
        $context | Should -BeOfType PulseRun.Context
        $context.BaseUri | Should -Be $emulator.BaseUri
        $context.Mode | Should -Be 'emulator'
        $context.Source | Should -Be 'Emulator'
        $context.ConnectedAt.Offset | Should -Be ([timespan]::Zero)
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'has no property that holds the key' {
        $emulator = Start-TestEmulator
        Get-PRContext | Format-List * -Force | Out-String | Should -Not -BeLike "*$($emulator.ApiKey)*"
        Get-PRContext | ConvertTo-Json -Depth 5 | Should -Not -BeLike "*$($emulator.ApiKey)*"
    }

    It 'is one per runspace' {
        $emulator = Start-TestEmulator
        $shell = [powershell]::Create()
        try {
            $shell.AddScript("Import-Module '$ModulePath'; Get-PRContext").Invoke() | Should -BeNullOrEmpty
            Get-PRContext | Should -Not -BeNullOrEmpty
        }
        finally { $shell.Dispose() }
    }
}
