using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Locates the module in out/PulseRun, and isolates it from the settings of the developer.</summary>
internal static class StagedModule
{
    /// <summary>The environment variable that names the data directory.</summary>
    public const string DataDirectoryVariable = "PULSERUN_DATA_DIR";

    /// <summary>Gets the root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Gets the folder of the module, for Import-Module.</summary>
    public static string Folder { get; } = Path.Combine(Root, "out", "PulseRun");

    /// <summary>Gets the data directory of this test run.</summary>
    public static string DataDirectory { get; } = Directory.CreateTempSubdirectory("pulserun-tests-").FullName;

    /// <summary>
    /// Runs before any other code of this assembly. Loads the types of the module that tests use from the staged files:
    /// a copy in the output folder of this assembly would be loaded instead, and would not find its dependencies.
    /// </summary>
    [ModuleInitializer]
    internal static void Prepare()
    {
        AssemblyLoadContext.Default.Resolving += Load;
        Environment.SetEnvironmentVariable(DataDirectoryVariable, DataDirectory);
        Environment.SetEnvironmentVariable("PULSERUN_API_KEY", null);
        Environment.SetEnvironmentVariable("PULSERUN_BASE_URI", null);
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(DataDirectory, recursive: true);
    }

    private static Assembly? Load(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name is not ("PulseRun.Core" or "PulseRun.PowerShell"))
            return null;
        string path = Path.Combine(Folder, "bin", "net8.0", name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : throw new FileNotFoundException("The module is not staged. Build the solution first.", path);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PulseRun.psd1")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No folder above this assembly has PulseRun.psd1.");
    }
}
