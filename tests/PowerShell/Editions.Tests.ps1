# Compares the references of each edition's assemblies with the shipped assemblies and with those of the oldest supported host.
# Neither Windows PowerShell 5.1 nor PowerShell 7.4 runs in these tests, but missing references can be found without them.

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Assemblies.ps1

    # Read-Folder: returns the assemblies in a folder, by simple name.
    function Read-Folder([string] $Folder) {
        $all = @{}
        foreach ($file in Get-ChildItem $Folder -Recurse -Filter *.dll) {
            $assembly = Read-Assembly $file
            if ($assembly) { $all[$assembly.Name.Name] = $assembly }
        }
        $all
    }

    # Test-Satisfies: returns true when the version is not too old and the publisher is the same. A module has no binding redirects.
    function Test-Satisfies([System.Reflection.AssemblyName] $Given, [System.Reflection.AssemblyName] $Wanted) {
        $null -ne $Given -and $Given.Version -ge $Wanted.Version -and "$($Given.GetPublicKeyToken())" -eq "$($Wanted.GetPublicKeyToken())"
    }

    # Get-Unsatisfied: returns the references that neither the shipped assemblies nor the host satisfy, as lines.
    function Get-Unsatisfied([hashtable] $Shipped, [hashtable] $HostHas) {
        foreach ($assembly in $Shipped.Values | Sort-Object { $_.Name.Name }) {
            foreach ($wanted in $assembly.References) {
                $name = $wanted.Name
                if ((Test-Satisfies $Shipped[$name].Name $wanted) -or (Test-Satisfies $HostHas[$name].Name $wanted)) { continue }
                "$($assembly.Name.Name) -> $name $($wanted.Version)"
            }
        }
    }

    # The packages folder, from which Pester was loaded.
    $packages = (Get-Module Pester).ModuleBase | Split-Path | Split-Path | Split-Path
    $framework = Read-Folder (Join-Path $packages 'microsoft.netframework.referenceassemblies.net472/1.0.3/build/.NETFramework/v4.7.2')
    $dotnet = Split-Path (Get-Command dotnet).Source
    $pack = @(Get-Item (Join-Path $packages 'microsoft.netcore.app.ref/8.0.*/ref/net8.0'), (Join-Path $dotnet 'packs/Microsoft.NETCore.App.Ref/8.0.*/ref/net8.0') -ErrorAction Ignore)
    $pack.Count | Should -BeGreaterThan 0
    $runtime = Read-Folder $pack[0]
    # The cmdlets compile against PowerShellStandard, which has the version of 5.1; every later host is newer.
    $standard = Read-Folder (Join-Path $packages 'powershellstandard.library/5.1.1/lib/netstandard2.0')
    foreach ($known in $framework, $runtime) { $known['System.Management.Automation'] = $standard['System.Management.Automation'] }

    $desktop = Read-Folder (Join-Path $ModulePath 'bin/net472')
    $core = Read-Folder (Join-Path $ModulePath 'bin/net8.0')
}

Describe 'References' {
    It 'are found: <_>' -ForEach 'net472', 'net8.0' {
        $all = $_ -eq 'net472' ? $desktop : $core
        foreach ($name in 'PulseRun.PowerShell', 'PulseRun.Core', 'PulseRun.Client', 'PulseRun.Store', 'PulseRun.Emulator', 'Refit', 'System.Text.Json') { $all.Keys | Should -Contain $name }
        # The precompiled copies for platforms are the same assemblies: see Module.Tests.ps1.
        $all.Count | Should -Be @(Get-ChildItem (Join-Path $ModulePath "bin/$_") -Recurse -Filter *.dll | ForEach-Object Name | Sort-Object -Unique).Count
    }

    It 'are satisfied on Windows PowerShell 5.1 with .NET Framework 4.7.2, or resolved to mscorlib' {
        # The resolver handles this name, because a module has no redirects: see PrivateAssemblies.
        $source = Get-Content -Raw "$Root/src/PulseRun.PowerShell/Loading/PrivateAssemblies.cs"
        $answered = [regex]::Matches($source, 'name == "([^"]+)"\)\s+return typeof\(ValueTuple\)') | ForEach-Object { $_.Groups[1].Value }
        $answered | Should -Be 'System.ValueTuple'
        Get-Unsatisfied $desktop $framework | Where-Object { ($_ -split ' ')[2] -notin $answered } | Should -BeNullOrEmpty
    }

    It 'are satisfied on PowerShell 7.4 with .NET 8' {
        # The export of traces needs the DiagnosticSource of .NET 10, of which the module ships no copy; CmdletTraces does not load it on an older host.
        Get-Content -Raw "$Root/src/PulseRun.PowerShell/Running/CmdletTraces.cs" | Should -BeLike '*Environment.Version.Major >= 10*'
        Get-Unsatisfied $core $runtime | Where-Object { $_ -notmatch '^(OpenTelemetry[.\w]*|PulseRun\.Telemetry) -> System\.Diagnostics\.DiagnosticSource 10\.' } | Should -BeNullOrEmpty
    }

    It 'are reported when they are too new or of another publisher' {
        $name = { param($version, $token = '31bf3856ad364e35') [System.Reflection.AssemblyName] "Some.Library, Version=$version, Culture=neutral, PublicKeyToken=$token" }
        $wants = @{ Asks = [pscustomobject]@{ Name = [System.Reflection.AssemblyName] 'Asks'; References = @(& $name 2.0.0.0) } }
        $with = { param($given) $wants.Clone() + @{ 'Some.Library' = [pscustomobject]@{ Name = $given; References = @() } } }
        Get-Unsatisfied (& $with (& $name 2.0.0.0)) @{} | Should -BeNullOrEmpty
        Get-Unsatisfied (& $with (& $name 2.1.0.0)) @{} | Should -BeNullOrEmpty
        Get-Unsatisfied (& $with (& $name 1.9.0.0)) @{} | Should -Be 'Asks -> Some.Library 2.0.0.0'
        Get-Unsatisfied (& $with (& $name 2.0.0.0 'cc7b13ffcd2ddd51')) @{} | Should -Be 'Asks -> Some.Library 2.0.0.0'
        Get-Unsatisfied $wants @{} | Should -Be 'Asks -> Some.Library 2.0.0.0'
    }

    It 'of the cmdlets are only PowerShellStandard, Core and the entry assemblies: <_>' -ForEach 'net472', 'net8.0' {
        $all = $_ -eq 'net472' ? $desktop : $core
        $all['PulseRun.PowerShell'].References.Name | Where-Object { $_ -notmatch '^(System(\..+)?|mscorlib|netstandard|Microsoft\.CSharp|Microsoft\.Win32\..+|PulseRun\..+)$' } | Should -BeNullOrEmpty
        # Core has no packages, so the host has all its references.
        Get-Unsatisfied @{ Core = $all['PulseRun.Core'] } ($_ -eq 'net472' ? $framework : $runtime) | Should -BeNullOrEmpty
    }
}
