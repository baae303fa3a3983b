BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'New-PRInstance' {
    BeforeEach { $emulator = Start-TestEmulator }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'launches with GPU and template only' {
        $new = New-PRInstance -Gpu h100_80gb -Template pytorch -Confirm:$false
        $new | Should -BeOfType PulseRun.Instance
        $new.Status | Should -Be 'provisioning'
        $new.Gpu, $new.Template | Should -Be 'h100_80gb', 'pytorch'
        $emulator.Instances.Id | Should -Contain $new.Id
        Get-Sent $emulator | Should -Be 'POST /v1/instances'
    }

    It 'takes GPU and template by position' {
        (New-PRInstance rtx_4090 vllm -Confirm:$false).Template | Should -Be 'vllm'
    }

    It 'sends every field with its API name' {
        $sent = Get-Outcome {
            New-PRInstance -Gpu a100_80gb -Template custom -DockerImage 'ghcr.io/me/x:1' -DiskSizeGb 123 -Region eu -Spot -SshKeyId key_abc123 -Provider auto `
                -AutoMigrate -AutoSpotRecovery -BudgetLimit 12.5 -Confirm:$false -Debug
        }
        $sent.Errors | Should -BeNullOrEmpty
        $text = "$($sent.All | Where-Object { $_ -is [System.Management.Automation.DebugRecord] } | Where-Object { "$_" -like '> POST*' })"
        $body = $text.Substring($text.IndexOf('{')) | ConvertFrom-Json
        $body.gpu, $body.template, $body.docker_image, $body.disk_size_gb, $body.region, $body.spot, $body.ssh_key_id, $body.provider, $body.auto_migrate, $body.auto_spot_recovery, $body.budget_limit |
            Should -Be 'a100_80gb', 'custom', 'ghcr.io/me/x:1', 123, 'eu', $true, 'key_abc123', 'auto', $true, $true, 12.5
        @($body.psobject.Properties).Count | Should -Be 11
    }

    It 'sends only specified fields' {
        $text = "$((Get-Outcome { New-PRInstance a100_80gb pytorch -Confirm:$false -Debug }).All | Where-Object { "$_" -like '> POST*' })"
        $body = $text.Substring($text.IndexOf('{')) | ConvertFrom-Json
        @($body.psobject.Properties.Name) | Should -Be 'gpu', 'template'
    }

    It 'launches -Count instances' {
        $new = New-PRInstance rtx_4090 pytorch -Count 5 -Confirm:$false
        @($new.Id | Select-Object -Unique).Count | Should -Be 5
        Get-SentCount $emulator 'POST *' | Should -Be 5
        $emulator.Instances.Count | Should -Be 11
    }

    It 'rejects <Name> before a request is sent' -ForEach @(
        @{ Name = 'an image without the template custom'; With = @{ Template = 'pytorch'; DockerImage = 'x' }; Field = 'DockerImage' }
        @{ Name = 'the template custom without an image'; With = @{ Template = 'custom' }; Field = 'DockerImage' }
        @{ Name = 'a disk of 0 GB'; With = @{ Template = 'pytorch'; DiskSizeGb = 0 }; Field = 'DiskSizeGb' }
        @{ Name = 'a negative disk'; With = @{ Template = 'pytorch'; DiskSizeGb = -5 }; Field = 'DiskSizeGb' }
        @{ Name = 'a negative budget'; With = @{ Template = 'pytorch'; BudgetLimit = -0.01 }; Field = 'BudgetLimit' }
        @{ Name = 'a GPU of spaces'; With = @{ Template = 'pytorch'; Gpu = '  ' }; Field = 'Gpu' }
        @{ Name = 'a template of spaces'; With = @{ Template = '  ' }; Field = 'Template' }
    ) {
        $launch = $With.Clone()
        if (-not $launch.Gpu) { $launch.Gpu = 'h100_80gb' }
        $done = Get-Outcome { New-PRInstance @launch -Confirm:$false }
        $done.Output | Should -BeNullOrEmpty
        $done.ErrorIds | Should -Be 'InvalidRequest'
        "$($done.Errors[0])" | Should -BeLike "*$Field*"
        $done.Errors[0].TargetObject | Should -BeOfType PulseRun.LaunchRequest
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'rejects -Count <_>' -ForEach 0, -1, 1001 {
        { New-PRInstance h100_80gb pytorch -Count $_ -Confirm:$false } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'shows the field that the server rejects' {
        $done = Get-Outcome { New-PRInstance nosuch_gpu pytorch -Confirm:$false }
        $done.ErrorIds | Should -Be 'InvalidRequest'
        $done.Errors[0].Exception.Field | Should -Be 'gpu'
        $done.Errors[0].Exception.StatusCode | Should -Be 422
        $done.Errors[0].TargetObject.Gpu | Should -Be 'nosuch_gpu'
    }

    It 'launches a plan from a CSV file' {
        $plan = Join-Path $TestDrive plan.csv
        'Gpu,Template,DiskSizeGb,Spot,Region,BudgetLimit,DockerImage,AutoMigrate,Count', 'rtx_4090,pytorch,80,true,,12.5,,true,2', 'h100_80gb,custom,,,eu,,ghcr.io/me/x,,' | Set-Content $plan
        $done = Get-Outcome { Import-Csv $plan | New-PRInstance -Confirm:$false }
        $done.Errors | Should -BeNullOrEmpty
        $done.Output.Gpu | Should -Be 'rtx_4090', 'rtx_4090', 'h100_80gb'
        $done.Output.Spot | Should -Be $true, $true, $false
    }

    It 'takes no value from the previous row' {
        $plan = 'Gpu,Template,DiskSizeGb,Spot,Region,BudgetLimit,AutoMigrate,Count', 'rtx_4090,pytorch,80,true,eu,12.5,true,2', 'h100_80gb,vllm,,,,,,' | ConvertFrom-Csv
        $text = "$((Get-Outcome { $plan | New-PRInstance -Confirm:$false -Debug }).All | Where-Object { "$_" -like '> POST*h100_80gb*' })"
        $body = $text.Substring($text.IndexOf('{')) | ConvertFrom-Json
        $body.spot, $body.auto_migrate | Should -Not -Contain $true
        $body.psobject.Properties.Name | Where-Object { $_ -in 'disk_size_gb', 'region', 'budget_limit' } | Should -BeNullOrEmpty
    }

    It 'continues after an invalid row' {
        $plan = @(
            [pscustomobject]@{ Gpu = 'rtx_4090'; Template = 'pytorch'; DiskSizeGb = 0 }
            [pscustomobject]@{ Gpu = 'rtx_4090'; Template = 'pytorch'; DiskSizeGb = 50 }
        )
        $done = Get-Outcome { $plan | New-PRInstance -Confirm:$false }
        $done.ErrorIds | Should -Be 'InvalidRequest'
        $done.Output.Count | Should -Be 1
    }

    It 'sends a launch once, even if the server returns <_>' -ForEach 500, 502, 503, 504, 408 {
        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'POST'; Path = '/v1/instances'; Status = $_; Times = 1 }
        # A gateway's timeout is no answer, so the launch is decided only after the request timeout.
        $emulator | Connect-PulseRun -TimeoutSec 1
        $null = Get-Outcome { New-PRInstance rtx_4090 pytorch -SettleSec 1 -Confirm:$false }
        Get-SentCount $emulator 'POST *' | Should -Be 1
        $emulator.Instances.Count | Should -Be 7
    }

    It 'waits for the rate limit and then launches once' {
        Add-Fault $emulator TooManyRequests @{ Method = 'POST'; Times = 1; RetryAfter = 0 }
        (New-PRInstance rtx_4090 pytorch -Confirm:$false).Gpu | Should -Be 'rtx_4090'
        $emulator.Instances.Count | Should -Be 7
    }

    Context 'ShouldProcess' {
        It 'sends nothing with -WhatIf' {
            Invoke-Silent $emulator 'New-PRInstance rtx_4090 pytorch -Count 3 -WhatIf' | Should -BeNullOrEmpty
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'sends nothing under $WhatIfPreference' {
            Invoke-Silent $emulator '$WhatIfPreference = $true; New-PRInstance rtx_4090 pytorch -Confirm:$false' | Should -BeNullOrEmpty
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'does not prompt by default' {
            (New-PRInstance rtx_4090 pytorch).Gpu | Should -Be 'rtx_4090'
        }
    }
}
