BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Get-PRInstance' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $ids = $emulator.Instances.Id
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    Context 'Listing' {
        It 'lists everything, in the order of the server' {
            (Get-PRInstance).Id | Should -Be $ids
        }

        It 'fills every field of the API' {
            $instance = Get-PRInstance -Status running | Select-Object -First 1
            $truth = $emulator.Instances | Where-Object Id -EQ $instance.Id
            foreach ($name in 'Status', 'Gpu', 'GpuName', 'Provider', 'Region', 'Ip', 'SshCommand', 'JupyterUrl', 'CostPerHour', 'Template', 'Spot') {
                $instance.$name | Should -Not -BeNullOrEmpty -Because $name
                $instance.$name | Should -Be $truth.$name -Because $name
            }
            $instance.CostPerHour | Should -BeOfType decimal
            $instance.CreatedAt | Should -BeOfType datetimeoffset
            $instance.StartedAt.Offset | Should -Be ([timespan]::Zero)
        }

        It 'leaves unknown values null' {
            $emulator.ProvisioningTime = [timespan]::FromHours(1)
            $new = New-PRInstance h100_80gb pytorch -Confirm:$false
            $read = Get-PRInstance -Id $new.Id
            foreach ($name in 'Ip', 'SshCommand', 'JupyterUrl', 'StartedAt') { $read.$name | Should -Be $null -Because $name }
        }

        It 'is empty without an error when there is nothing' {
            $none = Start-TestEmulator -Instances 0
            (Get-Outcome { Get-PRInstance }).All | Should -BeNullOrEmpty
            Get-Sent $none | Should -Be 'GET /v1/instances'
        }
    }

    Context 'Filters' {
        It 'filters by <Name>' -ForEach @(
            @{ Name = 'Status' }, @{ Name = 'Gpu' }, @{ Name = 'Region' }, @{ Name = 'Provider' }, @{ Name = 'Template' }
        ) {
            $value = $emulator.Instances[1].$Name
            $filter = @{ $Name = $value }
            $expected = ($emulator.Instances | Where-Object $Name -EQ $value).Id
            (Get-PRInstance @filter).Id | Should -Be $expected
            $filter = @{ $Name = $value.ToUpperInvariant() }
            (Get-PRInstance @filter).Id | Should -Be $expected
            $filter = @{ $Name = $value.Substring(0, 3) + '*' }
            (Get-PRInstance @filter).Id | Should -Be ($emulator.Instances | Where-Object $Name -Like $filter.$Name).Id
            $filter = @{ $Name = 'nosuch' }
            Get-PRInstance @filter | Should -BeNullOrEmpty
        }

        It 'refuses an empty -<Name>, which is not everything' -ForEach @(
            @{ Name = 'Status' }, @{ Name = 'Gpu' }, @{ Name = 'Region' }, @{ Name = 'Provider' }, @{ Name = 'Template' }
        ) {
            foreach ($nothing in $null, '', @()) {
                $filter = @{ $Name = $nothing }
                { Get-PRInstance @filter } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
            }
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'takes several states' {
            (Get-PRInstance -Status running, stopped).Count | Should -Be 6
            (Get-PRInstance -Status stopped, nosuch).Id | Should -Be $ids[3]
        }

        It 'filters by -Spot and -Spot:$false' {
            (Get-PRInstance -Spot).Id | Should -Be ($emulator.Instances | Where-Object Spot).Id
            (Get-PRInstance -Spot:$false).Id | Should -Be ($emulator.Instances | Where-Object { -not $_.Spot }).Id
        }

        It 'needs all filters to hold' {
            $one = $emulator.Instances[1]
            (Get-PRInstance -Gpu $one.Gpu -Status running -Template $one.Template).Id | Should -Be $one.Id
            Get-PRInstance -Gpu $one.Gpu -Status stopped | Should -BeNullOrEmpty
        }

        It 'filters ids too' {
            (Get-PRInstance -Id $ids -Status stopped).Id | Should -Be $ids[3]
            Get-PRInstance -Id $ids[0] -Status stopped | Should -BeNullOrEmpty
        }
    }

    Context 'Ids' {
        It 'reads one' {
            (Get-PRInstance -Id $ids[2]).Id | Should -Be $ids[2]
            (Get-PRInstance $ids[2]).Id | Should -Be $ids[2]
        }

        It 'reads several, in the order asked for, each once' {
            $wanted = $ids[4], $ids[0], $ids[2], $ids[0]
            (Get-PRInstance -Id $wanted).Id | Should -Be $ids[4, 0, 2]
            ($wanted | Get-PRInstance).Id | Should -Be $ids[4, 0, 2]
        }

        It 'tells ids apart by case' {
            (Get-Outcome { Get-PRInstance -Id $ids[0].ToUpperInvariant() }).ErrorIds | Should -Be 'InstanceNotFound'
        }

        It 'goes on after one that does not exist' {
            $done = Get-Outcome { Get-PRInstance -Id $ids[0], 'inst_nosuch', $ids[1] }
            $done.Output.Id | Should -Be $ids[0, 1]
            $done.ErrorIds | Should -Be 'InstanceNotFound'
            $done.Errors[0].TargetObject | Should -Be 'inst_nosuch'
            $done.Ended | Should -BeNullOrEmpty
        }

        It 'takes wildcards: <_>' -ForEach 'inst_w*', '*', 'INST_W*', 'inst_[fq]*', 'inst_?????????????*' {
            (Get-PRInstance -Id $_).Id | Should -Be @($ids -like $_)
        }

        It 'finds no error in a wildcard without a match' {
            (Get-Outcome { Get-PRInstance -Id 'nosuch*' }).All | Should -BeNullOrEmpty
        }

        It 'takes objects, and reads them again' {
            $before = Get-PRInstance -Id $ids[0]
            $null = $emulator.SetStatus($ids[0], 'failed')
            ($before | Get-PRInstance).Status | Should -Be 'failed'
            $before.Status | Should -Be 'running'
        }
    }

    Context 'Empty is not everything' {
        It 'refuses -Id <Name>' -ForEach @(
            @{ Name = '$null'; Value = $null }
            @{ Name = "''"; Value = '' }
            @{ Name = 'an array of nothing'; Value = @($null, '') }
        ) {
            $done = Get-Outcome { Get-PRInstance -Id $Value }
            $done.Output | Should -BeNullOrEmpty
            $done.ErrorIds | Select-Object -Unique | Should -Be 'InvalidRequest'
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'refuses a variable without a value' {
            $done = Get-Outcome { Get-PRInstance -Id $thereIsNoSuchVariable }
            $done.Output | Should -BeNullOrEmpty
            $done.ErrorIds | Should -Be 'InvalidRequest'
        }

        It 'does nothing for an empty array' {
            (Get-Outcome { Get-PRInstance -Id @() }).Output | Should -BeNullOrEmpty
            (Get-Outcome { @() | Get-PRInstance }).Output | Should -BeNullOrEmpty
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'does not take <Name> from the pipeline for everything' -ForEach @(
            @{ Name = '$null'; Value = $null }
            @{ Name = "''"; Value = '' }
            @{ Name = 'an object without an id'; Value = [pscustomobject]@{ Name = 'x' } }
            @{ Name = 'an object whose id is empty'; Value = [pscustomobject]@{ Id = '' } }
            @{ Name = 'an object whose id is null'; Value = [pscustomobject]@{ Id = $null } }
        ) {
            $done = Get-Outcome { $Value | Get-PRInstance }
            $done.Output | Should -BeNullOrEmpty
            $done.Errors.Count + [int] ($null -ne $done.Ended) | Should -BeGreaterThan 0
            $emulator.Requests | Should -BeNullOrEmpty
        }
    }

    Context 'Ids that are none' {
        It 'refuses <Name>, and sends nothing' -ForEach @(
            @{ Name = 'a slash'; Id = 'inst_a/stop' }
            @{ Name = 'an encoded slash'; Id = 'inst_a%2fstop' }
            @{ Name = 'a step up'; Id = '..' }
            @{ Name = 'steps up'; Id = '../../v1/billing/balance' }
            @{ Name = 'a dot'; Id = '.' }
            @{ Name = 'a fragment'; Id = 'inst_a#b' }
            @{ Name = 'a percent sign'; Id = '%' }
            @{ Name = 'a space'; Id = 'inst a' }
            @{ Name = 'only spaces'; Id = '  ' }
            @{ Name = 'a line end'; Id = "inst_a`r`nX: y" }
            @{ Name = 'a tab'; Id = "inst_a`t" }
            @{ Name = 'a NUL'; Id = "inst_a`0" }
            @{ Name = 'an umlaut'; Id = 'inst_ä' }
            @{ Name = 'a full-width letter'; Id = 'inst_ａ' }
            @{ Name = 'a backslash'; Id = 'inst_a\b' }
            @{ Name = 'an ampersand'; Id = 'a&status=x' }
            @{ Name = 'half a surrogate pair'; Id = "inst_$([char] 0xD800)" }
            @{ Name = 'a very long text'; Id = 'x' * 5000 }
        ) {
            $done = Get-Outcome { Get-PRInstance -Id $Id, $ids[1] }
            $done.Output.Id | Should -Be $ids[1]
            $done.ErrorIds | Should -Be 'InvalidRequest'
            $done.Errors[0].TargetObject | Should -Be $Id
            "$($done.Errors[0])".Length | Should -BeLessThan 600
            Get-Sent $emulator | Should -Be "GET /v1/instances/$($ids[1])"
        }

        It 'takes a question mark and a bracket for wildcards, and never for a path' -ForEach 'inst_a?x=1', 'inst_[a' {
            $null = Get-Outcome { Get-PRInstance -Id $_ }
            Get-Sent $emulator | Where-Object { $_ -ne 'GET /v1/instances' } | Should -BeNullOrEmpty
        }
    }

    It 'names what a filter that fits nothing was likely meant to be' {
        $emulator = Start-TestEmulator -Instances 0
        foreach ($region in 'eu-west', 'eu-central') { $null = $emulator.AddInstance([PulseRun.Instance] @{ Status = 'running'; Gpu = 'h100_80gb'; Region = $region }) }
        @((Get-Outcome { Get-PRInstance -Status runing }).Warnings) | Should -BeLike "Status 'runing' *The nearest is running."
        @((Get-Outcome { Get-PRInstance -Region eu }).Warnings) | Should -BeLike '*eu-central, eu-west. Did you mean eu`*`?'
        @((Get-Outcome { Get-PRInstance -Gpu h10080gb }).Warnings) | Should -BeLike '*Did you mean h100_80gb`?'
        # What may be so is no typo: a state that nothing is in, a GPU that nobody has, a pattern, a filter that fits.
        foreach ($quiet in { Get-PRInstance -Status stopped }, { Get-PRInstance -Gpu a100_80gb }, { Get-PRInstance -Region us* }, { Get-PRInstance -Gpu h100_80gb }, { Get-PRInstance -Status running, runing }) {
            (Get-Outcome $quiet).Warnings | Should -BeNullOrEmpty -Because $quiet
        }
        Get-SentCount $emulator '*' | Should -Be 8
        Stop-PREmulator
        Disconnect-PulseRun
    }
}
