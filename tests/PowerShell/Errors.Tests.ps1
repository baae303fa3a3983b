BeforeAll { . $PSScriptRoot/Common.ps1 }

# Every error id of design.md section 2 that a user can meet so far. Each Do gets one running instance in $id and $instance.
Describe 'Error ids' {
    BeforeEach {
        $emulator = Start-TestEmulator -Connect @{ TimeoutSec = 2; MaxWaitSec = 1 }
        $instance = Get-PRInstance -Status running | Select-Object -First 1
        $id = $instance.Id
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It '<ErrorId>: <Name>' -ForEach @(
        @{ ErrorId = 'InstanceNotFound'; Category = 'ObjectNotFound'; Name = 'read'; Do = { Get-PRInstance -Id inst_nosuch }; Target = 'inst_nosuch' }
        @{ ErrorId = 'InstanceNotFound'; Category = 'ObjectNotFound'; Name = 'stop'; Do = { Stop-PRInstance -Id inst_nosuch -Confirm:$false }; Target = 'inst_nosuch' }
        @{ ErrorId = 'InstanceNotFound'; Category = 'ObjectNotFound'; Name = 'start'; Do = { Start-PRInstance -Id inst_nosuch }; Target = 'inst_nosuch' }
        @{ ErrorId = 'InstanceNotFound'; Category = 'ObjectNotFound'; Name = 'remove'; Do = { Remove-PRInstance -Id inst_nosuch -Force }; Target = 'inst_nosuch' }
        @{ ErrorId = 'InstanceNotFound'; Category = 'ObjectNotFound'; Name = 'metrics'; Do = { Get-PRInstanceMetrics -Id inst_nosuch }; Target = 'inst_nosuch' }
        @{ ErrorId = 'Forbidden'; Category = 'PermissionDenied'; Name = '403'; Fault = 'ServerError'; With = @{ Status = 403; Path = '*/stop' }; Do = { $instance | Stop-PRInstance -Confirm:$false } }
        @{ ErrorId = 'InsufficientBalance'; Category = 'QuotaExceeded'; Name = '402 on a launch'; Before = { $emulator.SetBalance(0) }; Do = { New-PRInstance rtx_4090 pytorch -Confirm:$false } }
        @{ ErrorId = 'InvalidRequest'; Category = 'InvalidArgument'; Name = '400'; Fault = 'ServerError'; With = @{ Status = 400; Path = '*/stop' }; Do = { $instance | Stop-PRInstance -Confirm:$false } }
        @{ ErrorId = 'InvalidRequest'; Category = 'InvalidArgument'; Name = '422'; Do = { New-PRInstance rtx_4090 pytorch -Region mars -Confirm:$false } }
        @{ ErrorId = 'InvalidRequest'; Category = 'InvalidArgument'; Name = 'an id that is none'; Do = { Stop-PRInstance -Id 'a/b' -Confirm:$false }; Target = 'a/b' }
        @{ ErrorId = 'Conflict'; Category = 'InvalidOperation'; Name = '409'; Before = { $null = $emulator.SetStatus($id, 'failed') }; Do = { $instance | Stop-PRInstance -Confirm:$false } }
        @{ ErrorId = 'CapacityUnavailable'; Category = 'ResourceUnavailable'; Name = 'launch'; Fault = 'NoCapacity'; Do = { New-PRInstance rtx_4090 pytorch -Confirm:$false } }
        @{ ErrorId = 'CapacityUnavailable'; Category = 'ResourceUnavailable'; Name = 'start'; Fault = 'NoCapacity'; Do = { $instance | Start-PRInstance } }
        @{ ErrorId = 'RateLimited'; Category = 'LimitsExceeded'; Name = 'a longer wait than allowed'; Fault = 'TooManyRequests'; With = @{ RetryAfter = 3000 }; Do = { $instance | Stop-PRInstance -Confirm:$false } }
        @{ ErrorId = 'ServerError'; Category = 'ResourceUnavailable'; Name = '500 for good'; Fault = 'ServerError'; Do = { $instance | Get-PRInstanceMetrics } }
        @{ ErrorId = 'ServerError'; Category = 'ResourceUnavailable'; Name = 'an HTML page'; Fault = 'HtmlError'; With = @{ Status = 501 }; Do = { $instance | Get-PRInstanceMetrics } }
        @{ ErrorId = 'RequestTimeout'; Category = 'OperationTimeout'; Name = 'a server that hangs'; Fault = 'Hang'; Do = { $instance | Get-PRInstanceMetrics } }
        @{ ErrorId = 'ConnectionFailed'; Category = 'ConnectionError'; Name = 'a connection that is cut'; Fault = 'CutBeforeAnswer'; Do = { $instance | Get-PRInstanceMetrics } }
        @{ ErrorId = 'ConnectionFailed'; Category = 'ConnectionError'; Name = 'a server that is not there'; Before = { Stop-PREmulator }; Do = { $instance | Get-PRInstanceMetrics } }
        @{ ErrorId = 'MalformedResponse'; Category = 'InvalidData'; Name = 'no JSON'; Fault = 'NotJson'; Do = { $instance | Get-PRInstanceMetrics } }
        @{ ErrorId = 'MalformedResponse'; Category = 'InvalidData'; Name = 'an answer that never ends'; Fault = 'HugeAnswer'; Do = { Get-PRInstance -Id $id }; TargetId = $true }
        @{ ErrorId = 'MalformedResponse'; Category = 'InvalidData'; Name = 'an answer nested too deeply'; Fault = 'DeepNesting'; Do = { Get-PRInstance -Id $id }; TargetId = $true }
        @{ ErrorId = 'MalformedResponse'; Category = 'InvalidData'; Name = 'a redirect'; Fault = 'RedirectTo'; With = @{ Url = 'https://elsewhere.invalid/' }; Do = { $instance | Get-PRInstanceMetrics } }
        @{ ErrorId = 'IncompleteList'; Category = 'InvalidResult'; Name = 'a cut list'; Fault = 'ListCut'; Do = { Get-PRInstance }; Target = 'address'; Rows = 2 }
        @{ ErrorId = 'IncompleteList'; Category = 'InvalidResult'; Name = 'pages in circles'; Fault = 'CursorLoop'; Do = { Get-PRInstance }; Target = 'address'; Rows = -1 }
        @{ ErrorId = 'IncompleteList'; Category = 'InvalidResult'; Name = 'a next page elsewhere'; Fault = 'ForeignNext'; Do = { Get-PRInstance }; Target = 'address'; Rows = 2 }
        @{ ErrorId = 'LaunchOutcomeUnknown'; Category = 'InvalidResult'; Name = 'a launch that may have happened, and no list to look in'; Before = { Add-Fault $emulator ServerError @{ Method = 'GET'; Status = 403 } }; Fault = 'CutBeforeAnswer'; With = @{ Method = 'POST'; AfterEffect = $true }; Do = { New-PRInstance rtx_4090 pytorch -SettleSec 1 -Confirm:$false } }
        @{ ErrorId = 'ConnectionFailed'; Category = 'ConnectionError'; Name = 'a launch that did not happen'; Fault = 'CutBeforeAnswer'; With = @{ Method = 'POST' }; Do = { New-PRInstance rtx_4090 pytorch -SettleSec 1 -Confirm:$false } }
        @{ ErrorId = 'ContextMismatch'; Category = 'InvalidOperation'; Name = 'an object of another connection'; Before = { $second = Start-PREmulator -Seed 2 | Connect-PulseRun -PassThru }; Do = { $instance | Stop-PRInstance -Context $second -Confirm:$false } }
    ) {
        if ($Before) { . $Before }
        if ($Fault) { Add-Fault $emulator $Fault ($With ? $With.Clone() : @{}) }
        $done = Get-Outcome $Do
        $done.Ended | Should -BeNullOrEmpty
        $done.ErrorIds | Should -Be $ErrorId
        $record = $done.Errors[0]
        $record.FullyQualifiedErrorId | Should -BeLike "$ErrorId,PulseRun.PowerShell.Cmdlets.*Command"
        $record.CategoryInfo.Category | Should -Be $Category
        $record.Exception | Should -BeOfType PulseRun.PulseRunException
        $record.Exception.ErrorId | Should -Be $ErrorId
        $record.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        if ($Target -eq 'address') { $record.TargetObject | Should -Be $emulator.BaseUri }
        elseif ($Target) { $record.TargetObject | Should -Be $Target }
        elseif ($TargetId) { $record.TargetObject | Should -Be $id }
        elseif ("$Do" -like '*New-PRInstance*') { $record.TargetObject | Should -BeOfType PulseRun.LaunchRequest }
        else { $record.TargetObject | Should -Be $instance }
        if ($null -eq $Rows) { $done.Output | Should -BeNullOrEmpty }
        elseif ($Rows -ge 0) { $done.Output.Count | Should -Be $Rows }
    }

    It 'ends the pipeline for <ErrorId>: <Name>' -ForEach @(
        @{ ErrorId = 'Unauthorized'; Category = 'AuthenticationError'; Name = 'a wrong key'; Before = { Connect-PulseRun -ApiKey (ConvertTo-Key 'pr_live_wrongwrongwrong') -BaseUri $emulator.BaseUri }; Do = { 'a', 'b', 'c' | Stop-PRInstance -Confirm:$false } }
        @{ ErrorId = 'Unauthorized'; Category = 'AuthenticationError'; Name = 'a wrong key in a list'; Before = { Connect-PulseRun -ApiKey (ConvertTo-Key 'pr_live_wrongwrongwrong') -BaseUri $emulator.BaseUri }; Do = { Get-PRInstance } }
        @{ ErrorId = 'NotConnected'; Category = 'AuthenticationError'; Name = 'no connection'; Before = { Disconnect-PulseRun }; Do = { 'a', 'b' | Stop-PRInstance -Confirm:$false } }
        @{ ErrorId = 'NotConnected'; Category = 'AuthenticationError'; Name = 'no connection for a launch'; Before = { Disconnect-PulseRun }; Do = { New-PRInstance rtx_4090 pytorch -Confirm:$false } }
        @{ ErrorId = 'InsecureEndpoint'; Category = 'SecurityError'; Name = 'plain http'; Do = { Connect-PulseRun -ApiKey (ConvertTo-Key 'pr_live_abcdefghij') -BaseUri http://example.com } }
    ) {
        if ($Before) { . $Before }
        $done = Get-Outcome $Do
        $done.EndedId | Should -Be $ErrorId
        $done.Ended.CategoryInfo.Category | Should -Be $Category
        $done.Ended.Exception | Should -BeOfType PulseRun.PulseRunException
        $done.Ended.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $done.Errors | Should -BeNullOrEmpty
        $done.Output | Should -BeNullOrEmpty
    }

    It 'tests every id there is, here or with the cmdlet that raises it' {
        # All but the one for faults of the module itself.
        $ids = [PulseRun.ErrorIds].GetFields().Name | Where-Object { $_ -ne 'UnexpectedError' }
        $source = (Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 | Get-Content -Raw) -join "`n"
        foreach ($one in $ids) { $source | Should -Match "(ErrorId = |Should -Be |Should -Throw -ErrorId |Should -BeLike |Should -Contain )[^\n]*'$one\b" -Because $one }
    }

    It 'has a category of PowerShell and an action for every id' {
        $flags = [System.Reflection.BindingFlags] 'Static, Public, NonPublic'
        $kinds = [PulseRun.Instance].Assembly.GetType('PulseRun.ErrorCatalog').GetProperty('Kinds', $flags).GetValue($null)
        @($kinds.Keys | Sort-Object) | Should -Be @([PulseRun.ErrorIds].GetFields().Name | Sort-Object)
        foreach ($kind in $kinds.Values) {
            $category = $kind.GetType().GetProperty('Category').GetValue($kind)
            [enum]::IsDefined([System.Management.Automation.ErrorCategory], $category) | Should -BeTrue -Because $category
            $kind.GetType().GetProperty('RecommendedAction').GetValue($kind) | Should -Match '\.$'
        }
    }
}

Describe 'Errors as a person meets them' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $ids = $emulator.Instances.Id
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'shows the server''s words' {
        Add-Fault $emulator ServerError @{ Status = 400; Text = 'The moon is in the way' }
        "$((Get-Outcome { Stop-PRInstance $ids[0] -Confirm:$false }).Errors)" | Should -BeLike '*The moon is in the way*'
    }

    It 'shows them in form <Form>' -ForEach @{ Form = 'Detail' }, @{ Form = 'Array' }, @{ Form = 'Nested' }, @{ Form = 'Html' }, @{ Form = 'Text' } {
        Add-Fault $emulator ServerError @{ Status = 400; Text = 'The moon is in the way'; Form = $Form }
        $record = (Get-Outcome { Stop-PRInstance $ids[0] -Confirm:$false }).Errors[0]
        Get-ErrorId $record | Should -Be 'InvalidRequest'
        $record.Exception.StatusCode | Should -Be 400
        if ($Form -ne 'Html') { "$record" | Should -BeLike '*The moon is in the way*' }
        "$record" | Should -Not -BeLike '*<*'
    }

    It 'says that the server gave no reason' {
        Add-Fault $emulator ServerError @{ Status = 400; Form = 'Empty' }
        "$((Get-Outcome { Stop-PRInstance $ids[0] -Confirm:$false }).Errors)" | Should -BeLike "*$($ids[0])*400*"
    }

    It 'reads a nested error of a gateway' {
        Add-Fault $emulator NestedError @{ Status = 400; Text = 'Deep down' }
        "$((Get-Outcome { Stop-PRInstance $ids[0] -Confirm:$false }).Errors)" | Should -BeLike '*Deep down*'
    }

    It 'cuts long words at 500 characters' {
        Add-Fault $emulator ServerError @{ Status = 400; Text = 'x' * 20000 }
        $record = (Get-Outcome { Stop-PRInstance $ids[0] -Confirm:$false }).Errors[0]
        $record.Exception.Detail.Length | Should -BeLessOrEqual 500
        "$record".Length | Should -BeLessThan 700
    }

    It 'does not take in an error text without end' {
        Add-Fault $emulator ServerError @{ Status = 400; Text = 'x' * 200000 }
        (Get-Outcome { Stop-PRInstance $ids[0] -Confirm:$false }).ErrorIds.Count | Should -Be 1
    }

    It 'cleans the server''s words of control characters' {
        Add-Fault $emulator ServerError @{ Status = 400; Text = "red `e[31m alert`a`b`u{9b}2J `u{202e}txet`r`nnext" }
        $record = (Get-Outcome { Stop-PRInstance $ids[0] -Confirm:$false }).Errors[0]
        foreach ($text in "$record", $record.Exception.Message, $record.Exception.Detail) {
            $text | Should -Not -Match '[\p{Cc}\p{Cf}]'
            $text | Should -BeLike '*alert*'
        }
    }

    It 'says what is to be done' {
        $child = Invoke-Child '$e = Start-PREmulator; $e | Connect-PulseRun; Get-PRInstance inst_nosuch'
        $child.Errors | Should -BeLike '*inst_nosuch*'
        $child.Errors | Should -BeLike '*Get-PRInstance. Migration*'
    }

    It 'can be caught by its id with -ErrorAction Stop' {
        { Get-PRInstance inst_nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'InstanceNotFound,*' -ExceptionType ([PulseRun.PulseRunException])
    }

    It 'is quiet with -ErrorAction SilentlyContinue and still counted' {
        $null = Get-PRInstance inst_nosuch -ErrorAction SilentlyContinue -ErrorVariable oops
        $oops.Count | Should -Be 1
        Get-PRInstance inst_nosuch -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}
