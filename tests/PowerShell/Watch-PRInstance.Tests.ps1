# Watch-PRInstance in processes of its own. Everything else is in tests/PulseRun.PowerShell.Tests/Cmdlets/WatchInstanceTests.cs.
BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Idle.ps1
}

Describe 'Watch-PRInstance' {
    BeforeEach {
        $emulator = Start-IdleEmulator -Workloads @{ 0 = 'busy' }
        $emulator.ClearRequests()
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'writes plain lines without escape sequences when its output is redirected' {
        $child = Invoke-Child -Environment (Get-ConnectionVariables $emulator) -Script 'Watch-PRInstance -Refreshes 1'
        $child.Errors | Should -BeNullOrEmpty
        $child.Lines | Should -HaveCount 7
        $child.Output | Should -Not -Match '\e'
    }

    It 'loads the drawing library at its first use, hidden from the session' {
        $child = Invoke-Child -Environment (Get-ConnectionVariables $emulator) -Script @'
            $look = { $l = [AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name }; $l -match 'Spectre|OxyPlot|PulseRun.Views' }
            $null = Get-PRInstance; "before: $(& $look)"
            $null = Watch-PRInstance -Refreshes 1
            "default: $([System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { $_.GetName().Name } | Where-Object { $_ -match 'Spectre|OxyPlot|PulseRun.Views' })"
'@
        $child.Lines | Should -Be 'before: ', 'default: ' -Because "the process wrote to its error stream: $($child.Errors)"
    }
}
