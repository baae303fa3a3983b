#if NET
using System;
using Xunit;

namespace PulseRun.Store.Tests;

/// <summary>Marks a test of file modes, which Windows does not have.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "Windows has no file modes.";
    }
}
#endif
