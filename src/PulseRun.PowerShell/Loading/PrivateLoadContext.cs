#if NET
using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace PulseRun.PowerShell.Loading;

/// <summary>Holds our dependencies, so that they never meet another module's copies. Core is not among them: it is the host's, as users name its types.</summary>
internal sealed class PrivateLoadContext(string folder) : AssemblyLoadContext("PulseRun")
{
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        if (!File.Exists(path))
            return null;
        // The host's own framework assemblies are precompiled; ours are for hosts whose copies are too old.
        return HostHas(assemblyName) ?? LoadFromAssemblyPath(path);
    }

    private static Assembly? HostHas(AssemblyName wanted)
    {
        if (wanted.Name is not { } name || !name.StartsWith("System.", StringComparison.Ordinal))
            return null;
        try
        {
            Assembly host = Default.LoadFromAssemblyName(new AssemblyName(name));
            return host.GetName().Version >= wanted.Version ? host : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName)
    {
        string file = OperatingSystem.IsWindows() ? unmanagedDllName + ".dll"
            : OperatingSystem.IsMacOS() ? "lib" + unmanagedDllName + ".dylib"
            : "lib" + unmanagedDllName + ".so";
        string natives = Path.GetFullPath(Path.Combine(folder, "..", "..", "native"));
        string path = Path.Combine(natives, Rid(), "native", file);
        return File.Exists(path) ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;
    }

    private static string Rid()
    {
        string arch = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.X86 => "x86",
            Architecture.Arm64 => "arm64",
            _ => "none",
        };
        string system = OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl"
            : "linux";
        return system + "-" + arch;
    }
}
#endif
