BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Remove-PRInstance' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $ids = $emulator.Instances.Id
        $instances = Get-PRInstance
        $emulator.ClearRequests()
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'removes an object, and answers it as it was, terminated' {
        $removed = $instances[0] | Remove-PRInstance -Force
        $removed.Id, $removed.Status, $removed.Gpu | Should -Be $ids[0], 'terminated', $instances[0].Gpu
        $emulator.Instances[0].Status | Should -Be 'terminated'
        Get-Sent $emulator | Should -Be "DELETE /v1/instances/$($ids[0])"
    }

    It 'needs only -Confirm:$false, or only -Force' {
        (Remove-PRInstance $ids[0] -Confirm:$false).Status | Should -Be 'terminated'
        (Remove-PRInstance $ids[1] -Force).Status | Should -Be 'terminated'
    }

    It 'sends nothing with <_>' -ForEach @(
        '-WhatIf'
        '-WhatIf -Force'
        '-WhatIf -Confirm:$false'
    ) {
        Invoke-Silent $emulator "Get-PRInstance | Remove-PRInstance $_" | Should -BeNullOrEmpty
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
    }

    It 'sends nothing under $WhatIfPreference with <_>' -ForEach '-Confirm:$false', '-Force', '-Force -Confirm:$false' {
        Invoke-Silent $emulator "`$WhatIfPreference = `$true; Get-PRInstance | Remove-PRInstance $_" | Should -BeNullOrEmpty
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
    }

    It 'removes with -WhatIf:$false although $WhatIfPreference is set' {
        $WhatIfPreference = $true
        (Remove-PRInstance $ids[0] -Force -WhatIf:$false).Status | Should -Be 'terminated'
    }

    It 'fails where nobody can be asked, and names the switch' {
        $child = Invoke-Child @'
            $e = Start-PREmulator; $e | Connect-PulseRun
            $i = Get-PRInstance
            try { $i | Remove-PRInstance -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; "$_" }
            @($e.Requests | Where-Object Method -eq DELETE).Count
'@
        $child.Output | Should -BeLike '*InvalidRequest*'
        $child.Output | Should -BeLike '*-Force*'
        $child.Lines[-1] | Should -Be '0'
    }

    It 'fails where nobody can be asked and -Confirm asks for it, in the other verbs too' {
        $child = Invoke-Child @'
            $e = Start-PREmulator; $e | Connect-PulseRun
            foreach ($do in { Stop-PRInstance inst_a -Confirm }, { Start-PRInstance inst_a -Confirm }, { New-PRInstance rtx_4090 pytorch -Confirm }, { Remove-PRInstance inst_a -Force -Confirm }) {
                try { & $do } catch { "$($_.FullyQualifiedErrorId -like 'InvalidRequest,*') $("$_" -like '*-Confirm:$false*')" }
            }
            $e.Requests.Count
'@
        $child.Lines | Should -Be 'True True', 'True True', 'True True', 'True True', '0'
    }

    It 'says that there is no such instance' {
        $done = Get-Outcome { 'inst_nosuch', $ids[0] | Remove-PRInstance -Force }
        $done.ErrorIds | Should -Be 'InstanceNotFound'
        $done.Errors[0].TargetObject | Should -Be 'inst_nosuch'
        $done.Output.Id | Should -Be $ids[0]
    }

    It 'ends well when the server fails after the effect' {
        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'DELETE'; Times = 1 }
        ($instances[0] | Remove-PRInstance -Force).Status | Should -Be 'terminated'
    }

    It 'ends well when the connection is cut after the effect' {
        Add-Fault $emulator CutBeforeAnswer @{ Method = 'DELETE'; Times = 1; AfterEffect = $true }
        ($instances[0] | Remove-PRInstance -Force).Status | Should -Be 'terminated'
    }

    It 'does nothing for <Name>' -ForEach @(
        @{ Name = 'a null id'; Do = { Remove-PRInstance -Id $null -Force } }
        @{ Name = 'an empty id'; Do = { Remove-PRInstance -Id '' -Force } }
        @{ Name = 'a wildcard'; Do = { Remove-PRInstance -Id '*' -Force } }
        @{ Name = 'a step up'; Do = { Remove-PRInstance -Id '..' -Force } }
        @{ Name = 'an object with an empty id'; Do = { [pscustomobject]@{ Id = '' } | Remove-PRInstance -Force } }
    ) {
        (Get-Outcome $Do).ErrorIds | Should -Be 'InvalidRequest'
        $emulator.Requests | Should -BeNullOrEmpty
    }
}
