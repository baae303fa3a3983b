using System;
using System.Runtime.CompilerServices;
using PulseRun.Core.Views;

namespace PulseRun.Views;

/// <summary>Creates the services of this assembly.</summary>
public static class ViewsFactory
{
    /// <summary>Returns views on the terminal of this process, by the system clock. Does not use the terminal before it draws.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IViews Create() => new ConsoleViews(TimeProvider.System);
}
