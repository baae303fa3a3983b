# The module as it is got: packed, found, installed into an empty home, upgraded.

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $manifest = Test-ModuleManifest (Join-Path $ModulePath 'PulseRun.psd1')
    # build.ps1 Test has made it out of this very module.
    $package = Get-Item (Join-Path $Root "out/PulseRun.$($manifest.Version).nupkg")

    # New-Staged: the staged module in another folder, with another manifest if asked. With -Only, without the files of other editions
    # and platforms, as packing the whole module takes two seconds.
    function New-Staged([string] $Name, [scriptblock] $Edit, [switch] $Only) {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive $Name)
        Copy-Item -Recurse $ModulePath $folder
        $path = Join-Path $folder 'PulseRun/PulseRun.psd1'
        if ($Only) {
            Remove-Item -Recurse "$folder/PulseRun/bin/net472"
            $platform = [System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier
            Get-ChildItem "$folder/PulseRun/bin/native" -Directory | Where-Object { $_.Name -notin $platform, 'linux-x64', 'linux-musl-x64', 'linux-arm64' } | Remove-Item -Recurse
            Get-ChildItem "$folder/PulseRun/bin/net8.0/deps" -Directory | Where-Object Name -NE $platform | Remove-Item -Recurse
        }
        if ($Edit) { Get-Content -Raw $path | ForEach-Object $Edit | Set-Content -NoNewline $path }
        Join-Path $folder 'PulseRun'
    }

    # Read-Package: the files in a package, and its nuspec.
    function Read-Package([string] $Path) {
        $zip = [System.IO.Compression.ZipFile]::OpenRead($Path)
        try {
            $nuspec = $zip.Entries | Where-Object FullName -Like '*.nuspec'
            $reader = [System.IO.StreamReader]::new($nuspec.Open())
            [pscustomobject]@{
                Names    = @($zip.Entries | ForEach-Object { [uri]::UnescapeDataString($_.FullName) })
                Times    = @($zip.Entries | ForEach-Object { $_.LastWriteTime.DateTime } | Sort-Object -Unique)
                Metadata = ([xml] $reader.ReadToEnd()).package.metadata
            }
        }
        finally { $zip.Dispose() }
    }

    # The files of others in the staged module, as the notices name them.
    $foreign = @(Get-ChildItem $ModulePath -Recurse -File -Include *.dll, *.so, *.dylib | Where-Object Name -NotLike 'PulseRun.*' |
            ForEach-Object { [System.IO.Path]::GetRelativePath($ModulePath, $_.FullName).Replace('\', '/') } | Sort-Object)
}

Describe 'The package' {
    BeforeAll { $content = Read-Package $package }

    It 'is named after the manifest, and below 20 MB' {
        $content.Metadata.id | Should -Be 'PulseRun'
        $content.Metadata.version | Should -Be "$($manifest.Version)"
        $package.Length | Should -BeLessThan 20MB
    }

    It 'holds the staged module and nothing else' {
        $own = $content.Names | Where-Object { $_ -notmatch '^(_rels/|package/|\[Content_Types\]\.xml$|PulseRun\.nuspec$)' } | Sort-Object
        $staged = Get-ChildItem $ModulePath -Recurse -File | ForEach-Object { [System.IO.Path]::GetRelativePath($ModulePath, $_.FullName).Replace('\', '/') } | Sort-Object
        $own | Should -Be $staged
        $own | Should -Not -Match '\.(pdb|deps\.json)$'
    }

    It 'is tagged as what it is' {
        $tags = $content.Metadata.tags -split ' '
        foreach ($tag in @('PSModule', 'PSEdition_Core', 'PSEdition_Desktop') + @($manifest.Tags)) { $tags | Should -Contain $tag }
    }

    It 'is found by the name of each cmdlet' {
        $cmdlets = $manifest.ExportedCmdlets.Keys
        $cmdlets.Count | Should -BeGreaterThan 60
        $tags = $content.Metadata.tags -split ' '
        $cmdlets | Where-Object { "PSCmdlet_$_" -notin $tags -or "PSCommand_$_" -notin $tags } | Should -BeNullOrEmpty
    }

    It 'is the same, byte for byte, from another folder, at another time, in another culture and time zone' {
        $copy = New-Staged 'a longer name/of another folder'
        Get-ChildItem $copy -Recurse -File | ForEach-Object { $_.LastWriteTime = '2001-02-03T04:05:06' }
        $output = Join-Path $TestDrive again
        $child = Invoke-Child "& '$Root/tools/New-Package.ps1' -Module '$copy' -Output '$output'" -Module '' -Environment @{ TZ = 'Asia/Tokyo'; LC_ALL = 'tr_TR.UTF-8' }
        $child.Errors | Should -BeNullOrEmpty
        (Get-FileHash (Get-ChildItem $output)).Hash | Should -Be (Get-FileHash $package).Hash
        $content.Times.Count | Should -Be 1
    }

    It 'knows nothing of the folder it was built in' {
        foreach ($file in Get-ChildItem $ModulePath -Recurse -File | Where-Object { $_.Name -like 'PulseRun*' -or $_.Extension -in '.xml', '.json', '.txt' }) {
            [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes($file)).Contains($Root) | Should -BeFalse -Because $file
        }
    }

    It 'bears the suffix of a prerelease' {
        $copy = New-Staged prerelease -Only { $_.Replace('PSData = @{', "PSData = @{`n            Prerelease = 'beta1'") }
        $preview = & "$Root/tools/New-Package.ps1" -Module $copy -Output $TestDrive
        $preview.Name | Should -Be "PulseRun.$($manifest.Version)-beta1.nupkg"
        (Read-Package $preview).Metadata.version | Should -Be "$($manifest.Version)-beta1"
    }

    It 'says its licence' {
        $license = (Read-Package $package).Metadata.license
        $license.type, $license.InnerText | Should -Be 'expression', 'MIT'
    }
}

Describe 'The notices and the bill of materials' {
    BeforeAll {
        $notices = Get-Content -Raw "$ModulePath/THIRD-PARTY-NOTICES.txt"
        $bill = Get-Content -Raw "$ModulePath/bom.cdx.json" | ConvertFrom-Json
        # A notice: the package and its version, then what is to be said of it, then an empty line.
        $notice = @{}
        foreach ($match in [regex]::Matches(($notices -split '\n-{100}\n')[0], '(?m)^(?<id>\S+) (?<version>\d\S*)\n  Licence:   (?<licence>.+)\n(?<rest>(?:  .+\n)*)')) {
            foreach ($file in [regex]::Matches($match.Groups['rest'].Value, '  File:      (.+)\n')) {
                $notice[$file.Groups[1].Value] = @{ Id = $match.Groups['id'].Value; Version = $match.Groups['version'].Value; Licence = $match.Groups['licence'].Value }
            }
        }
        $billed = @{}
        foreach ($component in $bill.components | Where-Object purl -Like 'pkg:nuget/*') { foreach ($file in $component.components) { $billed[$file.name] = @{ Package = $component; Hash = $file.hashes[0].content } } }
    }

    It 'name every file that is not ours, and no other' {
        $foreign.Count | Should -BeGreaterThan 30
        @($notice.Keys | Sort-Object) | Should -Be $foreign
        @($billed.Keys | Sort-Object) | Should -Be $foreign
    }

    It 'name the version that is there' {
        # These have the number of the repository they were built in, or of the servicing release of their group.
        foreach ($file in $foreign | Where-Object { $_ -like '*/deps/*' -and $_ -notmatch '/(System\.ComponentModel\.Annotations|Microsoft\.Bcl\.HashCode|Microsoft\.Extensions\.[\w.]+)\.dll$' }) {
            # A library says its package's version as its product's. A native file says nothing, but its hash is the package's.
            $product = [System.Diagnostics.FileVersionInfo]::GetVersionInfo("$ModulePath/$file").ProductVersion
            ($product -split '[+ ]')[0] | Should -Be $notice[$file].Version -Because $file
        }
    }

    It 'say the same' {
        foreach ($file in $foreign) {
            $entry = $billed[$file]
            $entry.Hash | Should -Be (Get-FileHash "$ModulePath/$file").Hash
            "$($entry.Package.name) $($entry.Package.version)" | Should -Be "$($notice[$file].Id) $($notice[$file].Version)"
            "$($entry.Package.licenses.expression)" | Should -Be $notice[$file].Licence
            $entry.Package.purl | Should -Be "pkg:nuget/$($entry.Package.name)@$($entry.Package.version)"
        }
    }

    It 'name our own assemblies, with the hash of each file' {
        $files = @(($bill.components | Where-Object name -Like 'PulseRun.*.dll').components)
        $there = @(Get-ChildItem "$ModulePath/bin" -Recurse -Filter PulseRun.*.dll)
        $files.Count | Should -Be $there.Count
        $there.Count | Should -BeGreaterThan 10
        foreach ($file in $files) { $file.hashes[0].content | Should -Be (Get-FileHash "$ModulePath/$($file.name)").Hash }
    }

    It 'name SQLite itself, with the version that the module loads and the hash of each native file' {
        $sqlite = $bill.components | Where-Object name -EQ SQLite
        $sqlite.version | Should -Match '^3\.\d+\.\d+$'
        $sqlite.purl, $sqlite.cpe | Should -Be "pkg:generic/sqlite@$($sqlite.version)", "cpe:2.3:a:sqlite:sqlite:$($sqlite.version):*:*:*:*:*:*:*"
        @($sqlite.components.name | Sort-Object) | Should -Be @(Get-ChildItem "$ModulePath/bin/native" -Recurse -File | ForEach-Object { [System.IO.Path]::GetRelativePath($ModulePath, $_.FullName).Replace('\', '/') } | Sort-Object)
        foreach ($file in $sqlite.components) { $file.hashes[0].content | Should -Be (Get-FileHash "$ModulePath/$($file.name)").Hash }
        ($bill.dependencies | Where-Object ref -Like 'pkg:nuget/SQLitePCLRaw.lib.e_sqlite3@*').dependsOn | Should -Contain $sqlite.purl
    }

    It 'know only licences that let us ship' {
        @($notice.Values | ForEach-Object { $_.Licence } | Sort-Object -Unique) | Should -BeIn 'MIT', 'Apache-2.0', 'BSD-3-Clause', 'PostgreSQL'
    }

    It 'have the text of each licence' {
        foreach ($words in 'Permission is hereby granted, free of charge', 'Apache License', 'Redistribution and use in source and binary forms') { $notices | Should -Match $words }
    }

    It 'are a CycloneDX document of the version that is shipped, without chance or time in it' {
        $bill.bomFormat, $bill.specVersion | Should -Be 'CycloneDX', '1.6'
        $bill.metadata.component.version | Should -Be "$($manifest.Version)"
        $bill.PSObject.Properties.Name | Should -Not -Contain 'serialNumber'
        $bill.metadata.PSObject.Properties.Name | Should -Not -Contain 'timestamp'
        $known = @($bill.metadata.component.'bom-ref') + @($bill.components.'bom-ref')
        @($known | Sort-Object -Unique).Count | Should -Be $known.Count
        @($bill.dependencies.ref | Sort-Object) | Should -Be ($known | Sort-Object)
        $bill.dependencies.dependsOn | Should -BeIn $known
    }
}

# Windows keeps its user folders elsewhere; there a test cannot give itself an empty home.
Describe 'The installed module' -Skip:$IsWindows {
    BeforeAll {
        $userHome = Join-Path $TestDrive home
        # Without it PSResourceGet writes its list of repositories into the current folder.
        $null = New-Item -ItemType Directory -Force (Join-Path $userHome '.local/share')
        $empty = @{ HOME = $userHome; PULSERUN_DATA_DIR = ''; PSModulePath = ''; XDG_DATA_HOME = ''; XDG_CONFIG_HOME = ''; XDG_CACHE_HOME = ''; XDG_STATE_HOME = '' }
        $modules = Join-Path $userHome '.local/share/powershell/Modules'

        # Invoke-AtHome: a script in a new pwsh that has nothing but this home. Answers its lines; it must not complain.
        function Invoke-AtHome([string] $Script) {
            $child = Invoke-Child "`$ErrorActionPreference = 'Stop'; Set-Location '$userHome'; $Script" -Environment $empty -Module ''
            $child.Errors | Should -BeNullOrEmpty
            , $child.Lines
        }

        $repository = New-Item -ItemType Directory (Join-Path $TestDrive repository)
        $older = New-Staged older -Only { $_ -replace "(?m)^(\s*ModuleVersion\s*=\s*)'[^']+'", "`$1'0.0.9'" }
        & "$Root/tools/New-Package.ps1" -Module $older -Output $repository | Should -Not -BeNullOrEmpty
        $emulator = Start-TestEmulator -Instances 6
        $connect = "Connect-PulseRun -ApiKey (ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force) -BaseUri '$($emulator.BaseUri)'"
    }
    AfterAll { Stop-PREmulator; Disconnect-PulseRun }

    It 'comes from a folder by Install-PSResource, in the version that is there' {
        Invoke-AtHome "Register-PSResourceRepository -Name Folder -Uri '$repository' -Trusted; Install-PSResource PulseRun -Repository Folder" | Should -BeNullOrEmpty
        "$modules/PulseRun/0.0.9/PulseRun.psd1" | Should -Exist
        # The files that only NuGet needs are not a part of the module.
        Get-ChildItem "$modules/PulseRun/0.0.9" -Force | Where-Object Name -Match 'nuspec|Content_Types|^_rels$|^package$' | Should -BeNullOrEmpty
    }

    It 'is imported by name in a new pwsh, and remembers in that home' {
        $lines = Invoke-AtHome @"
            Import-Module PulseRun
            'module: ' + (Get-Module PulseRun).ModuleBase
            # Without a keyring, a warning says that the key is kept in clear.
            $connect -Save -WarningAction SilentlyContinue
            `$one = Get-PRInstance -Status running | Select-Object -First 1
            'id: ' + `$one.Id
            `$null = `$one | Get-PRInstanceMetrics
            `$null = `$one | Protect-PRInstance -Reason 'the long run'
            'gpu: ' + (Get-PRInstanceMetrics `$one.Id -History).GpuUtilization
"@
        $said = @{}
        foreach ($line in $lines) { $name, $value = $line -split ': ', 2; $said[$name] = $value }
        $said.module | Should -Be "$modules/PulseRun/0.0.9"
        $script:protectedId = $said.id
        $script:gpu = $said.gpu
        $emulator.Instances.Id | Should -Contain $protectedId
        $gpu | Should -Not -BeNullOrEmpty
        Get-ChildItem $userHome -Recurse -Force -File | ForEach-Object Name | Should -Contain 'pulserun.db'
    }

    It 'is upgraded, and still has the profile, the protections and the history' {
        Copy-Item $package $repository
        $lines = Invoke-AtHome @'
            Update-PSResource PulseRun -Repository Folder
            Import-Module PulseRun
            'version: ' + (Get-Module PulseRun).Version
            'listed: ' + @(Get-PRInstance).Count
            'protected: ' + (Get-PRProtection | ForEach-Object { "$($_.Id) $($_.Reason)" })
            'gpu: ' + (Get-PRInstanceMetrics -History).GpuUtilization
'@
        $lines | Should -Be "version: $($manifest.Version)", 'listed: 6', "protected: $protectedId the long run", "gpu: $gpu"
    }

    It 'does the main job: launches, lists, measures, stops by pipeline, starts and removes' {
        $lines = Invoke-AtHome @'
            Import-Module PulseRun
            $new = New-PRInstance -Gpu rtx_4090 -Template pytorch -Count 2 -Wait
            'launched: ' + @($new).Count + ' ' + ($new.Status | Select-Object -Unique)
            'listed: ' + @(Get-PRInstance).Count
            'measured: ' + @($new | Get-PRInstanceMetrics).Count
            'stopped: ' + (Get-PRInstance -Id $new.Id | Stop-PRInstance -Wait -Confirm:$false | ForEach-Object Status)
            'started: ' + (Get-PRInstance -Id $new.Id | Start-PRInstance -Wait | ForEach-Object Status)
            'removed: ' + @(Get-PRInstance -Id $new.Id | Remove-PRInstance -Force).Count
            'protected: ' + @(Get-PRProtection).Count
            'help: ' + (Get-Help Stop-PRInstance).Synopsis
'@
        $lines | Should -Be 'launched: 2 running', 'listed: 8', 'measured: 2', 'stopped: stopped stopped', 'started: running running', 'removed: 2', 'protected: 1', "help: $((Get-Help Stop-PRInstance).Synopsis)"
        Get-SentCount $emulator 'DELETE /v1/instances/*' | Should -Be 2
    }

    It 'comes by PowerShellGet too' {
        $null = New-Item -ItemType Directory (Join-Path $TestDrive other)
        $lines = Invoke-AtHome @"
            `$env:PSModulePath = '$TestDrive/other' + [System.IO.Path]::PathSeparator + `$env:PSModulePath
            Import-Module PowerShellGet
            Register-PSRepository -Name Old -SourceLocation '$repository' -InstallationPolicy Trusted
            Save-Module PulseRun -Repository Old -Path '$TestDrive/other'
            Import-Module PulseRun
            (Get-Module PulseRun).ModuleBase
"@
        $lines | Should -Be "$TestDrive/other/PulseRun/$($manifest.Version)"
    }

    It 'leaves with Uninstall-PSResource' {
        Invoke-AtHome "Uninstall-PSResource PulseRun -Version '*'" | Should -BeNullOrEmpty
        Get-ChildItem "$modules/PulseRun" -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}
