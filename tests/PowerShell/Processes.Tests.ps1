BeforeAll { . $PSScriptRoot/Common.ps1 }

# Tests behaviour of cmdlets that only its own process can show. Their other tests are in tests/PulseRun.PowerShell.Tests.
Describe 'In a process of its own' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'fails under -NonInteractive where a question would be asked, and names the switch' {
        $child = Invoke-Child @'
            $e = Start-PREmulator; $e | Connect-PulseRun
            foreach ($do in { Get-PRInstance | Remove-PRInstance }, { Stop-PRInstance inst_a -Confirm }, { Start-PRInstance inst_a -Confirm }, { New-PRInstance rtx_4090 pytorch -Confirm }, { Remove-PRInstance inst_a -Force -Confirm }) {
                try { & $do } catch { "$($_.FullyQualifiedErrorId -like 'InvalidRequest,*') $("$_" -like '*-Confirm:$false*') $("$_" -like '*-Force*')" }
            }
            @($e.Requests | ForEach-Object Method) -join ' '
'@
        $child.Lines | Should -Be 'True True True', 'True True False', 'True True False', 'True True False', 'True True True', 'GET'
    }

    It 'knows the protections of another process' {
        $emulator = Start-TestEmulator
        $null = Protect-PRInstance inst_0 -Reason kept
        (Invoke-Child '(Get-PRProtection).Reason' -Environment (Get-ConnectionVariables $emulator)).Lines | Should -Be 'kept'
    }

    It 'loads SQLite only when something is remembered: not for Get-PRInstance' {
        $emulator = Start-TestEmulator
        $child = Invoke-Child @"
            (Get-PRInstance).Count
            `$loaded = { @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -like '*Sqlite*' }).Count }
            & `$loaded
            `$null = Get-PRInstanceMetrics $($emulator.Instances[0].Id)
            (& `$loaded) -gt 0
"@ -Environment (Get-ConnectionVariables $emulator)
        $child.Lines | Should -Be '6', '0', 'True'
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

    It 'shows in the console what is to be done about an error' {
        $child = Invoke-Child '$e = Start-PREmulator; $e | Connect-PulseRun; Get-PRInstance inst_nosuch'
        $child.Errors | Should -BeLike '*inst_nosuch*'
        $child.Errors | Should -BeLike '*Get-PRInstance. Migration*'
    }
}
