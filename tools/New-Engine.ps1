<#
.SYNOPSIS
    Copies this PowerShell to a folder in which its assemblies are precompiled, and returns the folder.
.DESCRIPTION
    The PowerShell that users install is precompiled; that of the dotnet tool is not, so each process that the tests start would
    compile the engine anew, for half a second. The folder is made once for each version, in less than half a minute.
    Returns the folder of this PowerShell when it is precompiled, or when the compiler for this platform is not restored.
.PARAMETER Tests
    The folder of a test project that hosts the engine: its copies of the same assemblies are replaced by the precompiled ones.
.EXAMPLE
    ./tools/New-Engine.ps1
#>
[CmdletBinding()]
param(
    [string] $Output = (Join-Path (Split-Path $PSScriptRoot) 'out/engine'),
    [string] $Tests
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3

function Test-Precompiled([string] $Path) {
    # Returns true when an assembly has native code.
    $stream = [IO.File]::OpenRead($Path)
    try { [Reflection.PortableExecutable.PEReader]::new($stream).PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size -gt 0 }
    finally { $stream.Dispose() }
}

function Get-Compiler {
    # Returns the compiler, which the build of src/PulseRun.Precompiled restores.
    $packages = ((& dotnet nuget locals global-packages --list) -replace '^.*?:\s*', '').Trim()
    $platform = [Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier -replace '^(?!linux|osx|win).*-', 'linux-'
    Get-Item (Join-Path $packages "microsoft.netcore.app.crossgen2.$platform/*/tools/crossgen2*") -ErrorAction Ignore | Where-Object { $_.Extension -in '', '.exe' } | Select-Object -Last 1
}

# The assemblies that a usual process uses.
$names = 'System.Management.Automation', 'Microsoft.PowerShell.ConsoleHost', 'Microsoft.PowerShell.Commands.Utility', 'Microsoft.PowerShell.Commands.Management', 'Microsoft.PowerShell.Security', 'Newtonsoft.Json', 'pwsh' | ForEach-Object { "$_.dll" }
$framework = Split-Path ([object].Assembly.Location)
$engine = Join-Path $Output "$($PSVersionTable.PSVersion)-$(Split-Path -Leaf $framework)"
if (-not (Test-Path $engine)) {
    if (Test-Precompiled (Join-Path $PSHOME $names[0])) { return $PSHOME }
    $compiler = Get-Compiler
    if (-not $compiler) { return $PSHOME }
    $work = "$engine.$PID"
    $null = New-Item -ItemType Directory -Force $Output
    Copy-Item $PSHOME $work -Recurse
    $architecture = "$([Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
    foreach ($name in $names) {
        # The arguments are in a file, because PowerShell would expand the wildcards.
        $arguments = Join-Path $work 'arguments.rsp'
        Set-Content $arguments (Join-Path $PSHOME $name), "--out:$(Join-Path $work $name)", "--reference:$(Join-Path $framework '*.dll')", "--reference:$(Join-Path $PSHOME '*.dll')", "--targetarch:$architecture", '--optimize'
        $text = & $compiler.FullName "@$arguments" 2>&1
        if ($LASTEXITCODE -ne 0) {
            Write-Warning "$name was not precompiled, so the tests take longer: $text"
            Remove-Item $work -Recurse -Force
            return $PSHOME
        }
        Remove-Item $arguments
    }
    # Another build may have made the folder meanwhile.
    try { [IO.Directory]::Move($work, $engine) } catch [IO.IOException] { Remove-Item $work -Recurse -Force }
}
if ($Tests) {
    foreach ($file in Get-ChildItem $Tests -Recurse -File | Where-Object Name -In $names) {
        # Only the same version: the package of the engine may be newer or older than this PowerShell.
        $isSame = [Reflection.AssemblyName]::GetAssemblyName($file.FullName).FullName -eq [Reflection.AssemblyName]::GetAssemblyName((Join-Path $engine $file.Name)).FullName -and
            (Get-FileHash $file.FullName).Hash -eq (Get-FileHash (Join-Path $PSHOME $file.Name)).Hash
        if (-not $isSame) { continue }
        # Removed instead of overwritten, because a running test process has the old file mapped into memory.
        Remove-Item $file.FullName
        Copy-Item (Join-Path $engine $file.Name) $file.FullName
    }
}
$engine
