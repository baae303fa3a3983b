using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
#if NET
using System.Runtime.Loader;
#endif

namespace PulseRun.PowerShell.Loading;

/// <summary>
/// Resolves the assemblies in deps/ for this module only. Other modules bring their own copies of the same packages.
/// In PowerShell 7 this module's copies are in a private load context. Windows PowerShell 5.1 has no load contexts, so names are resolved by simple
/// name from this module's folder there, with the limits that docs/dev/compatibility.md describes.
/// </summary>
internal static class PrivateAssemblies
{
    private static readonly string s_folder =
        Path.Combine(Path.GetDirectoryName(typeof(PrivateAssemblies).Assembly.Location) ?? "", "deps");

#if NET
    /// <summary>The only names that this module's code requests from the default context.</summary>
    private static readonly HashSet<string> s_entries = new(StringComparer.Ordinal) { "PulseRun.Client", "PulseRun.Store", "PulseRun.Store.Postgres", "PulseRun.Emulator", "PulseRun.Views", "PulseRun.Telemetry" };

    // The context is not collectible and cannot be unloaded, so a second import must reuse it.
    private static readonly Lazy<PrivateLoadContext> s_context = new(() => new PrivateLoadContext(s_folder));

    public static void Register() => AssemblyLoadContext.Default.Resolving += Resolve;

    public static void Unregister() => AssemblyLoadContext.Default.Resolving -= Resolve;

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name is { } simple && s_entries.Contains(simple) ? s_context.Value.LoadFromAssemblyName(name) : null;
#else
    /// <summary>The names of the assemblies in deps/. Listed here, so that importing the module need not read the folder. A test compares the list with the folder.</summary>
    internal static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Cronos", "Microsoft.Bcl.AsyncInterfaces", "Microsoft.Bcl.HashCode", "Microsoft.Bcl.TimeProvider", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions",
        "Npgsql", "OxyPlot", "Polly.Core",
        "PulseRun.Client", "PulseRun.Emulator", "PulseRun.Store", "PulseRun.Store.Postgres", "PulseRun.Views",
        "ReactiveUI.Disposables", "ReactiveUI.Primitives", "ReactiveUI.Primitives.Core", "Refit",
        "Spectre.Console", "Spectre.Console.Ansi", "SQLitePCLRaw.core", "SQLitePCLRaw.provider.e_sqlite3",
        "System.Buffers", "System.Collections.Immutable", "System.ComponentModel.Annotations", "System.Diagnostics.DiagnosticSource", "System.IO.Pipelines", "System.Memory",
        "System.Net.Http.Json", "System.Net.ServerSentEvents", "System.Numerics.Vectors", "System.Runtime.CompilerServices.Unsafe",
        "System.Security.Cryptography.ProtectedData", "System.Text.Encodings.Web", "System.Text.Json", "System.Threading.Channels",
        "System.Threading.Tasks.Extensions",
    };

    public static void Register() => AppDomain.CurrentDomain.AssemblyResolve += Resolve;

    public static void Unregister() => AppDomain.CurrentDomain.AssemblyResolve -= Resolve;

    private static Assembly? Resolve(object sender, ResolveEventArgs args)
    {
        string name = new AssemblyName(args.Name).Name;
        // System.Text.Json references a newer System.ValueTuple than .NET Framework has. There is no file
        // to ship for it: an application redirects the name to the framework's assembly in its configuration, and a module has none.
        if (name == "System.ValueTuple")
            return typeof(ValueTuple).Assembly;
        return Names.Contains(name) ? Assembly.LoadFrom(Path.Combine(s_folder, name + ".dll")) : null;
    }
#endif
}
