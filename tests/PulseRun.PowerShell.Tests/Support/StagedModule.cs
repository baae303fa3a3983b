using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Finds the module in out/PulseRun, and keeps the developer's own settings away from it.</summary>
internal static class StagedModule
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder that Import-Module takes.</summary>
    public static string Folder { get; } = Path.Combine(Root, "out", "PulseRun");

    /// <summary>The data directory of this test run.</summary>
    public static string DataDirectory { get; } = Directory.CreateTempSubdirectory("pulserun-tests-").FullName;

    /// <summary>
    /// Runs before any other code of this assembly. The types of the module that tests name come from the staged files too:
    /// a second copy beside this assembly would be loaded instead of them, and would find no dependencies.
    /// </summary>
    [ModuleInitializer]
    internal static void Prepare()
    {
        AssemblyLoadContext.Default.Resolving += Load;
        Environment.SetEnvironmentVariable("PULSERUN_DATA_DIR", DataDirectory);
        Environment.SetEnvironmentVariable("PULSERUN_API_KEY", null);
        Environment.SetEnvironmentVariable("PULSERUN_BASE_URI", null);
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(DataDirectory, recursive: true);
    }

    private static Assembly? Load(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name is not ("PulseRun.Core" or "PulseRun.PowerShell"))
            return null;
        string path = Path.Combine(Folder, "bin", "net8.0", name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : throw new FileNotFoundException("Build the solution first: it stages the module.", path);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PulseRun.psd1")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No folder above this assembly has PulseRun.psd1.");
    }
}
