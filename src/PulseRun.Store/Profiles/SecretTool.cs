using System;
#if NET
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;
#endif

namespace PulseRun.Store.Profiles;

/// <summary>
/// Stores keys in the Secret Service of a Linux desktop through the program secret-tool. The key is passed through pipes, never as an argument, because other users can read arguments in the list of processes.
/// A key is stored under the name and the address of its profile.
/// </summary>
internal static class SecretTool
{
    /// <summary>Stores a key. Returns true when the Secret Service has it.</summary>
    /// <param name="profile">The name of the profile.</param>
    /// <param name="address">The address of the profile.</param>
    /// <param name="key">The key in UTF-8.</param>
    /// <param name="reason">The reason why the key was not stored, as a sentence.</param>
    public static bool TryStore(string profile, Uri address, byte[] key, out string reason)
    {
#if NET
        if (Find() is not { } program)
        {
            reason = OperatingSystem.IsLinux() ? "The program secret-tool, which stores keys in a keyring, is not installed." : "Keyrings are not supported on this system.";
            return false;
        }
        // The stored key is read back, because a service without a keyring accepts a secret and does not store it.
        reason = "The Secret Service did not store it.";
        byte[]? answer = Run(program, ["store", "--label=PulseRun profile " + profile, .. Attributes(profile, address)], key);
        if (answer is null)
            return false;
        byte[]? kept = Find(profile, address);
        return kept is not null && kept.AsSpan().SequenceEqual(key);
#else
        reason = "Keyrings are not supported on this system.";
        return false;
#endif
    }

    /// <summary>Returns a key; null when there is none, or when the service does not respond in time.</summary>
    public static byte[]? Find(string profile, Uri address)
    {
#if NET
        byte[]? answer = Find() is { } program ? Run(program, ["lookup", .. Attributes(profile, address)], []) : null;
        return answer is { Length: > 0 } ? answer : null;
#else
        return null;
#endif
    }

    /// <summary>Deletes a key, if it exists.</summary>
    public static void Forget(string profile, Uri address)
    {
#if NET
        if (Find() is { } program)
            _ = Run(program, ["clear", .. Attributes(profile, address)], []);
#endif
    }

#if NET
    /// <summary>The time limit of a call. A locked keyring prompts for a password, which takes a person some seconds; in an unattended session the prompt is never answered.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <summary>The longest accepted output, in bytes. No key is longer.</summary>
    private const int MaxLength = 4096;

    private static string? Find() => OperatingSystem.IsLinux()
        ? ProgramPaths.Candidates("secret-tool", Environment.GetEnvironmentVariable("PATH"), systemDirectory: null).FirstOrDefault(File.Exists)
        : null;

    private static string[] Attributes(string profile, Uri address) =>
        ["application", "pulserun", "profile", profile.ToLowerInvariant(), "address", address.AbsoluteUri];

    /// <summary>Runs secret-tool with an input and returns its output; null when it fails or exceeds the time limit.</summary>
    private static byte[]? Run(string program, IReadOnlyList<string> arguments, byte[] input)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        ChildEnvironment.RemoveKeys(start.Environment);
        try
        {
            using Process? process = Process.Start(start);
            if (process is null)
                return null;
            Task<byte[]?> output = ExchangeAsync(process, input);
            Task errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
#pragma warning disable VSTHRD002 // The wait is bounded, and the tasks run on the thread pool.
            bool isDone = Task.WaitAll([output, errors], s_limit) && process.WaitForExit(s_limit);
            if (!isDone)
            {
                process.Kill(entireProcessTree: true);
                return null;
            }
            return process.ExitCode == 0 ? output.Result : null;
#pragma warning restore VSTHRD002
        }
        catch (Exception error) when (error is Win32Exception or IOException or InvalidOperationException or AggregateException)
        {
            return null;
        }
    }

    private static async Task<byte[]?> ExchangeAsync(Process process, byte[] input)
    {
        await process.StandardInput.BaseStream.WriteAsync(input).ConfigureAwait(false);
        process.StandardInput.Close();
        byte[] output = new byte[MaxLength + 1];
        int length = 0;
        for (int got; length < output.Length && (got = await process.StandardOutput.BaseStream.ReadAsync(output.AsMemory(length)).ConfigureAwait(false)) > 0; length += got)
        {
        }
        // Trailing line breaks are removed: a key has none, and secret-tool may add one.
        while (length > 0 && output[length - 1] is (byte)'\n' or (byte)'\r')
            length--;
        byte[]? answer = length <= MaxLength ? output.AsSpan(0, length).ToArray() : null;
        Array.Clear(output, 0, output.Length);
        return answer;
    }
#endif
}
