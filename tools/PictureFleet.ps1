<#
.SYNOPSIS
    Defines the fleet of the pictures and of the tests of the report: an emulator with three days of history.
#>

# New-PictureFleet: starts an emulator, connects to it, and returns it. Instances of several GPU types work, rest, or give no metrics, and a cleanup has stopped one.
function New-PictureFleet {
    param([double] $Days = 2.5, [timespan] $Apart = '00:03:00')
    $emulator = Start-PREmulator -Instances 0 -RequestsPerMinute 0
    $emulator.ProvisioningTime = $emulator.StartingTime = [timespan]::Zero
    $emulator.SetBalance(742.5)
    # A profile gives the report its name.
    $key = ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force
    Connect-PulseRun -ApiKey $key -BaseUri $emulator.BaseUri -Profile research -Save -WarningAction SilentlyContinue
    $fleet = @(
        @{ Id = 'inst_5nfy69mjlh46'; Gpu = 'h100_80gb'; Provider = 'vast_ai'; Region = 'us-east'; Template = 'pytorch'; Price = 2.1; Load = 'busy' }
        @{ Id = 'inst_wdpocfxxx09phi'; Gpu = 'h100_80gb'; Provider = 'vast_ai'; Region = 'eu-central'; Template = 'comfyui'; Price = 2.1; Load = 'busy'; Rests = 0.6 }
        @{ Id = 'inst_icxypol0fwh'; Gpu = 'a100_40gb'; Provider = 'lambda'; Region = 'us-south'; Template = 'pytorch'; Price = 0.97; Load = 'bursty' }
        @{ Id = 'inst_frags5y8x2mq'; Gpu = 'a100_80gb'; Provider = 'runpod'; Region = 'eu-west'; Template = 'jupyter'; Price = 0.63; Load = 'idle' }
        @{ Id = 'inst_wkak7ubphqw1q9u'; Gpu = 'rtx_4090'; Provider = 'runpod'; Region = 'eu-west'; Template = 'vllm'; Price = 0.48; Load = 'busy'; Rests = 0.35 }
        @{ Id = 'inst_03de5y53kaeb'; Gpu = 'rtx_4090'; Provider = 'vast_ai'; Region = 'us-east'; Template = 'vllm'; Price = 0.4; Load = 'busy' }
        @{ Id = 'inst_qog8kjvocnur'; Gpu = 'rtx_6000_ada_48gb'; Provider = 'runpod'; Region = 'eu-west'; Template = 'tensorflow'; Price = 0.79; Load = 'silent' }
        @{ Id = 'inst_ldw7m8xyt9f'; Gpu = 'l40s'; Provider = 'runpod'; Region = 'us-west'; Template = 'jupyter'; Price = 0.95; Load = 'idle'; Stops = 0.3 }
    )
    foreach ($one in $fleet) {
        $null = $emulator.AddInstance([PulseRun.Instance] @{
                Id = $one.Id; Gpu = $one.Gpu; Provider = $one.Provider; Region = $one.Region; Template = $one.Template; CostPerHour = $one.Price
                Status = 'running'; StartedAt = $emulator.UtcNow.AddHours(-2); CreatedAt = $emulator.UtcNow.AddHours(-2)
            })
        $emulator.SetWorkload($one.Id, $one.Load)
    }
    # The last 40 minutes are read every minute, so that verdicts have enough readings.
    $minute = [timespan]::FromMinutes(1)
    $rounds = [int] (([timespan]::FromDays($Days) - 40 * $minute) / $Apart) + 40
    for ($round = 1; $round -le $rounds; $round++) {
        foreach ($one in $fleet | Where-Object { $_['Rests'] -and [int] ($_['Rests'] * $rounds) -eq $round }) { $emulator.SetWorkload($one.Id, 'idle') }
        $null = Get-PRIdleInstance
        foreach ($one in $fleet | Where-Object { $_['Stops'] -and [int] ($_['Stops'] * $rounds) -eq $round }) {
            $null = Invoke-PRCleanup -IdleFor 00:30 -MinSamples 7 -Jitter 0 -Exclude @($fleet.Id -ne $one.Id) -Confirm:$false
        }
        if ($round -lt $rounds) { $emulator.Advance($round -lt $rounds - 40 ? $Apart : $minute) }
    }
    $emulator
}
