BeforeAll {
    . $PSScriptRoot/Common.ps1
    $script:DataDir = $env:PULSERUN_DATA_DIR
}

Describe 'The store' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $env:PULSERUN_DATA_DIR = Join-Path $TestDrive ([guid]::NewGuid())
    }
    AfterEach {
        Stop-PREmulator
        Disconnect-PulseRun
        $env:PULSERUN_DATA_DIR = $DataDir
    }

    It 'is made where PULSERUN_DATA_DIR says, for its user only, and never holds the key' -Skip:$IsWindows {
        $null = New-PRInstance rtx_4090 pytorch
        (Get-Item $env:PULSERUN_DATA_DIR).UnixMode | Should -Be 'drwx------'
        $files = Get-ChildItem $env:PULSERUN_DATA_DIR -File
        $files.Name | Should -Contain 'pulserun.db'
        $files.Name | Should -Contain 'pulserun.db-wal'
        $files.UnixMode | ForEach-Object { $_ | Should -Be '-rw-------' }
        foreach ($file in $files) {
            [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($file.FullName)).Contains($emulator.ApiKey) | Should -BeFalse
        }
    }

    It 'is not made by a list' {
        $null = Get-PRInstance
        $env:PULSERUN_DATA_DIR | Should -Not -Exist
    }

    It 'refuses a launch when it cannot be written, unless -NoJournal' {
        Set-Content $env:PULSERUN_DATA_DIR 'a file where the directory should be'
        $done = Get-Outcome { New-PRInstance rtx_4090 pytorch }
        $done.Output | Should -BeNullOrEmpty
        $done.ErrorIds | Should -Be 'JournalUnavailable'
        $done.Errors[0].CategoryInfo.Category | Should -Be 'WriteError'
        "$($done.Errors[0])" | Should -BeLike 'Nothing was launched*'
        $done.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*-NoJournal*'
        Get-SentCount $emulator 'POST *' | Should -Be 0

        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'POST'; Times = 1 }
        # Without a journal the launches of other processes are not known, so what it launched is named and not adopted.
        $done = Get-Outcome { New-PRInstance rtx_4090 pytorch -NoJournal -SettleSec 1 }
        $done.Output | Should -BeNullOrEmpty
        $done.ErrorIds | Should -Be 'LaunchOutcomeUnknown'
        "$($done.Errors[0])" | Should -BeLike "*without a journal*It may be $($emulator.Instances[-1].Id).*"
        (New-PRInstance rtx_4090 pytorch -NoJournal).Id | Should -Be $emulator.Instances[-1].Id

        (Get-Outcome { Resolve-PRLaunch }).EndedId | Should -Be 'JournalUnavailable'
        (Get-Outcome { Get-PRInstance }).Output.Count | Should -Be 8
    }

    It 'is set aside when it is damaged, with one warning that says where' {
        $null = New-Item -ItemType Directory $env:PULSERUN_DATA_DIR
        Set-Content (Join-Path $env:PULSERUN_DATA_DIR pulserun.db) ('This is no database. ' * 500)
        $done = Get-Outcome { New-PRInstance rtx_4090 pytorch -Count 3 }
        $done.Errors | Should -BeNullOrEmpty
        $done.Output.Count | Should -Be 3
        $aside = @(Get-ChildItem $env:PULSERUN_DATA_DIR -Filter 'pulserun.db.corrupt-*')
        $aside.Count | Should -Be 1
        $done.Warnings.Count | Should -Be 1
        "$($done.Warnings)" | Should -BeLike "*$($aside.FullName)*Open launches may be in it*"
        (Get-Outcome { New-PRInstance rtx_4090 pytorch; Resolve-PRLaunch }).Warnings | Should -BeNullOrEmpty
    }
}
