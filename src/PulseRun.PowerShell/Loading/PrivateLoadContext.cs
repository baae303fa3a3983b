#if NET
using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace PulseRun.PowerShell.Loading;

/// <summary>Holds the dependencies of this module apart from other modules' copies. PulseRun.Core is not among them: it is loaded in the default context, because scripts name its types.</summary>
internal sealed class PrivateLoadContext(string folder) : AssemblyLoadContext("PulseRun")
{
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string file = assemblyName.Name + ".dll";
        string path = Path.Combine(folder, file);
        if (!File.Exists(path))
            return null;
        // The framework assemblies of the host are precompiled and preferred; the copies in deps/ are for hosts whose versions are too old.
        if (HostHas(assemblyName) is { } host)
            return host;
        // The assemblies of a first call and of the store are shipped precompiled for the common platforms, so that a first use does not wait for the JIT.
        string compiled = Path.Combine(folder, Rid(), file);
        return LoadFromAssemblyPath(File.Exists(compiled) ? compiled : path);
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
            : !OperatingSystem.IsLinux() ? "other"
            : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl"
            : "linux";
        return system + "-" + arch;
    }
}
#endif
