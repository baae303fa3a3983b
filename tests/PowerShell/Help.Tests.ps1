BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    Import-Module (Join-Path $root 'out/PulseRun')
    $docs = Join-Path $root 'docs'

    # The code under EXAMPLES of every page: each block is run, unless a comment right above it says why not.
    $examples = foreach ($page in Get-ChildItem $docs -Filter '*.md') {
        $title = 'its examples'
        $section = [regex]::Match((Get-Content -Raw $page), '(?ms)^## EXAMPLES\r?\n(.*?)(?=^## |\z)').Groups[1].Value
        foreach ($match in [regex]::Matches($section, '(?ms)^### (?<title>[^\r\n]+)|(?:^<!-- not run: (?<why>[^\r\n]*?) -->\s+)?^```powershell\r?\n(?<code>.*?)^```')) {
            if ($match.Groups['title'].Success) { $title = $match.Groups['title'].Value.Trim(); continue }
            if (-not $match.Groups['code'].Success) { continue }
            @{ Page = $page.BaseName; Title = $title; Code = $match.Groups['code'].Value; Why = $match.Groups['why'].Value }
        }
    }
    $runnable = @($examples | Where-Object { -not $_.Why })
    $skipped = @($examples | Where-Object { $_.Why } | ForEach-Object { "$($_.Page), $($_.Title): $($_.Why)" })
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $project = (Test-ModuleManifest "$ModulePath/PulseRun.psd1").ProjectUri
}

# One test for all cmdlets, which names each that is wrong: a test for each of them takes ten milliseconds more of a processor.
Describe 'The help of each cmdlet' {
    BeforeAll {
        # Get-Help looks for a name in every folder of PATH, too.
        $path = $env:PATH
        $env:PATH = "$TestDrive"
        try { $cmdlets = @((Get-Module PulseRun).ExportedCmdlets.Values | ForEach-Object { @{ Name = $_.Name; Command = $_; Help = Get-Help $_.Name -Full } }) }
        finally { $env:PATH = $path }
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        # Returns the parameters of a command except the common ones, sorted.
        $own = { param($keys) (@($keys | Where-Object { $_ -notin $common }) | Sort-Object) -join ' ' }
        $text = { param($node) (@($node) | ForEach-Object { $_.Text }) -join ' ' }
        # Returns the described parameters. Get-Help -Parameter returns the same objects, after it has searched for the help once more. A cmdlet without parameters of its own has a bare object.
        $described = { param($help) @($help.parameters | Where-Object { $_.PSObject.Properties['parameter'] } | ForEach-Object parameter | Where-Object { $_.PSObject.Properties['name'] }) }
    }

    It 'is that of a cmdlet' { $cmdlets.Count | Should -BeGreaterThan 50 }

    It 'has a synopsis, a description, notes with a price, inputs, outputs and links' {
        $wrong = foreach ($cmdlet in $cmdlets) {
            $name, $help = $cmdlet.Name, $cmdlet.Help
            $parts = [ordered] @{ synopsis = $help.Synopsis; description = & $text $help.description; notes = & $text $help.alertSet.alert }
            foreach ($part in $parts.Keys) { if (-not $parts[$part]) { "${name}: no $part" } elseif ($parts[$part] -match 'TODO') { "${name}: TODO in its $part" } }
            if ($help.Synopsis -match "^\s*$name \[") { "${name}: the synopsis is its syntax" }
            if ($parts.notes -notlike '*Requests:*') { "${name}: no price in its notes" }
            $counts = [ordered] @{ inputs = @($help.inputTypes.inputType).Count; outputs = @($help.returnValues.returnValue).Count; links = @($help.relatedLinks.navigationLink).Count }
            foreach ($part in $counts.Keys) { if (-not $counts[$part]) { "${name}: no $part" } }
        }
        $wrong | Should -BeNullOrEmpty
    }

    It 'has a text for each parameter, and no text for another one' {
        $wrong = foreach ($cmdlet in $cmdlets) {
            $parameters = @(& $described $cmdlet.Help)
            $names = @($parameters | ForEach-Object name | Sort-Object) -join ' '
            $real = & $own $cmdlet.Command.Parameters.Keys
            if ($names -ne $real) { "$($cmdlet.Name): describes '$names', and has '$real'" }
            foreach ($parameter in $parameters) {
                $words = & $text $parameter.description
                if (-not $words -or $words -match 'TODO') { "$($cmdlet.Name): -$($parameter.name) needs help, and has '$words'" }
            }
        }
        $wrong | Should -BeNullOrEmpty
    }

    It 'shows the parameters of each set' {
        $wrong = foreach ($cmdlet in $cmdlets) {
            $shown = @($cmdlet.Help.syntax.syntaxItem | ForEach-Object { (@($_.PSObject.Properties['parameter'] ? $_.parameter.name : @()) | Sort-Object) -join ' ' })
            $real = @($cmdlet.Command.ParameterSets | ForEach-Object { & $own $_.Parameters.Name })
            if (($shown -join ' | ') -ne ($real -join ' | ')) { "$($cmdlet.Name): shows '$($shown -join ' | ')', and has '$($real -join ' | ')'" }
        }
        $wrong | Should -BeNullOrEmpty
    }

    It 'has examples' {
        $cmdlets | Where-Object { -not @($_.Help.examples.example).Count } | ForEach-Object Name | Should -BeNullOrEmpty
    }

    It 'has a page to open with -Online, at the address of the project' {
        $wrong = foreach ($cmdlet in $cmdlets) {
            $first = [uri] @($cmdlet.Help.relatedLinks.navigationLink)[0].uri
            # An address that is no valid one would differ after parsing.
            if ($first.Scheme -ne 'https' -or $first.Host -ne $project.Host -or "$first" -cne $first.AbsoluteUri) { "$($cmdlet.Name): '$first' is no address of the project" }
            if ((Get-Content -Raw "$Root/docs/$($cmdlet.Name).md") -notlike "*online version: $first`n*") { "$($cmdlet.Name): '$first' is not the address in its page" }
        }
        $wrong | Should -BeNullOrEmpty
    }
}

Describe 'The pages' {
    It 'say what the module, the comments of the sources and the error catalogue say, and a difference is found' {
        # One look at copies with four changes, because it takes a second: what differs is exactly what was changed.
        Copy-Item -Recurse "$Root/docs" $TestDrive
        Copy-Item "$Root/README.md" $TestDrive
        foreach ($change in @(
                @{ File = 'docs/Stop-PRInstance.md'; Old = '(?m)(?<=^### -Id\n\n).+$' }
                @{ File = 'docs/Get-PRInstance.md'; Old = '(?m)(?<=^### -Gpu\n\n).+$' }
                @{ File = 'docs/about_PulseRun.md'; Old = '(?m)^\| Conflict \|.*$' }
                @{ File = 'README.md'; Old = '(?m)^\| Conflict \|.*$' })) {
            $path = Join-Path $TestDrive $change.File
            $text = (Get-Content -Raw $path) -replace "`r`n", "`n"
            $changed = [regex]::new($change.Old).Replace($text, 'Another text.', 1)
            $changed | Should -Not -BeExactly $text
            Set-Content $path $changed -NoNewline
        }
        $found = & "$Root/tools/Update-HelpPages.ps1" -Check -Docs "$TestDrive/docs" -Readme "$TestDrive/README.md"
        ($found -replace '^.*?(docs/)?(?=[\w-]+\.md)', '$1') | Sort-Object | Should -Be @(
            foreach ($name in 'docs/about_PulseRun.md', 'docs/Get-PRInstance.md', 'docs/Stop-PRInstance.md', 'README.md') { "$name differs from the module: run tools/Update-HelpPages.ps1." })
    }

    It 'link to pages that are there' {
        $wrong = foreach ($page in @(Get-ChildItem "$Root/docs" -Filter '*.md') + @(Get-ChildItem $Root -Filter '*.md')) {
            foreach ($link in [regex]::Matches((Get-Content -Raw $page), '\]\((?!https?:)([^)#\s]+)[^)]*\)')) {
                $target = [IO.Path]::Combine($page.DirectoryName, $link.Groups[1].Value)
                if (-not (Test-Path $target)) { "$($page.Name) links to $($link.Groups[1].Value)" }
            }
        }
        $wrong | Should -BeNullOrEmpty
    }

    It 'list the examples that are not run' -TestCases @{ Skipped = $skipped } {
        $Skipped | Should -Be @(
            'about_PulseRun_Monitoring, its examples: it needs a receiver of OTLP'
            'Clear-PRHistory, Example 1: Keep three days: it needs a PostgreSQL server'
            'Connect-PulseRun, Example 1: Connect with a key, and save it: it asks for a key'
            'Connect-PulseRun, Example 6: A key from a vault: it needs a vault'
            'Enter-PRInstance, Example 1: Work on a new instance: it needs a terminal'
            'Enter-PRInstance, Example 2: By id, and see the host key first: it needs a terminal'
            'Export-PRMetric, Example 3: To a receiver of OTLP: it needs a receiver of OTLP'
            'Export-PRReport, Example 2: Two weeks, and open it: it opens a browser'
            'Get-PRInstanceMetrics, Example 4: By ssh: it needs machines'
            'Get-PRStore, Example 2: Who has acted on what?: it needs a PostgreSQL server'
            'Get-PRStore, Example 3: Roles: it needs a PostgreSQL server'
            'Import-PRHistory, Example 1: Take over a file: it needs a PostgreSQL server'
            'Initialize-PRStore, Example 1: Make the tables, and connect each host with them: it needs a PostgreSQL server'
            'Initialize-PRStore, Example 2: What would be done: it needs a PostgreSQL server'
            'Initialize-PRStore, Example 3: For an administrator: it needs a PostgreSQL server'
            'Invoke-PRCommand, Example 3: The command as the only word: it needs machines'
            'Register-PRCleanup, Example 1: Look, report for a while, then stop: it changes the scheduler of this machine'
            'Register-PRCleanup, Example 2: Two tasks, with an audit: it changes the scheduler of this machine'
            'Register-PRCleanup, Example 3: With a warning to Slack: it changes the scheduler of this machine'
            'Send-PRNotification, Example 1: A message to Slack: it needs a receiver'
            'Send-PRNotification, Example 3: A warning for a receiver that distinguishes events: it needs a receiver'
            'Set-PRProfile, Example 3: A key for ssh: it needs a key file'
            'Unregister-PRCleanup, Example 1: End it: it changes the scheduler of this machine'
            'Unregister-PRCleanup, Example 2: End all: it changes the scheduler of this machine'
            'Watch-PRBalance, Example 2: Notify, until Ctrl+C: it does not end, and needs a receiver'
            'Watch-PRInstance, Example 1: Watch: it goes on until a key is pressed'
        )
    }
}

Describe 'The topics' {
    It 'are found, with their summaries, in lines of at most 100 characters' {
        $path = $env:PATH
        $env:PATH = "$TestDrive"
        $topics = [IO.Directory]::GetFiles("$Root/docs", 'about_*.md')
        try {
            $wrong = foreach ($topic in $topics) {
                $name = [IO.Path]::GetFileNameWithoutExtension($topic)
                $summary = ([regex]::Match((Get-Content -Raw $topic), '(?s)## SHORT DESCRIPTION\s+(.*?)\r?\n').Groups[1].Value)
                $found = "$(Get-Help $name)"
                if (-not $summary -or -not $found.Contains($summary)) { "${name}: is found without its summary, '$summary'" }
                foreach ($line in $found -split '\r?\n') { if ($line.Length -gt 100) { "${name}: a line of $($line.Length) characters: $line" } }
            }
        }
        finally { $env:PATH = $path }
        $wrong | Should -BeNullOrEmpty
        $topics.Count | Should -BeGreaterThan 5
    }
}

Describe 'The example' {
    BeforeAll {
        $script:free = $null
        # No server listens at the emulator's ssh addresses, and a test must not open a browser, so programs of these names take their place.
        . $PSScriptRoot/Ssh.ps1
        $path = $env:PATH
        $bin = New-Fake "$TestDrive/bin" ssh 'echo "NVIDIA H100, 42 MiB"'
        $null = New-Fake $bin xdg-open ''
        $env:PATH = "$bin$([IO.Path]::PathSeparator)$path"

        # Each runs as in a session and on a machine of its own: connected to a fresh emulator, in an empty folder, with a host that cannot ask.
        $session = {
            param($module, $folder, $readings, $code, $withSsh)
            # With a store of its own: what one example protects must not be protected in the next.
            $env:PULSERUN_DATA_DIR = Join-Path $folder data
            Import-Module $module
            Set-Location $folder
            # Real time, however fast the emulator's clock is.
            if ($code -match 'IdleFor') { $PSDefaultParameterValues['Invoke-PRCleanup:Jitter'] = [timespan]::Zero }
            $emulator = Start-PREmulator -SshServer:$withSsh
            $emulator.ProvisioningTime = $emulator.StartingTime = [timespan]::Zero
            $emulator | Connect-PulseRun
            if ($withSsh) { $null = New-Item -ItemType Directory src; Set-Content src/train.sh 'echo training' }
            for ($i = 0; $i -lt $readings; $i++) {
                $null = Get-PRIdleInstance
                $emulator.Advance('00:01:30')
            }
            . ([scriptblock]::Create($code))
        }
    }

    AfterAll {
        $env:PATH = $path
        if ($script:free) { $script:free.Dispose() }
    }

    It '<Page>, <Title>' -ForEach $runnable {
        $folder = New-Item -ItemType Directory -Force (Join-Path ([IO.Path]::GetTempPath()) "pulserun-tests-$PID/$([guid]::NewGuid())")
        # A cleanup that has not read for half an hour has no metrics to judge by, and says so.
        $readings = $Code -match 'Invoke-PRCleanup' ? 22 : 0
        # Copies, jobs and tunnels run on a real ssh server.
        $withSsh = $Page -match '-PR(Item|Job|Tunnel)$' -or $Code -match 'SshServer'
        if ($withSsh -and -not (Test-Sshd)) { Set-ItResult -Skipped -Because 'the OpenSSH server is not installed'; return }
        $env:PATH = $withSsh ? $path : "$bin$([IO.Path]::PathSeparator)$path"
        $shell = [powershell]::Create()
        # Examples take turns with one session, which is reset after each, as opening one with the module takes longer than most examples.
        $isOwn = $Code -match '\bfunction\s|Module|Alias|Register-|Job\b|\$PSStyle'
        if (-not $isOwn) {
            if (-not $script:free) {
                $script:free = [runspacefactory]::CreateRunspace()
                $script:free.Open()
            }
            $shell.Runspace = $script:free
        }
        $data = $env:PULSERUN_DATA_DIR
        try {
            $null = $shell.AddScript($session).AddParameters(@{ module = $ModulePath; folder = "$folder"; readings = $readings; code = $Code; withSsh = $withSsh })
            $output = $shell.Invoke()
            # Formatted as well, as a reader would see it.
            $null = $output | Out-String -Width 120
            @($shell.Streams.Error | ForEach-Object { "$_" }) | Should -BeNullOrEmpty
        }
        finally {
            $shell.Dispose()
            if (-not $isOwn) {
                # The connections are the only state of the module that a session has.
                $end = [powershell]::Create()
                $end.Runspace = $script:free
                $null = $end.AddScript('Stop-PREmulator; Disconnect-PulseRun').Invoke()
                $end.Dispose()
                $script:free.ResetRunspaceState()
            }
            Stop-PREmulator
            $env:PULSERUN_DATA_DIR = $data
        }
    }
}
