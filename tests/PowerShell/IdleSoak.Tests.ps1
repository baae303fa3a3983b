BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Idle.ps1

    # Test-Idle: an independent implementation of the rule: ten minutes, six readings, none of them 5 or more, no gap of three minutes, and a current reading.
    # Plain loops are used, because it is called five thousand times.
    function Test-Idle([object[]] $Series, [int[]] $Taken, [int] $Now) {
        $last = -99
        $inside = 0
        foreach ($minute in $Taken) {
            $load = $Series[$minute]
            if ($load -isnot [double]) { continue }
            if ($minute -le $Now - 10) { $last = $load -lt 5 ? $minute : -99; continue }
            # The last reading before the window applies to its start.
            if ($load -ge 5 -or $minute - $last -gt 2 -or ($inside -eq 0 -and $Now - 10 - $last -gt 2)) { return $false }
            $last = $minute
            $inside++
        }
        $inside -ge 6 -and $last -eq $Now
    }
}

Describe 'Random loads' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    # 8 fleets of 20 instances, each with its own seed, are 160 series. More of them: PULSERUN_SOAK=15.
    It 'are stopped if and only if every reading of the window is idle (seed <_>)' -ForEach (1..[int] ($env:PULSERUN_SOAK ?? 8)) {
        $random = [Random]::new($_)
        $emulator = Start-IdleEmulator 20
        # At most one reading per minute is taken. There is none when the run is skipped, the response is missing, or the response has no number.
        $minutes = 17
        $series = @{}
        foreach ($i in 0..19) {
            $kind = $random.Next(5)
            $burst = $random.Next(2 * $minutes)
            $series["inst_$i"] = @(foreach ($minute in 0..($minutes - 1)) {
                    $chance = $random.NextDouble()
                    if ($kind -ge 2 -and $minute -eq $burst) { 5.0 + 95 * $random.NextDouble() }
                    elseif ($kind -eq 3 -and $chance -lt 0.15) { $null }
                    elseif ($kind -eq 4 -and $chance -lt 0.15) { 'missing' }
                    elseif ($kind -eq 1 -and $chance -lt 0.1) { 5.0 }
                    else { 4.9 * $random.NextDouble() }
                })
            # Rounded as the server rounds.
            $series["inst_$i"] = @($series["inst_$i"] | ForEach-Object { $_ -is [double] ? [Math]::Round($_, 1) : $_ })
            Set-Series $emulator "inst_$i" $series["inst_$i"] -Step '00:01:00'
        }
        $taken = @{}
        foreach ($i in 0..19) { $taken["inst_$i"] = @() }
        $ended = @{}
        $wrong = @()
        foreach ($minute in 0..($minutes - 1)) {
            if ($minute -gt 0) { $emulator.Advance('00:01:00') }
            if ($random.NextDouble() -lt 0.06) { continue }
            $emulator.ClearRequests()
            $done = Invoke-TestCleanup @{ MinSamples = 6; MaxGap = '00:02:30'; MaxActions = 100; MaxUnknownPercent = 100 }
            $wrong += $done.ErrorIds
            # After two answers in a row without a reading an instance is asked less often. All others are asked in each run, because the requests suffice.
            $asked = @($emulator.Requests | ForEach-Object { if ($_.Path -match '(inst_\d+)/metrics$') { $Matches[1] } } | Select-Object -Unique)
            foreach ($id in $asked) { $taken[$id] += $minute }
            foreach ($action in $done.Actions) {
                $before = @($taken[$action.Id] | Where-Object { $_ -lt $minute } | Select-Object -Last 2)
                $isSilent = $before.Count -eq 2 -and -not @($before | Where-Object { $series[$action.Id][$_] -is [double] })
                if (-not $isSilent -and $action.Id -notin $asked -and -not $ended.ContainsKey($action.Id)) { $wrong += "$($action.Id) at ${minute}: was not asked" }
            }
            foreach ($action in $done.Actions) {
                if ($ended.ContainsKey($action.Id)) { continue }
                $idle = Test-Idle $series[$action.Id] $taken[$action.Id] $minute
                if (($action.Action -eq 'Stopped') -ne $idle) {
                    $wrong += "$($action.Id) at ${minute}: $($action.Action) $($action.VerdictReason), of $($series[$action.Id] -join ', '), read at $($taken[$action.Id])"
                }
                if ($action.Action -eq 'Stopped') { $ended[$action.Id] = $minute }
            }
        }
        $wrong | Should -BeNullOrEmpty
        $ended.Count | Should -BeGreaterThan 0
    }
}
