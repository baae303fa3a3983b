#if NET
using System;
using Xunit;

namespace PulseRun.Store.Tests;

/// <summary>Marks a test that changes the owner of files, which requires root.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName != "root")
            Skip = "Changing the owner of a file requires root.";
    }
}
#endif
