using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace PulseRun.Client.Tests.Support;

/// <summary>Returns the rows of the client's operations.</summary>
internal static class Rows
{
    public static IReadOnlyDictionary<string, Operation> All { get; } = typeof(Operations)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToDictionary(static field => field.Name, static field => (Operation)field.GetValue(null)!);

    public static Operation Named(string name) => All[name];
}
