BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Assemblies.ps1
    $manifest = Test-ModuleManifest (Join-Path $ModulePath 'PulseRun.psd1')
    $types = @([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'PulseRun.PowerShell' } | ForEach-Object GetTypes |
            Where-Object { $_.IsSubclassOf([System.Management.Automation.Cmdlet]) -and -not $_.IsAbstract })
    $nameOf = { param($type) $a = $type.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)[0]; "$($a.VerbName)-$($a.NounName)" }
}

Describe 'The staged module' {
    It 'does not contain System.Management.Automation, in any edition' {
        Get-ChildItem $ModulePath -Recurse -Filter System.Management.Automation* | Should -BeNullOrEmpty
    }

    It 'contains exactly the native SQLite files of the supported platforms' {
        $root = (Resolve-Path "$ModulePath/bin/native").Path
        $natives = Get-ChildItem $root -Recurse -File | ForEach-Object { $_.FullName.Substring($root.Length + 1).Replace('\', '/') } | Sort-Object
        $natives | Should -Be @(
            'linux-arm64/native/libe_sqlite3.so', 'linux-musl-x64/native/libe_sqlite3.so', 'linux-x64/native/libe_sqlite3.so',
            'osx-arm64/native/libe_sqlite3.dylib', 'osx-x64/native/libe_sqlite3.dylib',
            'win-arm64/native/e_sqlite3.dll', 'win-x64/native/e_sqlite3.dll', 'win-x86/native/e_sqlite3.dll'
        )
        Get-ChildItem $ModulePath -Recurse -Filter '*e_sqlite3.*' -File | Where-Object Name -NotLike 'SQLitePCLRaw*' | Should -HaveCount 8
    }

    It 'has its two assemblies in one folder, and no copy of them in deps: <_>' -ForEach 'net8.0', 'net472' {
        (Get-ChildItem "$ModulePath/bin/$_" -Filter *.dll).Name | Sort-Object | Should -Be 'PulseRun.Core.dll', 'PulseRun.PowerShell.dll'
        (Get-ChildItem "$ModulePath/bin/$_/deps" -Filter *.dll).Name | Where-Object { $_ -in 'PulseRun.Core.dll', 'PulseRun.PowerShell.dll' } | Should -BeNullOrEmpty
    }

    It 'has the assemblies of a first call and of the store precompiled for a common platform, from the shipped assemblies: <Platform>' -ForEach @(
        # For systems other than Windows the machine field is combined with a number of the operating system.
        @{ Platform = 'win-x64'; Machine = 0x8664 }
        @{ Platform = 'linux-x64'; Machine = 0x8664 -bxor 0x7B79 }
        @{ Platform = 'osx-arm64'; Machine = 0xAA64 -bxor 0x4644 }
    ) {
        $deps = "$ModulePath/bin/net8.0/deps"
        $names = 'PulseRun.Client.dll', 'PulseRun.Store.dll', 'Refit.dll', 'SQLitePCLRaw.core.dll', 'SQLitePCLRaw.provider.e_sqlite3.dll'
        (Get-ChildItem "$deps/$Platform").Name | Sort-Object | Should -Be $names
        foreach ($name in $names) {
            $portable = Read-Assembly "$deps/$name"
            $native = Read-Assembly "$deps/$Platform/$name"
            $native.Mark | Should -Be $portable.Mark -Because $name
            $native.Machine | Should -Be $Machine -Because $name
            $native.NativeSize | Should -BeGreaterThan 0 -Because $name
            $portable.NativeSize | Should -Be 0 -Because $name
        }
    }

    It 'lists the content of the deps folder for Windows PowerShell' {
        $source = Get-Content -Raw "$Root/src/PulseRun.PowerShell/Loading/PrivateAssemblies.cs"
        $list = [regex]::Match($source, '(?s)HashSet<string> Names = new\([^)]*\)\s*\{(.*?)\};').Groups[1].Value
        $names = [regex]::Matches($list, '"([^"]+)"') | ForEach-Object { $_.Groups[1].Value }
        $names | Sort-Object | Should -Be (Get-ChildItem "$ModulePath/bin/net472/deps" -Filter *.dll | ForEach-Object BaseName | Sort-Object)
    }

    It 'contains formats, licence and changelog' {
        foreach ($file in 'formats/PulseRun.Format.ps1xml', 'LICENSE', 'CHANGELOG.md', 'README.md', 'PulseRun.psd1') {
            "$ModulePath/$file" | Should -Exist
        }
    }

    It 'has the same version in manifest, assemblies and changelog' {
        foreach ($dll in Get-ChildItem "$ModulePath/bin" -Recurse -Filter PulseRun.*.dll) {
            $version = [System.Reflection.AssemblyName]::GetAssemblyName($dll.FullName).Version
            "$($version.Major).$($version.Minor).$($version.Build)" | Should -Be "$($manifest.Version)" -Because $dll.FullName
        }
        $newest = Get-Content "$Root/CHANGELOG.md" | Where-Object { $_ -like '## *' } | Select-Object -First 1
        $newest | Should -BeLike "## v$($manifest.Version) - *"
    }

    It 'declares its editions' {
        $manifest.CompatiblePSEditions | Should -Be 'Core', 'Desktop'
        $manifest.PowerShellVersion | Should -Be '5.1'
        $manifest.Tags | Should -Contain 'PSEdition_Core'
        $manifest.Tags | Should -Contain 'PSEdition_Desktop'
        $manifest.ExportedFunctions.Count, $manifest.ExportedAliases.Count, $manifest.ExportedVariables.Count | Should -Be 0, 0, 0
    }
}

Describe 'Import-Module' {
    BeforeAll {
        # One process collects the data for all tests of a fresh import.
        $script = @'
            $ours = { [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.Location -like '*/out/PulseRun/*' -or $_.Location -like '*\out\PulseRun\*' } | ForEach-Object { $_.GetName().Name } | Sort-Object }
            # The private load contexts with their assemblies. There is none yet, unless the background JIT has created it.
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
            Remove-Module PulseRun
            "removed: $(try { [System.Net.Sockets.TcpClient]::new('127.0.0.1', $e.Port); 'open' } catch { 'closed' })"
'@
        $child = Invoke-Child -Script $script.Replace('MODULE', "'$ModulePath'") -Environment @{ PULSERUN_DATA_DIR = "$TestDrive" }
        $lines = @{}
        foreach ($line in $child.Lines) { $name, $value = $line -split ': ', 2; $lines[$name] = $value }
    }

    It 'writes nothing' { $child.Errors | Should -BeNullOrEmpty }

    It 'loads the two assemblies of the module only' { $lines['import'] | Should -Be 'PulseRun.Core PulseRun.PowerShell' -Because "the private load contexts are $($lines['context']), and the whole output is: $($child.Output)" }

    It 'works with -Force' { $lines['force'] | Should -Be "$($manifest.ExportedCmdlets.Count)" }

    It 'works after Remove-Module' { $lines['again'] | Should -Be '6' }

    It 'loads no SQLite for a list, and no Polly for a successful one' { $lines['used'] | Should -Not -Match 'SQLite|Polly' }

    It 'hides its dependencies from the session' {
        $lines['used'] | Should -Match 'Refit'
        $lines['default'] | Should -Be 'PulseRun.Core PulseRun.PowerShell'
        $lines['types'] | Should -Be 'PulseRun.Instance '
    }

    It 'uses the precompiled assemblies of this platform, and works without them' -Skip:(-not ($IsLinux -and [System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier -notmatch 'musl' -and [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64')) {
        $list = '$e = Start-PREmulator; $e | Connect-PulseRun; "listed: $(@(Get-PRInstance).Count), protected: $(@(Get-PRProtection).Count)"; [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -in "Refit", "PulseRun.Client", "PulseRun.Store", "SQLitePCLRaw.core", "SQLitePCLRaw.provider.e_sqlite3" } | ForEach-Object { Split-Path -Leaf (Split-Path $_.Location) }'
        (Invoke-Child $list -Environment @{ PULSERUN_DATA_DIR = "$TestDrive" }).Lines | Should -Be (@('listed: 6, protected: 0') + @('linux-x64') * 5)
        Copy-Item $ModulePath "$TestDrive/PulseRun" -Recurse
        Remove-Item "$TestDrive/PulseRun/bin/net8.0/deps/linux-x64" -Recurse
        (Invoke-Child $list -Module "$TestDrive/PulseRun/PulseRun.psd1" -Environment @{ PULSERUN_DATA_DIR = "$TestDrive" }).Lines | Should -Be (@('listed: 6, protected: 0') + @('deps') * 5)
    }

    It 'closes the connection with -Force, reports that, and uses no other key instead' {
        $emulator = Start-PREmulator -RequestsPerMinute 0
        try {
            $child = Invoke-Child -Environment @{ PULSERUN_API_KEY = 'pr_test_another_account'; PULSERUN_BASE_URI = "$($emulator.BaseUri)"; PULSERUN_DATA_DIR = "$TestDrive" } -Script @"
                Connect-PulseRun -ApiKey (ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force) -BaseUri $($emulator.BaseUri)
                `$instances = Get-PRInstance
                "before: `$(@(`$instances).Count)"
                Import-Module '$ModulePath' -Force
                try { Get-PRInstance } catch { `$_.FullyQualifiedErrorId; "`$_" }
                try { `$instances[0] | Stop-PRInstance -Confirm:`$false } catch { `$_.FullyQualifiedErrorId; "`$_" }
                "context: `$(Get-PRContext)"
                Connect-PulseRun -ApiKey (ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force) -BaseUri $($emulator.BaseUri)
                "after: `$(@(Get-PRInstance).Count)"
"@
            $child.Errors | Should -BeNullOrEmpty
            $child.Lines[0] | Should -Be 'before: 6'
            $child.Lines[1] | Should -BeLike 'NotConnected,*'
            $child.Lines[2] | Should -BeLike '*closed by Remove-Module or Import-Module -Force*Connect-PulseRun*'
            $child.Lines[3] | Should -BeLike 'NotConnected,*'
            $child.Lines[4] | Should -BeLike '*closed by Remove-Module or Import-Module -Force*'
            $child.Lines[5..6] | Should -Be 'context: ', 'after: 6'
            $emulator.Requests.Count | Should -Be 2
        }
        finally { Stop-PREmulator }
    }

    It 'closes emulators with the module' {
        $lines['removed'] | Should -Be 'closed'
    }
}

Describe 'Cmdlets' {
    It 'exports exactly the existing cmdlets' {
        $types | ForEach-Object { & $nameOf $_ } | Sort-Object | Should -Be ($manifest.ExportedCmdlets.Keys | Sort-Object) -Because 'CmdletsToExport of PulseRun.psd1 lists every cmdlet'
    }

    It 'names each with an approved verb and a singular noun of this module' {
        $verbs = (Get-Verb).Verb
        $wrong = foreach ($name in $manifest.ExportedCmdlets.Keys) {
            $verb, $noun = $name -split '-'
            if ($verbs -notcontains $verb -or $noun -notmatch '^(PR[A-Z]\w+|PulseRun)$' -or $noun -notmatch '([^s]|Metrics)$') { $name }
        }
        $wrong | Should -BeNullOrEmpty
        $manifest.ExportedCmdlets.Count | Should -BeGreaterThan 50
    }

    It 'seals every cmdlet, in a file of its own, with its output types' {
        $wrong = foreach ($type in $types) {
            if (-not $type.IsSealed) { "$($type.Name) is not sealed" }
            if (-not [IO.File]::Exists("$Root/src/PulseRun.PowerShell/Cmdlets/$($type.Name).cs")) { "$($type.Name) has no file" }
            if (-not $type.GetCustomAttributes([System.Management.Automation.OutputTypeAttribute], $false)) { "$($type.Name) declares no output" }
        }
        $wrong | Should -BeNullOrEmpty
    }

    It 'supports ShouldProcess: <Name> with impact <Impact>' -ForEach @(
        @{ Name = 'New-PRInstance'; Impact = 'Medium' }, @{ Name = 'Stop-PRInstance'; Impact = 'Medium' }
        @{ Name = 'Start-PRInstance'; Impact = 'Low' }, @{ Name = 'Remove-PRInstance'; Impact = 'High' }
    ) {
        $attribute = ($types | Where-Object { (& $nameOf $_) -eq $Name }).GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)[0]
        $attribute.SupportsShouldProcess | Should -BeTrue
        $attribute.ConfirmImpact | Should -Be $Impact
    }

    It 'supports ShouldProcess in every cmdlet whose verb changes an instance' {
        $changing = @($types | Where-Object { (& $nameOf $_) -match '^(New|Stop|Start|Remove|Set|Invoke|Protect|Unprotect)-PR(?!Emulator)' })
        $changing.Count | Should -BeGreaterThan 10
        $changing | Where-Object { -not $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)[0].SupportsShouldProcess } | ForEach-Object Name | Should -BeNullOrEmpty
    }

    It 'has -ThrottleLimit and -Context in cmdlets for many instances: <_>' -ForEach 'Get-PRInstance', 'New-PRInstance', 'Stop-PRInstance', 'Start-PRInstance', 'Remove-PRInstance', 'Get-PRInstanceMetrics', 'Invoke-PRCommand' {
        $parameters = (Get-Command $_).Parameters
        $parameters.Keys | Should -Contain 'ThrottleLimit'
        $parameters.Keys | Should -Contain 'Context'
        { & $_ -ThrottleLimit 0 -ErrorAction Stop } | Should -Throw
    }

    It 'accepts ids as -Id and -InstanceId: <_>' -ForEach 'Get-PRInstance', 'Stop-PRInstance', 'Start-PRInstance', 'Remove-PRInstance', 'Get-PRInstanceMetrics' {
        (Get-Command $_).Parameters['Id'].Aliases | Should -Contain 'InstanceId'
    }

    It 'exposes no type of a dependency' {
        $core = [PulseRun.Instance].Assembly
        $properties = @(@($core.GetExportedTypes()) + $types | ForEach-Object { $_.GetProperties() })
        $properties.Count | Should -BeGreaterThan 1000
        $properties | Where-Object { $_.PropertyType.FullName -match 'Refit|Polly|Text\.Json|Sqlite' } | ForEach-Object { "$($_.DeclaringType).$($_.Name)" } | Should -BeNullOrEmpty
    }
}
