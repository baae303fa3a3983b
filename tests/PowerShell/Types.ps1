# Dot-sourced by tests that need types in C#. To compile them takes up to two seconds of a processor for each process, so the assembly is kept in out/types.

# Add-TestType: adds the types of C# files or of a text, unless this process has the type of the given name.
function Add-TestType {
    param([Parameter(Mandatory)] [string] $Name, [string[]] $Path, [string] $Definition)
    if ($Name -as [type]) { return }
    # The assembly of this very text, for this runtime.
    $texts = @($Path | Where-Object { $_ } | ForEach-Object { [IO.File]::ReadAllText($_) }) + $Definition + [Environment]::Version
    $hash = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($texts -join "`0"))).Substring(0, 16)
    $folder = Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'out/types'
    $file = Join-Path $folder "$Name.$hash.dll"
    if (-not [IO.File]::Exists($file)) {
        $null = [IO.Directory]::CreateDirectory($folder)
        $new = "$file.$PID"
        $source = if ($Path) { @{ Path = $Path } } else { @{ TypeDefinition = $Definition } }
        Add-Type @source -OutputAssembly $new -OutputType Library -IgnoreWarnings -WarningAction SilentlyContinue
        # Another process may have compiled it meanwhile.
        try { [IO.File]::Move($new, $file) } catch [IO.IOException] { Remove-Item $new }
    }
    Add-Type -Path $file
}
