BeforeDiscovery {
    $manifest = Test-ModuleManifest (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'out/PulseRun/PulseRun.psd1')
    $cmdlets = $manifest.ExportedCmdlets.Keys | Sort-Object
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Assemblies.ps1
    $manifest = Test-ModuleManifest (Join-Path $ModulePath 'PulseRun.psd1')
    $types = @([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'PulseRun.PowerShell' } | ForEach-Object GetTypes |
            Where-Object { $_.IsSubclassOf([System.Management.Automation.Cmdlet]) -and -not $_.IsAbstract })
    $nameOf = { param($type) $a = $type.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)[0]; "$($a.VerbName)-$($a.NounName)" }
}

Describe 'The staged module' {
    It 'has System.Management.Automation nowhere, in no edition' {
        Get-ChildItem $ModulePath -Recurse -Filter System.Management.Automation* | Should -BeNullOrEmpty
    }

    It 'has exactly the native SQLite files of the design' {
        $root = (Resolve-Path "$ModulePath/bin/native").Path
        $natives = Get-ChildItem $root -Recurse -File | ForEach-Object { $_.FullName.Substring($root.Length + 1).Replace('\', '/') } | Sort-Object
        $natives | Should -Be @(
            'linux-arm64/native/libe_sqlite3.so', 'linux-musl-x64/native/libe_sqlite3.so', 'linux-x64/native/libe_sqlite3.so',
            'osx-arm64/native/libe_sqlite3.dylib', 'osx-x64/native/libe_sqlite3.dylib',
            'win-arm64/native/e_sqlite3.dll', 'win-x64/native/e_sqlite3.dll', 'win-x86/native/e_sqlite3.dll'
        )
        Get-ChildItem $ModulePath -Recurse -Filter '*e_sqlite3.*' -File | Where-Object Name -NotLike 'SQLitePCLRaw*' | Should -HaveCount 8
    }

    It 'has both of our assemblies beside each other, and no copy of them in deps: <_>' -ForEach 'net8.0', 'net472' {
        (Get-ChildItem "$ModulePath/bin/$_" -Filter *.dll).Name | Sort-Object | Should -Be 'PulseRun.Core.dll', 'PulseRun.PowerShell.dll'
        (Get-ChildItem "$ModulePath/bin/$_/deps" -Filter *.dll).Name | Where-Object { $_ -in 'PulseRun.Core.dll', 'PulseRun.PowerShell.dll' } | Should -BeNullOrEmpty
    }

    It 'has what a first call needs compiled for a usual platform, from the very assemblies it has: <Platform>' -ForEach @(
        # For a system other than Windows the runtime's own number of that is mixed into the machine's.
        @{ Platform = 'win-x64'; Machine = 0x8664 }
        @{ Platform = 'linux-x64'; Machine = 0x8664 -bxor 0x7B79 }
        @{ Platform = 'osx-arm64'; Machine = 0xAA64 -bxor 0x4644 }
    ) {
        $deps = "$ModulePath/bin/net8.0/deps"
        (Get-ChildItem "$deps/$Platform").Name | Sort-Object | Should -Be 'PulseRun.Client.dll', 'Refit.dll'
        foreach ($name in 'PulseRun.Client.dll', 'Refit.dll') {
            $portable = Read-Assembly "$deps/$name"
            $native = Read-Assembly "$deps/$Platform/$name"
            $native.Mark | Should -Be $portable.Mark -Because $name
            $native.Machine | Should -Be $Machine -Because $name
            $native.NativeSize | Should -BeGreaterThan 0 -Because $name
            $portable.NativeSize | Should -Be 0 -Because $name
        }
    }

    It 'lists for Windows PowerShell what its deps folder holds' {
        $source = Get-Content -Raw "$Root/src/PulseRun.PowerShell/Loading/PrivateAssemblies.cs"
        $list = [regex]::Match($source, '(?s)HashSet<string> Names = new\([^)]*\)\s*\{(.*?)\};').Groups[1].Value
        $names = [regex]::Matches($list, '"([^"]+)"') | ForEach-Object { $_.Groups[1].Value }
        $names | Sort-Object | Should -Be (Get-ChildItem "$ModulePath/bin/net472/deps" -Filter *.dll | ForEach-Object BaseName | Sort-Object)
    }

    It 'has formats, licence and changelog' {
        foreach ($file in 'formats/PulseRun.Format.ps1xml', 'LICENSE', 'CHANGELOG.md', 'README.md', 'PulseRun.psd1') {
            "$ModulePath/$file" | Should -Exist
        }
    }

    It 'has one version: manifest, assemblies and changelog' {
        foreach ($dll in Get-ChildItem "$ModulePath/bin" -Recurse -Filter PulseRun.*.dll) {
            $version = [System.Reflection.AssemblyName]::GetAssemblyName($dll.FullName).Version
            "$($version.Major).$($version.Minor).$($version.Build)" | Should -Be "$($manifest.Version)" -Because $dll.FullName
        }
        $newest = Get-Content "$Root/CHANGELOG.md" | Where-Object { $_ -like '## *' } | Select-Object -First 1
        $newest | Should -BeLike "## v$($manifest.Version) - *"
    }

    It 'says which editions it is for' {
        $manifest.CompatiblePSEditions | Should -Be 'Core', 'Desktop'
        $manifest.PowerShellVersion | Should -Be '5.1'
        $manifest.Tags | Should -Contain 'PSEdition_Core'
        $manifest.Tags | Should -Contain 'PSEdition_Desktop'
        $manifest.ExportedFunctions.Count, $manifest.ExportedAliases.Count, $manifest.ExportedVariables.Count | Should -Be 0, 0, 0
    }
}

Describe 'Import-Module' {
    BeforeAll {
        # One process answers all questions about a fresh import.
        $script = @'
            $ours = { [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.Location -like '*/out/PulseRun/*' -or $_.Location -like '*\out\PulseRun\*' } | ForEach-Object { $_.GetName().Name } | Sort-Object }
            # The private load contexts with what is in them: there is none yet, unless the JIT looks ahead in the background.
            $context = { $all = @([System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -eq PulseRun); "$($all.Count)$($all | ForEach-Object { " ($($_.Assemblies))" })" }
            "import: $(& $ours)"
            "context: $(& $context)"
            $null = Get-PRContext
            "look: $(& $ours)"
            Import-Module MODULE -Force
            "force: $((Get-Command -Module PulseRun).Count)"
            Remove-Module PulseRun
            Import-Module MODULE
            $e = Start-PREmulator; $e | Connect-PulseRun
            "again: $(@(Get-PRInstance).Count)"
            "used: $(& $ours)"
            $default = [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { $_.GetName().Name }
            "default: $($default | Where-Object { $_ -match '^(Refit|Polly|Microsoft.Data.Sqlite|SQLitePCLRaw|ReactiveUI|PulseRun)' } | Sort-Object)"
            "types: $([PulseRun.Instance]) $('Refit.ApiException' -as [type])"
'@
        $child = Invoke-Child -Script $script.Replace('MODULE', "'$ModulePath'") -Environment @{ PULSERUN_DATA_DIR = "$TestDrive" }
        $lines = @{}
        foreach ($line in $child.Lines) { $name, $value = $line -split ': ', 2; $lines[$name] = $value }
    }

    It 'says nothing' { $child.Errors | Should -BeNullOrEmpty }

    It 'loads our two assemblies and nothing else' { $lines['import'] | Should -Be 'PulseRun.Core PulseRun.PowerShell' -Because "the private load contexts are $($lines['context'])" }

    It 'works with -Force' { $lines['force'] | Should -Be "$($manifest.ExportedCmdlets.Count)" }

    It 'works after Remove-Module' { $lines['again'] | Should -Be '6' }

    It 'loads no SQLite for a list, and no Polly for one that goes well' { $lines['used'] | Should -Not -Match 'SQLite|Polly' }

    It 'keeps its dependencies out of everybody''s sight' {
        $lines['used'] | Should -Match 'Refit'
        $lines['default'] | Should -Be 'PulseRun.Core PulseRun.PowerShell'
        $lines['types'] | Should -Be 'PulseRun.Instance '
    }

    It 'takes what is compiled for this platform, and does as well without it' -Skip:(-not ($IsLinux -and [System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier -notmatch 'musl' -and [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64')) {
        $list = '$e = Start-PREmulator; $e | Connect-PulseRun; "listed: $(@(Get-PRInstance).Count)"; [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -in "Refit", "PulseRun.Client" } | ForEach-Object { Split-Path -Leaf (Split-Path $_.Location) }'
        (Invoke-Child $list).Lines | Should -Be 'listed: 6', 'linux-x64', 'linux-x64'
        Copy-Item $ModulePath "$TestDrive/PulseRun" -Recurse
        Remove-Item "$TestDrive/PulseRun/bin/net8.0/deps/linux-x64" -Recurse
        (Invoke-Child $list -Module "$TestDrive/PulseRun/PulseRun.psd1").Lines | Should -Be 'listed: 6', 'deps', 'deps'
    }

    It 'ends the connection with -Force, says so, and takes no other key in its place' {
        $emulator = Start-PREmulator -RequestsPerMinute 0
        try {
            $child = Invoke-Child -Environment @{ PULSERUN_API_KEY = 'pr_test_another_account'; PULSERUN_BASE_URI = "$($emulator.BaseUri)"; PULSERUN_DATA_DIR = "$TestDrive" } -Script @"
                Connect-PulseRun -ApiKey (ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force) -BaseUri $($emulator.BaseUri)
                "before: `$(@(Get-PRInstance).Count)"
                Import-Module '$ModulePath' -Force
                try { Get-PRInstance } catch { `$_.FullyQualifiedErrorId; "`$_" }
                "context: `$(Get-PRContext)"
                Connect-PulseRun -ApiKey (ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force) -BaseUri $($emulator.BaseUri)
                "after: `$(@(Get-PRInstance).Count)"
"@
            $child.Errors | Should -BeNullOrEmpty
            $child.Lines[0] | Should -Be 'before: 6'
            $child.Lines[1] | Should -BeLike 'NotConnected,*'
            $child.Lines[2] | Should -BeLike '*Import-Module -Force*Connect-PulseRun*'
            $child.Lines[3..4] | Should -Be 'context: ', 'after: 6'
            $emulator.Requests.Count | Should -Be 2
        }
        finally { Stop-PREmulator }
    }

    It 'closes emulators with the module' {
        $child = Invoke-Child "`$e = Start-PREmulator; Remove-Module PulseRun; try { [System.Net.Sockets.TcpClient]::new('127.0.0.1', `$e.Port); 'open' } catch { 'closed' }"
        $child.Lines | Should -Be 'closed'
    }
}

Describe 'Cmdlets' {
    It 'exports what there is, no more and no less' {
        $types | ForEach-Object { & $nameOf $_ } | Sort-Object | Should -Be ($manifest.ExportedCmdlets.Keys | Sort-Object)
    }

    It 'has a test file for <_>, in C# or for Pester' -ForEach $cmdlets {
        $inProcess = (Get-Command $_).ImplementingType.Name -replace 'Command$', 'Tests.cs'
        @(Get-Item "$PSScriptRoot/$_.Tests.ps1", "$PSScriptRoot/../PulseRun.PowerShell.Tests/Cmdlets/$inProcess" -ErrorAction Ignore) | Should -Not -BeNullOrEmpty
    }

    It 'names <_> with an approved verb and a singular noun of ours' -ForEach $cmdlets {
        $verb, $noun = $_ -split '-'
        (Get-Verb).Verb | Should -Contain $verb
        $noun | Should -Match '^(PR[A-Z]\w+|PulseRun)$'
        $noun | Should -Match '([^s]|Metrics)$'
    }

    It 'has every cmdlet sealed, in its file, and says what it puts out' {
        foreach ($type in $types) {
            $type.IsSealed | Should -BeTrue -Because $type.Name
            "$Root/src/PulseRun.PowerShell/Cmdlets/$($type.Name).cs" | Should -Exist
            $type.GetCustomAttributes([System.Management.Automation.OutputTypeAttribute], $false) | Should -Not -BeNullOrEmpty -Because $type.Name
        }
    }

    It 'asks before it changes anything: <Name> at <Impact>' -ForEach @(
        @{ Name = 'New-PRInstance'; Impact = 'Medium' }, @{ Name = 'Stop-PRInstance'; Impact = 'Medium' }
        @{ Name = 'Start-PRInstance'; Impact = 'Low' }, @{ Name = 'Remove-PRInstance'; Impact = 'High' }
    ) {
        $attribute = ($types | Where-Object { (& $nameOf $_) -eq $Name }).GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)[0]
        $attribute.SupportsShouldProcess | Should -BeTrue
        $attribute.ConfirmImpact | Should -Be $Impact
    }

    It 'asks in every cmdlet whose verb changes an instance' {
        foreach ($type in $types) {
            $name = & $nameOf $type
            if ($name -notmatch '^(New|Stop|Start|Remove|Set|Invoke|Protect|Unprotect)-PR(?!Emulator)') { continue }
            $type.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)[0].SupportsShouldProcess | Should -BeTrue -Because $name
        }
    }

    It 'takes -ThrottleLimit and -Context wherever many are worked on: <_>' -ForEach 'Get-PRInstance', 'New-PRInstance', 'Stop-PRInstance', 'Start-PRInstance', 'Remove-PRInstance', 'Get-PRInstanceMetrics', 'Invoke-PRCommand' {
        $parameters = (Get-Command $_).Parameters
        $parameters.Keys | Should -Contain 'ThrottleLimit'
        $parameters.Keys | Should -Contain 'Context'
        { & $_ -ThrottleLimit 0 -ErrorAction Stop } | Should -Throw
    }

    It 'takes ids under both names: <_>' -ForEach 'Get-PRInstance', 'Stop-PRInstance', 'Start-PRInstance', 'Remove-PRInstance', 'Get-PRInstanceMetrics' {
        (Get-Command $_).Parameters['Id'].Aliases | Should -Contain 'InstanceId'
    }

    It 'shows no type of a dependency on its surface' {
        $core = [PulseRun.Instance].Assembly
        foreach ($property in @($core.GetExportedTypes()) + $types | ForEach-Object { $_.GetProperties() }) {
            $property.PropertyType.FullName | Should -Not -Match 'Refit|Polly|Text\.Json|Sqlite' -Because "$($property.DeclaringType).$($property.Name)"
        }
    }
}
