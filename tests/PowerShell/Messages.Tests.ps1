#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }

# Tests behaviour that a person meets and that needs its own process or terminal: questions without a terminal, jobs, a second version, help, the first Tab.

BeforeAll {
    . $PSScriptRoot/Common.ps1

    # Invoke-WithInput: runs a script in a new pwsh that is not -NonInteractive, with a text as its standard input.
    function Invoke-WithInput([string] $Script, [string] $Text, [hashtable] $Environment) {
        [string[]] $pwsh = Get-PwshCommand
        $file = "$TestDrive/$([guid]::NewGuid()).ps1"
        Set-Content $file "`$ProgressPreference = 'SilentlyContinue'; Import-Module '$ModulePath'; $Script"
        $start = [System.Diagnostics.ProcessStartInfo]::new($pwsh[0])
        foreach ($argument in @($pwsh | Select-Object -Skip 1) + '-NoProfile', '-File', $file) { $start.ArgumentList.Add($argument) }
        foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $output = $process.StandardOutput.ReadToEndAsync()
        $errors = $process.StandardError.ReadToEndAsync()
        $process.StandardInput.Write($Text)
        $process.StandardInput.Close()
        if (-not $process.WaitForExit(100000)) { $process.Kill($true); throw 'The process did not end within 100 s.' }
        @($output.Result -split "`r?`n" | Where-Object { $_ })
    }
}

Describe 'A question without a terminal' {
    BeforeEach { $emulator = Start-TestEmulator }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'is not answered by redirected input: <What>' -ForEach @{ What = 'an empty line'; Text = "`n" }, @{ What = 'nothing'; Text = '' }, @{ What = 'y'; Text = "y`n" } {
        $id = $emulator.Instances[0].Id
        $lines = Invoke-WithInput -Text $Text -Environment (Get-ConnectionVariables $emulator) -Script @"
            foreach (`$line in { Remove-PRInstance $id }, { Stop-PRInstance $id -Confirm }) {
                try { & `$line -ErrorAction Stop } catch { "`$(`$_.FullyQualifiedErrorId)|`$(`$_.ErrorDetails.RecommendedAction)" }
            }
            'goes on'
            (Stop-PRInstance $id).Status
            (Remove-PRInstance $id -Force).Status
"@
        $lines[0] | Should -BeLike 'InvalidRequest,*-Force or -Confirm:$false*'
        $lines[1] | Should -BeLike 'InvalidRequest,*Add -Confirm:$false*'
        $lines[2..4] | Should -Be 'goes on', 'stopped', 'terminated'
        Get-SentCount $emulator 'DELETE *' | Should -Be 1
    }
}

Describe 'A job of another process' {
    It 'has no connection, and says how to make one' {
        $emulator = Start-TestEmulator
        try {
            $context = Get-PRContext
            $job = Start-Job -ScriptBlock {
                Import-Module $using:ModulePath
                try { Get-PRInstance } catch { "$($_.FullyQualifiedErrorId)|$($_.ErrorDetails.RecommendedAction)" }
                try { Get-PRInstance -Context $using:context } catch { "$_" }
                Connect-PulseRun -ApiKey (ConvertTo-SecureString $using:emulator.ApiKey -AsPlainText -Force) -BaseUri "$($using:emulator.BaseUri)"
                Get-PRInstance
            }
            $all = @($job | Wait-Job -Timeout 60 | Receive-Job)
            $all[0] | Should -BeLike 'NotConnected,*another process*Start-Job { Connect-PulseRun*'
            $all[1] | Should -BeLike '*cannot be passed to another process*'
            $Error.Clear()
            $table = $all[2..7] | Format-Table | Out-String -Width 119
            $Error | Should -BeNullOrEmpty
            ($table -split "`n" | Where-Object { $_.Trim() }).Count | Should -Be 8
            $table | Should -Match '(?m)^inst_\S+ +\w+ +\S+ +[\d.,]+ (\d+[dhms]){1,2} '
            # Objects of a job are acted on by their id.
            ($all[2] | Stop-PRInstance -Confirm:$false).Status | Should -Be 'stopped'
        }
        finally {
            $job | Remove-Job -Force
            Stop-PREmulator
            Disconnect-PulseRun
        }
    }
}

Describe 'The token of the notebook, in files' {
    It 'is in no transcript, no CSV and no CLIXML, and the notebook of an object from a file is opened after one GET' -Skip:$IsWindows {
        $emulator = Start-TestEmulator
        $path = $env:PATH
        try {
            $id = $emulator.Instances[0].Id
            $url = (Get-PRInstance $id).GetJupyterUrl()
            $token = ([uri] $url).Query -replace '^.*='
            $token.Length | Should -BeGreaterThan 10
            $child = Invoke-Child -Environment (Get-ConnectionVariables $emulator) -Script @"
                `$null = Start-Transcript '$TestDrive/transcript.txt' -IncludeInvocationHeader
                `$all = Get-PRInstance
                `$all | Format-List * | Out-Default
                `$all | Format-Table | Out-Default
                `$all | Export-Csv '$TestDrive/fleet.csv'
                `$all | Export-Clixml '$TestDrive/fleet.xml' -Depth 5
                `$all | ConvertTo-Json -Depth 5 | Set-Content '$TestDrive/fleet.json'
                `$all[0] | Get-Member | Out-Default
                `$null = Stop-Transcript
"@
            $child.ExitCode | Should -Be 0
            foreach ($file in 'transcript.txt', 'fleet.csv', 'fleet.xml', 'fleet.json') {
                Get-Content -Raw "$TestDrive/$file" | Should -BeLike "*$id*"
                Get-Content -Raw "$TestDrive/$file" | Should -Not -BeLike "*$token*"
            }
            $null = New-Item -ItemType Directory "$TestDrive/bin"
            $opener = $IsMacOS ? 'open' : 'xdg-open'
            Set-Content "$TestDrive/bin/$opener" "#!/bin/sh`nprintf '%s\n' ""`$1"" > '$TestDrive/part'; mv '$TestDrive/part' '$TestDrive/opened'`n"
            & chmod +x "$TestDrive/bin/$opener"
            $env:PATH = "$TestDrive/bin$([IO.Path]::PathSeparator)$path"
            foreach ($from in { Import-Csv "$TestDrive/fleet.csv" }, { Import-Clixml "$TestDrive/fleet.xml" }) {
                Remove-Item "$TestDrive/opened" -ErrorAction Ignore
                $emulator.ClearRequests()
                & $from | Where-Object Id -EQ $id | Open-PRJupyter
                Wait-Until { Test-Path "$TestDrive/opened" }
                Get-Content "$TestDrive/opened" | Should -Be $url
                Get-Sent $emulator | Should -Be "GET /v1/instances/$id"
            }
        }
        finally {
            $env:PATH = $path
            Stop-PREmulator
            Disconnect-PulseRun
        }
    }
}

Describe 'A second version in one process' {
    It 'warns once that a new process is needed' {
        Copy-Item -Recurse $ModulePath "$TestDrive/second"
        $manifest = Get-Content -Raw "$TestDrive/second/PulseRun.psd1"
        $manifest -replace "(?<=ModuleVersion\s*=\s*)'[^']*'", "'99.0.0'" | Set-Content "$TestDrive/second/PulseRun.psd1"
        Rename-Item "$TestDrive/second" PulseRun
        $child = Invoke-Child -Script @"
            Connect-PulseRun -Emulator 3>&1 | ForEach-Object { "early: `$_" }
            Import-Module '$ModulePath' -Force
            Connect-PulseRun -Emulator 3>&1 | ForEach-Object { "same: `$_" }
            Import-Module '$TestDrive/PulseRun'
            Get-PRContext 3>&1 | Where-Object { `$_ -is [System.Management.Automation.WarningRecord] } | ForEach-Object { "warning: `$_" }
            Get-PRContext 3>&1 | Where-Object { `$_ -is [System.Management.Automation.WarningRecord] } | ForEach-Object { "again: `$_" }
"@
        $child.Lines.Count | Should -Be 1 -Because $child.Output
        $child.Lines[0] | Should -BeLike "warning: PulseRun 99.0.0 was imported from '*', but this process runs PulseRun *. Start a new PowerShell process*"
    }
}

Describe 'Get-Help' {
    It 'lists every cmdlet for the name of the module' {
        $text = Get-Help PulseRun | Out-String
        $names = @((Get-Module PulseRun).ExportedCmdlets.Keys)
        $names.Count | Should -BeGreaterThan 50
        $names | Where-Object { $text -notmatch "(?m)^    $_\r?$" } | Should -BeNullOrEmpty
        $text | Should -BeLike '*about_PulseRun_Launch*'
    }

    It 'has the addresses of the project, the licence and the help in the manifest' {
        $module = Test-ModuleManifest "$ModulePath/PulseRun.psd1"
        $module.ProjectUri, $module.LicenseUri, $module.HelpInfoUri | Should -BeLike 'https://*'
        ([uri] $module.HelpInfoUri).Host | Should -Be $module.ProjectUri.Host
    }

    It 'links to pages of this repository' {
        $wrong = foreach ($name in (Get-Module PulseRun).ExportedCmdlets.Keys) {
            $links = [regex]::Matches([IO.File]::ReadAllText("$Root/docs/$name.md"), '(?m)^- \[[^\]]+\]\((?<page>[^)]+)\)')
            if (-not $links.Count) { "${name}: no link" }
            foreach ($link in $links) { if (-not [IO.File]::Exists("$Root/docs/$($link.Groups['page'].Value)")) { "${name}: $($link.Value)" } }
        }
        $wrong | Should -BeNullOrEmpty
    }
}

Describe 'Update-Help' -Skip:$IsWindows {
    BeforeAll {
        # Update-Help writes below the home of the user, and Get-Help prefers what is there.
        $homeFolder = (New-Item -ItemType Directory "$TestDrive/home").FullName
        Copy-Item -Recurse $ModulePath "$homeFolder/modules/PulseRun"
        $run = { param($script) Invoke-Child -Module '' -Environment @{ HOME = $homeFolder; XDG_DATA_HOME = "$homeFolder/data"; PSModulePath = "$homeFolder/modules" } -Script $script }
    }

    It 'installs the files that belong at HelpInfoUri in the version of the module' {
        $child = & $run @"
            # The module came without help.
            Remove-Item -Recurse '$homeFolder/modules/PulseRun/en-US'
            Update-Help -Module PulseRun -UICulture en-US -SourcePath '$Root/out/help' -Force -ErrorAction Stop -Verbose 4>&1 | Where-Object { `$_ -like '*Available Version*' } | ForEach-Object { "`$_" -replace '.*(Available Version: [^,]*).*', '`$1' }
            Import-Module PulseRun
            (Get-Help Get-PRInstance).Synopsis
            # PowerShell finds a topic there only beside one in the module, so that the file is looked for.
            @(Get-ChildItem '$homeFolder/data' -Recurse -Filter about_PulseRun_Idle.help.txt).Count
"@
        $child.Errors | Should -BeNullOrEmpty
        $version = (Test-ModuleManifest "$ModulePath/PulseRun.psd1").Version
        $child.Lines | Should -Be "Available Version: $version.0", 'Lists GPU instances.', '1'
    }

    It 'writes one error, and keeps the help of the module, when nothing answers at the address' {
        $child = & $run @"
            (Get-Content -Raw '$homeFolder/modules/PulseRun/PulseRun.psd1') -replace "(?m)(?<=^\s*HelpInfoURI\s*=\s*)'[^']*'", "'https://127.0.0.1:1/'" | Set-Content '$homeFolder/modules/PulseRun/PulseRun.psd1'
            Update-Help -Module PulseRun -UICulture en-US -Force -ErrorVariable failed -ErrorAction SilentlyContinue
            "`$(`$failed.Count) `$(`$failed[0] -like "*'PulseRun'*")"
            Import-Module PulseRun
            (Get-Help Get-PRInstance).Synopsis
"@
        $child.Lines | Should -Be '1 True', 'Lists GPU instances.'
    }
}

Describe 'The first Tab of a process' {
    It 'offers the ids, for one request' {
        $emulator = Start-TestEmulator
        try {
            # On a busy computer the answer comes after the time limit of the first completion, and a later one offers the ids. The bench measures the first.
            $child = Invoke-Child -Environment (Get-ConnectionVariables $emulator) -Script @'
                $null = TabExpansion2 'Get-Item -' 10
                $line = 'Stop-PRInstance '
                $clock = [Diagnostics.Stopwatch]::StartNew()
                do { $offered = @((TabExpansion2 $line $line.Length).CompletionMatches.CompletionText) -like 'inst_*' } until ($offered -or $clock.Elapsed.TotalSeconds -gt 60)
                $offered
'@
            $child.Lines.Count | Should -Be @($emulator.Instances | Where-Object Status -EQ 'running').Count
            $child.Lines | Should -BeLike 'inst_*'
            Get-Sent $emulator | Should -Be 'GET /v1/instances'
        }
        finally {
            Stop-PREmulator
            Disconnect-PulseRun
        }
    }
}
