using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace PulseRun.PowerShell.Session;

/// <summary>
/// Lets Export-Csv and ConvertTo-Csv write the dates and numbers of the module's objects as the invariant culture does, in a session of any culture.
/// They call ToString() of each value and pass no culture, so a German session would write 26.11.2026 and 2,10, which Import-Csv turns into 210.
/// </summary>
/// <remarks>
/// Done by the first command in a session of another culture, and not by Import-Module with a types file, with which a second copy of the module would fail to import.
/// A session of the invariant culture (cron, systemd, a container) pays nothing.
/// </remarks>
internal static class InvariantTexts
{
    private const string Script = "Microsoft.PowerShell.Utility\\Update-TypeData -TypeData $args[0] -Force -WhatIf:$false -Confirm:$false -Verbose:$false";

    private static readonly ConditionalWeakTable<Runspace, object> s_done = new();

    /// <summary>Registers the adapter in the session of a cmdlet, once, unless its culture writes what the invariant culture writes.</summary>
    public static void Ensure(PSCmdlet cmdlet)
    {
        if (CultureInfo.CurrentCulture.Name.Length == 0 || Runspace.DefaultRunspace is not { } runspace || s_done.TryGetValue(runspace, out _))
            return;
        s_done.GetValue(runspace, static _ => new object());
        List<TypeData> types = Adapted();
        try
        {
            if (TableOf(cmdlet) is { } table)
                types.ForEach(table.AddType);
            else
                cmdlet.InvokeCommand.InvokeScript(Script, true, PipelineResultTypes.None, null, [types.ToArray()]);
        }
        catch (RuntimeException)
        {
            // A restricted session need not have Update-TypeData. Export-Csv then writes values as it does for all other objects.
        }
    }

    /// <summary>Returns the type data of the session of a cmdlet; null in a PowerShell that has it elsewhere. Update-TypeData adds to the same table, but loading its module makes a first call three times as long.</summary>
    private static TypeTable? TableOf(PSCmdlet cmdlet)
    {
        const BindingFlags Internal = BindingFlags.NonPublic | BindingFlags.Instance;
        object? context = typeof(Cmdlet).GetProperty("Context", Internal)?.GetValue(cmdlet);
        return context?.GetType().GetProperty("TypeTable", Internal)?.GetValue(context) as TypeTable;
    }

    /// <summary>Returns a registration for each public type that has a date or a fractional number.</summary>
    internal static List<TypeData> Adapted()
    {
        var all = new List<TypeData>();
        foreach (Type type in typeof(Instance).Assembly.GetExportedTypes())
        {
            if (type is { Namespace: "PulseRun", IsClass: true, IsAbstract: false } && Array.Exists(type.GetProperties(BindingFlags.Public | BindingFlags.Instance), p => InvariantAdapter.IsCultural(p.PropertyType)))
                all.Add(new TypeData(type.FullName) { TypeAdapter = typeof(InvariantAdapter), IsOverride = true });
        }
        return all;
    }
}
