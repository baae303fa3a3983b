#if NET
using System;
using Xunit;

namespace PulseRun.Store.Tests;

/// <summary>A test about file modes, which Windows has not.</summary>
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
