using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class ReceiveJobTests : SshTests
{
    [SshdFact]
    public void It_returns_each_line_once_and_waits_on_request()
    {
        StartSsh(1);
        Do("$null = Invoke-PRJob -Instance $one -Name lines -Detach -Command 'for i in 1 2 3 4 5; do echo $i; sleep 0.2; done; printf end'");
        string[] lines = [.. GetAll<JobOutputLine>("Receive-PRJob lines").Concat(GetAll<JobOutputLine>("Receive-PRJob lines -Wait")).Select(static line => line.Text)];
        Assert.Equal(["1", "2", "3", "4", "5", "end"], lines);
        Assert.Equal("StdOut", GetAll<JobOutputLine>("Receive-PRJob lines -Keep")[0].Stream);
        Assert.Equal(["InvalidRequest"], Run("Receive-PRJob none").ErrorIds);
    }
}
