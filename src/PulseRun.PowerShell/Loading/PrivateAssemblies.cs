using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
#if NET
using System.Runtime.Loader;
#endif

namespace PulseRun.PowerShell.Loading;

/// <summary>
/// Finds the assemblies in deps/ for us, and for nobody else. Other modules bring their own copies of the same packages:
/// PowerShell 7 keeps ours in a load context of their own; Windows PowerShell 5.1 has none, so there we answer by simple
/// name from our own folder, which is the best it allows (docs/dev/compatibility.md).
/// </summary>
internal static class PrivateAssemblies
{
    private static readonly string s_folder =
        Path.Combine(Path.GetDirectoryName(typeof(PrivateAssemblies).Assembly.Location) ?? "", "deps");

#if NET
    /// <summary>The only names this module's own code asks the default context for.</summary>
    private static readonly HashSet<string> s_entries = new(StringComparer.Ordinal) { "PulseRun.Client", "PulseRun.Store", "PulseRun.Emulator", "PulseRun.Views" };

    // Contexts cannot be unloaded (they are not collectible), so a second import must reuse the first one's.
    private static readonly Lazy<PrivateLoadContext> s_context = new(() => new PrivateLoadContext(s_folder));

    public static void Register() => AssemblyLoadContext.Default.Resolving += Resolve;

    public static void Unregister() => AssemblyLoadContext.Default.Resolving -= Resolve;

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name is { } simple && s_entries.Contains(simple) ? s_context.Value.LoadFromAssemblyName(name) : null;
#else
    /// <summary>What deps/ holds. Written down, so that importing reads no folder; a test compares.</summary>
    internal static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Microsoft.Bcl.AsyncInterfaces", "Microsoft.Bcl.TimeProvider", "OxyPlot", "Polly.Core",
        "PulseRun.Client", "PulseRun.Emulator", "PulseRun.Store", "PulseRun.Views",
        "ReactiveUI.Disposables", "ReactiveUI.Primitives", "ReactiveUI.Primitives.Core", "Refit",
        "Spectre.Console", "Spectre.Console.Ansi", "SQLitePCLRaw.core", "SQLitePCLRaw.provider.e_sqlite3",
        "System.Buffers", "System.Collections.Immutable", "System.ComponentModel.Annotations", "System.IO.Pipelines", "System.Memory",
        "System.Net.Http.Json", "System.Net.ServerSentEvents", "System.Numerics.Vectors", "System.Runtime.CompilerServices.Unsafe",
        "System.Security.Cryptography.ProtectedData", "System.Text.Encodings.Web", "System.Text.Json", "System.Threading.Channels",
        "System.Threading.Tasks.Extensions",
    };

    public static void Register() => AppDomain.CurrentDomain.AssemblyResolve += Resolve;

    public static void Unregister() => AppDomain.CurrentDomain.AssemblyResolve -= Resolve;

    private static Assembly? Resolve(object sender, ResolveEventArgs args)
    {
        string name = new AssemblyName(args.Name).Name;
        // System.Text.Json asks for a newer System.ValueTuple than .NET Framework's, which only points to mscorlib. There is none
        // to ship for it: programs redirect the name back to the framework's, and a module cannot.
        if (name == "System.ValueTuple")
            return typeof(ValueTuple).Assembly;
        return Names.Contains(name) ? Assembly.LoadFrom(Path.Combine(s_folder, name + ".dll")) : null;
    }
#endif
}
