using System;
using System.Runtime.CompilerServices;
using PulseRun.Core.Views;

namespace PulseRun.Views;

/// <summary>The one way into this assembly.</summary>
public static class ViewsFactory
{
    /// <summary>Views on this process's terminal, by the machine's clock. Touches no terminal before it is asked to draw.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IViews Create() => new ConsoleViews(TimeProvider.System);
}
