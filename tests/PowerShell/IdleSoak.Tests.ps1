BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Idle.ps1

    # Test-Idle: the rule once more, in other words: ten minutes, six numbers, none of them 5 or more, never three minutes without one, one just now.
    # Plain loops: it is asked five thousand times.
    function Test-Idle([object[]] $Series, [int[]] $Taken, [int] $Now) {
        $last = -99
        $inside = 0
        foreach ($minute in $Taken) {
            $load = $Series[$minute]
            if ($load -isnot [double]) { continue }
            if ($minute -le $Now - 10) { $last = $load -lt 5 ? $minute : -99; continue }
            # The last number before the window speaks for its start.
            if ($load -ge 5 -or $minute - $last -gt 2 -or ($inside -eq 0 -and $Now - 10 - $last -gt 2)) { return $false }
            $last = $minute
            $inside++
        }
        $inside -ge 6 -and $last -eq $Now
    }
}

Describe 'Random loads' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    # 15 fleets of 20, each with its own seed: 300 series.
    It 'are never stopped but when every reading of the window rests, and always then (seed <_>)' -ForEach (1..15) {
        $random = [Random]::new($_)
        $emulator = Start-IdleEmulator 20
        # One reading is taken a minute, or none: the run is left out, the answer is missing, or it holds no number.
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
            # Rounded as the server does.
            $series["inst_$i"] = @($series["inst_$i"] | ForEach-Object { $_ -is [double] ? [Math]::Round($_, 1) : $_ })
            Set-Series $emulator "inst_$i" $series["inst_$i"] -Step '00:01:00'
        }
        $taken = @()
        $ended = @{}
        $wrong = @()
        foreach ($minute in 0..($minutes - 1)) {
            if ($minute -gt 0) { $emulator.Advance('00:01:00') }
            if ($random.NextDouble() -lt 0.06) { continue }
            $taken += $minute
            $done = Invoke-TestCleanup @{ MinSamples = 6; MaxGap = '00:02:30'; MaxActions = 100; MaxUnknownPercent = 100 }
            $wrong += $done.ErrorIds
            foreach ($action in $done.Actions) {
                if ($ended.ContainsKey($action.Id)) { continue }
                $idle = Test-Idle $series[$action.Id] $taken $minute
                if (($action.Action -eq 'Stopped') -ne $idle) {
                    $wrong += "$($action.Id) at ${minute}: $($action.Action) $($action.VerdictReason), of $($series[$action.Id] -join ', '), read at $taken"
                }
                if ($action.Action -eq 'Stopped') { $ended[$action.Id] = $minute }
            }
        }
        $wrong | Should -BeNullOrEmpty
        $ended.Count | Should -BeGreaterThan 0
    }
}
