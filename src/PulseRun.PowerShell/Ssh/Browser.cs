using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Hands an address to the user's browser. Only one that <see cref="JupyterAddress"/> let through: the opener would start a program for others.</summary>
internal static class Browser
{
    /// <summary>How long the opener may take to say that there is no browser.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <exception cref="PulseRunException">ProgramUnavailable.</exception>
    public static async Task OpenAsync(JupyterAddress address, CancellationToken cancel)
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            OpenByAssociation(address);
        else if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX))
            await RunAsync(Programs.Find("open", "macOS"), address, cancel).ConfigureAwait(false);
        else
            await RunAsync(Programs.Find("xdg-open", "xdg-utils"), address, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Windows knows the browser by the address's scheme, which is https. Through rundll32, because a browser that the shell starts for this process would inherit its whole
    /// environment, the key among it.
    /// </summary>
    private static void OpenByAssociation(JupyterAddress address)
    {
        ProcessStartInfo start = Programs.StartInfo(Path.Combine(Environment.SystemDirectory, "rundll32.exe"), ["url.dll,FileProtocolHandler", address.Uri.AbsoluteUri]);
        using var process = new Process { StartInfo = start };
        Programs.Start(process);
    }

    private static async Task RunAsync(string program, JupyterAddress address, CancellationToken cancel)
    {
        ProcessStartInfo start = Programs.StartInfo(program, [address.Uri.AbsoluteUri]);
        // A browser lives longer than this session and talks a lot: it gets pipes of its own.
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => ended.TrySetResult(process.ExitCode);
        Programs.Start(process);
        process.StandardInput.Close();
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, 4096, CancellationToken.None);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, 4096, CancellationToken.None);

        await Task.WhenAny(ended.Task, Task.Delay(s_patience, cancel)).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (ended.Task.IsCompleted && await ended.Task.ConfigureAwait(false) is var exitCode and not 0)
            throw new PulseRunException(ErrorIds.ProgramUnavailable, "'" + program + "' opened no browser (exit code " + exitCode + ").");
    }
}
