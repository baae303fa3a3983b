using System.Linq;
using System.Reflection;

namespace PulseRun.Emulator.Resources;

/// <summary>Contains all endpoints. A resource adds its own with a method of this class, in a file of its own, that returns an array.</summary>
internal static partial class Routes
{
    public static Endpoint[] All { get; } =
    [
        .. typeof(Routes).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(static method => method.ReturnType == typeof(Endpoint[]) && method.GetParameters().Length == 0)
            .SelectMany(static method => (Endpoint[])method.Invoke(null, null)!),
    ];
}
