# What each edition's assemblies refer to, against what is shipped beside them and what the oldest host has.
# Neither Windows PowerShell 5.1 nor PowerShell 7.4 runs here; that nothing is missing there can be read all the same.

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Assemblies.ps1

    # Read-Folder: the assemblies under a folder, by simple name.
    function Read-Folder([string] $Folder) {
        $all = @{}
        foreach ($file in Get-ChildItem $Folder -Recurse -Filter *.dll) {
            $assembly = Read-Assembly $file
            if ($assembly) { $all[$assembly.Name.Name] = $assembly }
        }
        $all
    }

    # Test-Satisfies: no version that is too old, no other publisher. There are no binding redirects in a module.
    function Test-Satisfies([System.Reflection.AssemblyName] $Given, [System.Reflection.AssemblyName] $Wanted) {
        $null -ne $Given -and $Given.Version -ge $Wanted.Version -and "$($Given.GetPublicKeyToken())" -eq "$($Wanted.GetPublicKeyToken())"
    }

    # Get-Unsatisfied: what neither the shipped assemblies nor the host answer, as lines.
    function Get-Unsatisfied([hashtable] $Shipped, [hashtable] $HostHas) {
        foreach ($assembly in $Shipped.Values | Sort-Object { $_.Name.Name }) {
            foreach ($wanted in $assembly.References) {
                $name = $wanted.Name
                if ((Test-Satisfies $Shipped[$name].Name $wanted) -or (Test-Satisfies $HostHas[$name].Name $wanted)) { continue }
                "$($assembly.Name.Name) -> $name $($wanted.Version)"
            }
        }
    }

    # The packages folder: Pester comes from it.
    $packages = (Get-Module Pester).ModuleBase | Split-Path | Split-Path | Split-Path
    $framework = Read-Folder (Join-Path $packages 'microsoft.netframework.referenceassemblies.net472/1.0.3/build/.NETFramework/v4.7.2')
    $dotnet = Split-Path (Get-Command dotnet).Source
    $pack = @(Get-Item (Join-Path $packages 'microsoft.netcore.app.ref/8.0.*/ref/net8.0'), (Join-Path $dotnet 'packs/Microsoft.NETCore.App.Ref/8.0.*/ref/net8.0') -ErrorAction Ignore)
    $pack.Count | Should -BeGreaterThan 0
    $runtime = Read-Folder $pack[0]
    # PowerShellStandard, which the cmdlets compile against, has the version of 5.1; every later one is newer.
    $standard = Read-Folder (Join-Path $packages 'powershellstandard.library/5.1.1/lib/netstandard2.0')
    foreach ($known in $framework, $runtime) { $known['System.Management.Automation'] = $standard['System.Management.Automation'] }

    $desktop = Read-Folder (Join-Path $ModulePath 'bin/net472')
    $core = Read-Folder (Join-Path $ModulePath 'bin/net8.0')
}

Describe 'References' {
    It 'are looked at: <_>' -ForEach 'net472', 'net8.0' {
        $all = $_ -eq 'net472' ? $desktop : $core
        foreach ($name in 'PulseRun.PowerShell', 'PulseRun.Core', 'PulseRun.Client', 'PulseRun.Store', 'PulseRun.Emulator', 'Refit', 'System.Text.Json') { $all.Keys | Should -Contain $name }
        # What is there for a platform too is the same assembly: see Module.Tests.ps1.
        $all.Count | Should -Be @(Get-ChildItem (Join-Path $ModulePath "bin/$_") -Recurse -Filter *.dll | ForEach-Object Name | Sort-Object -Unique).Count
    }

    It 'are satisfied on Windows PowerShell 5.1 with .NET Framework 4.7.2, or answered from mscorlib' {
        # Answered by the resolver, because no redirect can: see PrivateAssemblies.
        $source = Get-Content -Raw "$Root/src/PulseRun.PowerShell/Loading/PrivateAssemblies.cs"
        $answered = [regex]::Matches($source, 'name == "([^"]+)"\)\s+return typeof\(ValueTuple\)') | ForEach-Object { $_.Groups[1].Value }
        $answered | Should -Be 'System.ValueTuple'
        Get-Unsatisfied $desktop $framework | Where-Object { ($_ -split ' ')[2] -notin $answered } | Should -BeNullOrEmpty
    }

    It 'are satisfied on PowerShell 7.4 with .NET 8' {
        Get-Unsatisfied $core $runtime | Should -BeNullOrEmpty
    }

    It 'that are too new, or of another publisher, are found' {
        $name = { param($version, $token = '31bf3856ad364e35') [System.Reflection.AssemblyName] "Some.Library, Version=$version, Culture=neutral, PublicKeyToken=$token" }
        $wants = @{ Asks = [pscustomobject]@{ Name = [System.Reflection.AssemblyName] 'Asks'; References = @(& $name 2.0.0.0) } }
        $with = { param($given) $wants.Clone() + @{ 'Some.Library' = [pscustomobject]@{ Name = $given; References = @() } } }
        Get-Unsatisfied (& $with (& $name 2.0.0.0)) @{} | Should -BeNullOrEmpty
        Get-Unsatisfied (& $with (& $name 2.1.0.0)) @{} | Should -BeNullOrEmpty
        Get-Unsatisfied (& $with (& $name 1.9.0.0)) @{} | Should -Be 'Asks -> Some.Library 2.0.0.0'
        Get-Unsatisfied (& $with (& $name 2.0.0.0 'cc7b13ffcd2ddd51')) @{} | Should -Be 'Asks -> Some.Library 2.0.0.0'
        Get-Unsatisfied $wants @{} | Should -Be 'Asks -> Some.Library 2.0.0.0'
    }

    It 'of the cmdlets are to PowerShellStandard, Core and the entry names only: <_>' -ForEach 'net472', 'net8.0' {
        $all = $_ -eq 'net472' ? $desktop : $core
        $all['PulseRun.PowerShell'].References.Name | Where-Object { $_ -notmatch '^(System(\..+)?|mscorlib|netstandard|Microsoft\.CSharp|Microsoft\.Win32\..+|PulseRun\..+)$' } | Should -BeNullOrEmpty
        # Core has no packages at all: what it refers to, the host has.
        Get-Unsatisfied @{ Core = $all['PulseRun.Core'] } ($_ -eq 'net472' ? $framework : $runtime) | Should -BeNullOrEmpty
    }
}
