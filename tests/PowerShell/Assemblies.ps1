# Dot-sourced by the tests that look into the assemblies of the staged module.

# Read-Assembly: what an assembly says of itself, without loading it. Null for a native file.
function Read-Assembly([string] $Path) {
    $image = [System.Reflection.PortableExecutable.PEReader]::new([System.IO.File]::OpenRead($Path))
    try {
        if (-not $image.HasMetadata) { return }
        $reader = [System.Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($image)
        if (-not $reader.IsAssembly) { return }
        [pscustomobject]@{
            Name       = $reader.GetAssemblyDefinition().GetAssemblyName()
            References = @(foreach ($handle in $reader.AssemblyReferences) { $reader.GetAssemblyReference($handle).GetAssemblyName() })
            # What the C# compiler gives each of its outputs, and what stays when that is compiled further.
            Mark       = $reader.GetGuid($reader.GetModuleDefinition().Mvid)
            Machine    = [int] $image.PEHeaders.CoffHeader.Machine
            NativeSize = $image.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size
        }
    }
    finally { $image.Dispose() }
}
