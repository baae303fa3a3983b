using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetJobTests : SshTests
{
    [SshdFact]
    public void It_finds_jobs_by_name_id_instance_and_state_and_sends_nothing()
    {
        StartSsh(1);
        Do("$null = Invoke-PRJob -Instance $one -Name first -Command 'true'; $null = Invoke-PRJob -Instance $one -Name second -Detach -Command 'sleep 100'");
        Emulator.ClearRequests();
        Job[] jobs = GetAll<Job>("Get-PRJob");
        Assert.Equal(["first", "second"], jobs.Select(static job => job.Name));
        Assert.Equal("second", Get<Job>("Get-PRJob -State Running").Name);
        Assert.Equal("first", Get<Job>("Get-PRJob f*").Name);
        Assert.Equal("second", Get<Job>("Get-PRJob " + jobs[1].JobId).Name);
        Assert.Equal(2, GetAll<Job>("Get-PRJob $one.Id").Length);
        Assert.Empty(GetAll<Job>("Get-PRJob none"));
        Assert.Empty(Sent);
        // Another account has other jobs.
        StartEmulator(1);
        Assert.Empty(GetAll<Job>("Get-PRJob"));
    }
}
