using System;
using System.IO;
using System.Linq;
using Xunit;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Marks a test that needs an OpenSSH server (.ci/run installs it).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SshdFactAttribute : FactAttribute
{
    public SshdFactAttribute()
    {
        if (OperatingSystem.IsWindows() || !new[] { "/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd" }.Any(File.Exists))
            Skip = "The OpenSSH server is not installed.";
    }
}
