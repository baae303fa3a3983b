using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class StopJobTests : SshTests
{
    [SshdFact]
    public void A_command_can_save_its_work_before()
    {
        StartSsh(1);
        Do("$null = Invoke-PRJob -Instance $one -Name saves -Detach -Command 'trap \"echo saved; exit 7\" TERM; echo begun; while :; do sleep 0.1; done'");
        WaitUntil(() => GetAll<JobOutputLine>("Receive-PRJob saves -Keep").Length == 1);
        Do("Stop-PRJob saves -WhatIf");
        Assert.Equal(JobState.Running, Get<Job>("Get-PRJob saves").State);
        JobResult result = Get<JobResult>("Stop-PRJob saves");
        Assert.Equal((7, "begun\nsaved", false), (result.ExitCode, result.StdOut, result.Removed));
    }
}
