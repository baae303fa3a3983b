using System;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests the ssh server of the emulator.</summary>
public class EmulatorSshTests : SshTests
{
    [SshdFact]
    public void Each_running_instance_has_a_home_folder_of_its_own()
    {
        StartSsh();
        CommandResult[] results = GetAll<CommandResult>("$running | Invoke-PRCommand -Command 'cd; pwd; echo x > file; ls; echo $HOME'");
        Assert.True(results.Length > 1);
        foreach (CommandResult result in results)
            Assert.Equal(Home(result.Id) + "\nfile\n" + Home(result.Id), result.StdOut);
        Assert.Equal(results.Length, results.Select(static one => one.StdOut).Distinct().Count());
    }

    [SshdFact]
    public void A_session_does_not_run_the_startup_files_of_the_user()
    {
        StartSsh();
        // Bash reads .bashrc in the home folder that sshd gives it; other shells may read another file there. It is the emulator's folder, so it is not the user's.
        string startup = Path.Combine(Path.GetDirectoryName(Emulator.SshIdentityFile)!, ".bashrc");
        File.WriteAllText(startup, "export STARTED_IN=\"$HOME\"");
        string started = Get<CommandResult>("Invoke-PRCommand $one -Command 'echo ${BASH_VERSION:+$STARTED_IN}'").StdOut;
        if (Get<CommandResult>("Invoke-PRCommand $one -Command 'echo ${BASH_VERSION:+bash}'").StdOut == "bash")
            Assert.Equal(Path.GetDirectoryName(startup), started);
    }

    [SshdFact]
    public void A_stopped_instance_refuses_and_its_processes_end_but_its_files_stay()
    {
        StartSsh();
        string mark = "sleep 9" + Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Do($"$null = Invoke-PRCommand $one -Command 'echo x > kept; nohup {mark} >/dev/null 2>&1 &'");
        // The shell becomes the program a moment after its command has returned.
        WaitUntil(() => Runs(mark.Replace(' ', '\0')));
        Do("$null = Stop-PRInstance $one");
        WaitUntil(() => !Runs(mark.Replace(' ', '\0')));
        // The object still has the address of the time before the stop.
        Outcome refused = Run("Invoke-PRCommand $one -Command 'echo hi'");
        Assert.Equal(["SshFailed"], refused.ErrorIds);
        Assert.Equal(["Conflict"], Run("Invoke-PRCommand $one.Id -Command 'echo hi'").ErrorIds);
        Assert.Equal("kept", Get<CommandResult>("$null = Start-PRInstance $one; Invoke-PRCommand $one.Id -Command ls").StdOut);
    }

    [SshdFact]
    public void A_terminated_instance_loses_its_files()
    {
        StartSsh();
        string id = One, home = Home(One);
        Do("$null = Invoke-PRCommand $one -Command 'echo x > lost'; $null = Remove-PRInstance $one -Force");
        WaitUntil(() => !Directory.Exists(home));
        Assert.Equal(["SshFailed"], Run("Invoke-PRCommand $one -Command 'echo hi'").ErrorIds);
        Assert.Contains(Emulator.Instances, instance => instance.Id == id && instance.Status == "terminated");
    }

    [SshdFact]
    public void The_folder_and_the_processes_end_with_the_emulator()
    {
        StartSsh();
        string folder = Path.GetDirectoryName(Emulator.SshIdentityFile)!;
        string mark = "sleep 8" + Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Do($"$null = Invoke-PRCommand $one -Command 'nohup {mark} >/dev/null 2>&1 &'");
        Assert.True(Runs(folder));
        Do("Stop-PREmulator");
        WaitUntil(() => !Directory.Exists(folder) && !Runs(folder) && !Runs(mark.Replace(' ', '\0')));
    }

    [SshdFact]
    public void The_emulator_inside_the_process_has_one_too()
    {
        Do("Connect-PulseRun -Emulator -SshServer");
        Assert.Equal("hi", Get<CommandResult>("(Get-PRInstance -Status running)[0] | Invoke-PRCommand -Command 'echo hi' -Confirm:$false").StdOut);
        Do("Disconnect-PulseRun");
    }

    [SshdFact]
    public void Cut_connections_are_noticed_and_new_ones_are_accepted()
    {
        StartSsh();
        using RunningScript running = Start($"Invoke-PRCommand {One} -Command 'echo x > here; sleep 60' -Confirm:$false");
        WaitUntil(() => File.Exists(Home(One, "here")));
        Emulator.CutSsh(One);
        running.Wait();
        Assert.Equal("SshFailed", Outcome.IdOf(Assert.Single(running.Errors)));
        Assert.Equal("hi", Get<CommandResult>("Invoke-PRCommand $one -Command 'echo hi'").StdOut);
    }

    [SshdFact]
    public void A_connection_by_key_uses_the_key_of_the_emulator_too()
    {
        StartSsh();
        ConnectByKey();
        Assert.Equal("hi", Get<CommandResult>("Invoke-PRCommand $one.Id -Command 'echo hi'").StdOut);
        Assert.False(File.Exists(Path.Combine(DataDirectory, "ssh", "known_hosts")), "The host keys of an emulator are kept with the emulator.");
    }
}
