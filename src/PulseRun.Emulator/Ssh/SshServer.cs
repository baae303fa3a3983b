using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;

namespace PulseRun.Emulator.Ssh;

/// <summary>
/// Runs a real sshd in a temporary folder, as the current user, on the loopback address. Each instance has a port of its own (<see cref="SshMachine"/>), which passes connections on to
/// sshd, and a home folder of its own. The temporary folder, sshd and all processes of the instances end with this object, or with this process if it is killed.
/// </summary>
internal sealed class SshServer : IDisposable
{
    /// <summary>The number of instances that get a port. A fleet of 100,000 must not use up the ports of the machine.</summary>
    private const int MaxMachines = 200;

    private const string Package = "the OpenSSH server";

    /// <summary>The longest time until sshd listens, which only a very busy machine needs.</summary>
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(30);

    /// <summary>Folders that contain sshd and are often missing from the PATH of users.</summary>
    private const string MorePaths = ":/usr/sbin:/usr/local/sbin:/sbin:/opt/homebrew/sbin:/usr/libexec";

    /// <summary>
    /// Ends sshd when the standard input ends, which is when this process ends for any reason. Then ends the processes of the instances and removes the folder.
    /// Arguments: sshd, folder.
    /// </summary>
    private const string Watch = """
        exec 3<&0
        "$1" -D -f "$2/sshd_config" -E "$2/sshd.log" </dev/null &
        server=$!
        cat <&3 >/dev/null
        kill "$server" 2>/dev/null
        sh "$2/reap" "$2/"
        rm -rf "$2"
        """;

    /// <summary>Kills every process whose PULSERUN_MACHINE begins with the argument. Does nothing where there is no /proc.</summary>
    private const string Reap = """
        [ -d /proc/self ] || exit 0
        for again in 1 2 3; do
            found=
            for file in $(grep -lsaF "PULSERUN_MACHINE=$1" /proc/[0-9]*/environ); do
                id=${file#/proc/}; id=${id%/environ}
                [ "$id" = "$$" ] && continue
                kill -9 "$id" 2>/dev/null && found=1
            done
            [ -n "$found" ] || exit 0
        done
        """;

    /// <summary>Runs the command of a session in the home folder of its instance, which the port of the connection identifies.</summary>
    private const string Session = """
        #!/bin/sh
        set -- $SSH_CONNECTION
        home=$(cat '{0}/ports/'"$2") || exit 255
        export HOME="$home" TMPDIR="$home/.tmp" PULSERUN_MACHINE="$home/"
        PATH="$home/bin:$PATH"
        if [ -f "$home/.ssh/environment" ]; then
            while IFS= read -r line; do export "$line"; done <"$home/.ssh/environment"
        fi
        cd "$home" || exit 255
        if [ -n "${SSH_ORIGINAL_COMMAND-}" ]; then
            command=$SSH_ORIGINAL_COMMAND
            unset SSH_ORIGINAL_COMMAND
            exec "${SHELL:-/bin/sh}" -c "$command"
        fi
        exec "${SHELL:-/bin/sh}" -l
        """;

    private readonly object _lock = new();
    private readonly string _folder;
    private readonly int _port;
    private readonly Process _watch;
    private readonly Dictionary<string, SshMachine> _machines = new(StringComparer.Ordinal);
    private readonly string _user = Environment.UserName;
    private bool _disposed;

    private SshServer(string folder, int port, Process watch)
    {
        _folder = folder;
        _port = port;
        _watch = watch;
    }

    /// <summary>Gets the private key that may log in to every instance of this emulator.</summary>
    public string IdentityFile => Path.Combine(_folder, "key");

    /// <summary>Gets the file for the host keys of this emulator. Ids repeat with the seed of an emulator and host keys do not, so they must not be kept with those of real instances.</summary>
    public string KnownHosts => Path.Combine(_folder, "known_hosts");

    /// <summary>Starts sshd.</summary>
    /// <exception cref="PulseRunException">ProgramUnavailable: this machine has no OpenSSH server, or it does not start.</exception>
    public static SshServer Start()
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            throw new PulseRunException(ErrorIds.ProgramUnavailable, "-SshServer needs an OpenSSH server that runs without administrator rights. Windows has none. Use Linux, macOS or WSL.");
        string sshd = Find("sshd", Package);
        string keygen = Find("ssh-keygen", "the OpenSSH client");
        string folder = NewFolder();
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "ports"));
            Directory.CreateDirectory(Path.Combine(folder, "homes"));
            RunKeygen(keygen, Path.Combine(folder, "host"));
            RunKeygen(keygen, Path.Combine(folder, "key"));
            File.Copy(Path.Combine(folder, "key.pub"), Path.Combine(folder, "authorized_keys"));
            File.WriteAllText(Path.Combine(folder, "reap"), Reap.Replace("\r", "") + "\n");
            File.WriteAllText(Path.Combine(folder, "session"), Session.Replace("\r", "").Replace("{0}", folder) + "\n");
            // sshd of root refuses to start without this folder, which the service of the package creates when it starts.
            if (Environment.UserName == "root" && !Directory.Exists("/run/sshd"))
                Directory.CreateDirectory("/run/sshd");
            // Another program can take a free port before sshd does, so another one is tried.
            for (int attempt = 1; ; attempt++)
            {
                int port = FreePort();
                File.WriteAllText(Path.Combine(folder, "sshd_config"), Config(folder, port));
                Process watch = Run("/bin/sh", "-c", Watch.Replace("\r", ""), "sh", sshd, folder);
                if (Listens(port, folder))
                    return new SshServer(folder, port, watch);
                string log = Log(folder);
                watch.StandardInput.Close();
                watch.WaitForExit();
                watch.Dispose();
                if (attempt == 3)
                    throw new PulseRunException(ErrorIds.ProgramUnavailable, "'" + sshd + "' did not start. " + CleanText.Clean(log, 300));
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Delete(folder);
            throw new PulseRunException(ErrorIds.ProgramUnavailable, "The OpenSSH server cannot be set up in '" + folder + "': " + error.Message, error);
        }
        catch
        {
            Delete(folder);
            throw;
        }
    }

    /// <summary>Returns the ssh command of a reachable instance, and opens its port at the first call; null when too many instances have one.</summary>
    public string? CommandFor(string id)
    {
        lock (_lock)
        {
            if (_disposed || Of(id) is not { } machine)
                return null;
            return "ssh -p " + machine.Open().ToString(CultureInfo.InvariantCulture) + " " + _user + "@127.0.0.1";
        }
    }

    /// <summary>Returns the home folder of an instance, and creates it if necessary.</summary>
    public string? HomeOf(string id)
    {
        lock (_lock)
            return _disposed ? null : Of(id)?.Home;
    }

    /// <summary>Cuts all connections of an instance. Its processes continue.</summary>
    public void Cut(string id)
    {
        lock (_lock)
        {
            if (_machines.TryGetValue(id, out SshMachine? machine))
                machine.Cut();
        }
    }

    /// <summary>Closes the ports of instances that cannot be reached any more, and ends their processes. The files stay until the instance is gone.</summary>
    /// <param name="isReachable">Returns true for the id of an instance that can be reached.</param>
    /// <param name="isGone">Returns true for the id of an instance whose disk does not exist any more.</param>
    public void Close(Func<string, bool> isReachable, Func<string, bool> isGone)
    {
        lock (_lock)
        {
            foreach (SshMachine machine in _machines.Values.ToArray())
            {
                bool gone = isGone(machine.Id);
                if (!gone && isReachable(machine.Id))
                    continue;
                bool wasOpen = machine.Close();
                if (gone)
                    _machines.Remove(machine.Id);
                if (wasOpen || gone)
                    ThreadPool.QueueUserWorkItem(_ => End(machine, gone));
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            foreach (SshMachine machine in _machines.Values)
                machine.Close();
        }
        try
        {
            _watch.StandardInput.Close();
            _watch.WaitForExit(10_000);
        }
        catch (IOException)
        {
            // The watching shell was killed: nothing is left to close.
        }
        _watch.Dispose();
        Delete(_folder);
    }

    private SshMachine? Of(string id)
    {
        if (_machines.TryGetValue(id, out SshMachine? machine))
            return machine;
        if (_machines.Count >= MaxMachines)
            return null;
        string home = Path.Combine(_folder, "homes", id);
        Directory.CreateDirectory(Path.Combine(home, ".tmp"));
        return _machines[id] = new SshMachine(id, home, Path.Combine(_folder, "ports"), _port);
    }

    private void End(SshMachine machine, bool isGone)
    {
        try
        {
            using Process reaper = Run("/bin/sh", Path.Combine(_folder, "reap"), machine.Home + "/");
            reaper.StandardInput.Close();
            reaper.WaitForExit();
        }
        catch (PulseRunException)
        {
            // The folder was removed in the meantime, and its processes with it.
        }
        if (isGone)
            Delete(machine.Home);
    }

    private static string Config(string folder, int port) => string.Join("\n",
        "Port " + port.ToString(CultureInfo.InvariantCulture),
        "ListenAddress 127.0.0.1",
        "HostKey \"" + folder + "/host\"",
        "AuthorizedKeysFile \"" + folder + "/authorized_keys\"",
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "PrintMotd no",
        "PrintLastLog no",
        "X11Forwarding no",
        "AllowAgentForwarding no",
        "AllowTcpForwarding local",
        // The key exchange that resists quantum computers is left out: it takes the client 60 ms of a processor for each connection, and these connections stay on this machine.
        "KexAlgorithms curve25519-sha256,ecdh-sha2-nistp256",
        "MaxStartups 1000",
        "MaxSessions 100",
        // The shell that runs the session reads the startup files of this folder, which has none, instead of the user's: an instance is another machine, and those files can take longer than the command.
        "SetEnv \"HOME=" + folder + "\"",
        "ForceCommand /bin/sh '" + folder + "/session'",
        "");

    private static string NewFolder()
    {
        string folder = Path.Combine(Path.GetTempPath(), "pulserun-ssh-" + Guid.NewGuid().ToString("N"));
        // The path becomes part of a configuration and of shell scripts, in single quotes.
        if (folder.Any(static c => c is '\'' or '"' or '\\' or '%' || char.IsControl(c)))
            throw new PulseRunException(ErrorIds.ProgramUnavailable, "-SshServer cannot use the temporary folder '" + CleanText.Clean(folder, 200) + "', because its name contains a quote, a backslash or a percent sign. Set TMPDIR to another folder.");
#if NET
        if (!OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#else
        Directory.CreateDirectory(folder);
#endif
        return folder;
    }

    private static void RunKeygen(string keygen, string path)
    {
        using Process process = Run(keygen, "-q", "-t", "ed25519", "-N", "", "-C", "pulserun-emulator", "-f", path);
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new PulseRunException(ErrorIds.ProgramUnavailable, "'" + keygen + "' failed with exit code " + process.ExitCode.ToString(CultureInfo.InvariantCulture) + ".");
    }

    private static Process Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true };
#if NET
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
#else
        start.Arguments = WindowsCommandLine.Join(arguments);
#endif
        ChildEnvironment.RemoveKeys(start.Environment);
        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            return process;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            process.Dispose();
            throw new PulseRunException(ErrorIds.ProgramUnavailable, "'" + program + "' cannot be started: " + error.Message, error);
        }
    }

    private static string Find(string name, string package) =>
        ProgramPaths.Candidates(name, Environment.GetEnvironmentVariable("PATH") + MorePaths, null).FirstOrDefault(File.Exists)
            ?? throw new PulseRunException(ErrorIds.ProgramUnavailable, "The program '" + name + "' was not found. It is part of " + package + ", which -SshServer needs.");

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }

    /// <summary>Waits until sshd accepts a connection. Returns false when it wrote why it does not, or takes too long.</summary>
    private static bool Listens(int port, string folder)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < s_startLimit)
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                string log = Log(folder);
                if (log.Contains("Cannot bind") || log.Contains("fatal") || log.Contains("Missing privilege") || log.Contains("no hostkeys"))
                    return false;
                Thread.Sleep(10);
            }
        }
        return false;
    }

    private static string Log(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "sshd.log"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A process of an instance still writes there. The system removes temporary files.
        }
    }
}
