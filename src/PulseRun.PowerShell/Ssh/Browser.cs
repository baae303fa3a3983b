using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Opens an address in the user's browser. Takes only a validated <see cref="JupyterAddress"/>, because the system opener would start a program for other kinds of address.</summary>
internal static class Browser
{
    /// <summary>The longest wait for a failure of the opener. An opener that still runs after that has found a browser.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>Opens the address.</summary>
    /// <exception cref="PulseRunException">ProgramUnavailable: there is no opener, or it opened no browser.</exception>
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
    /// Opens the browser that Windows associates with https. Uses rundll32, because a browser that ShellExecute starts from this process would inherit its whole
    /// environment, including the key.
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
        // A browser can outlive this session and write to its terminal, so its streams are redirected.
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
