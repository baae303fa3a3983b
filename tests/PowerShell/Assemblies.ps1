# Dot-sourced by the tests that inspect the assemblies of the staged module.

# Read-Assembly: returns the metadata of an assembly without loading it; $null for a native file.
function Read-Assembly([string] $Path) {
    $image = [System.Reflection.PortableExecutable.PEReader]::new([System.IO.File]::OpenRead($Path))
    try {
        if (-not $image.HasMetadata) { return }
        $reader = [System.Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($image)
        if (-not $reader.IsAssembly) { return }
        [pscustomobject]@{
            Name       = $reader.GetAssemblyDefinition().GetAssemblyName()
            References = @(foreach ($handle in $reader.AssemblyReferences) { $reader.GetAssemblyReference($handle).GetAssemblyName() })
            # The MVID: the C# compiler creates it for each output, and precompilation keeps it.
            Mark       = $reader.GetGuid($reader.GetModuleDefinition().Mvid)
            Machine    = [int] $image.PEHeaders.CoffHeader.Machine
            NativeSize = $image.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size
        }
    }
    finally { $image.Dispose() }
}
