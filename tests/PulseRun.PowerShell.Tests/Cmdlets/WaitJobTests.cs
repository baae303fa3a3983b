using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class WaitJobTests : SshTests
{
    [SshdFact]
    public void It_returns_results_in_the_order_of_the_input()
    {
        StartSsh(1);
        Do("$jobs = 1..3 | ForEach-Object { Invoke-PRJob -Instance $one -Name \"part-$_\" -Detach -Command \"echo $_; exit $_\" }");
        Assert.Equal(["part-1 1 1", "part-2 2 2", "part-3 3 3"], GetAll<JobResult>("$jobs | Wait-PRJob").Select(static one => $"{one.Name} {one.ExitCode} {one.StdOut}"));
        Assert.All(GetAll<Job>("Get-PRJob"), static job => Assert.Equal(JobState.Completed, job.State));
        Assert.Equal(["InvalidRequest"], Run("Wait-PRJob none").ErrorIds);
    }
}
