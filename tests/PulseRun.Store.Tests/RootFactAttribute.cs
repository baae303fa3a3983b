#if NET
using System;
using Xunit;

namespace PulseRun.Store.Tests;

/// <summary>A test that gives files to another user, as only root can.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName != "root")
            Skip = "Only root can give a file to another user.";
    }
}
#endif
