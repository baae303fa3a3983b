using System;
using System.Linq;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>The base of tests with an emulator that has a real ssh server. Scripts use the first running instance as <c>$one</c>.</summary>
public abstract class SshTests : CmdletTests
{
    /// <summary>Gets the first running instance.</summary>
    protected string One => Running[0].Id;

    /// <summary>Starts an emulator with an ssh server, and connects to it.</summary>
    protected Emulator StartSsh(int instances = 6)
    {
        Emulator emulator = StartEmulator(instances, more: "-SshServer");
        Shell.Set("one", Running.FirstOrDefault());
        Shell.Set("running", Running);
        _ = Folder;
        Do("$ConfirmPreference = 'None'");
        emulator.ClearRequests();
        return emulator;
    }

    /// <summary>Returns the path of a file in the home folder of an instance.</summary>
    protected string Home(string id, string file = "") => System.IO.Path.Combine(Emulator.GetSshHome(id)!, file);

    /// <summary>Returns true when a process that was started on an instance has this text in its command line.</summary>
    protected static bool Runs(string text) => System.IO.Directory.GetDirectories("/proc").Where(static one => char.IsDigit(one[6])).Any(one =>
    {
        try
        {
            return System.IO.File.ReadAllText(one + "/cmdline").Contains(text, StringComparison.Ordinal);
        }
        catch (Exception error) when (error is System.IO.IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
