using System;
using System.Linq;
using PulseRun.Core.Jobs;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.Jobs;

public sealed class JobTableTests : StoreTests
{
    private IJobs Jobs => Store.Jobs;

    [Fact]
    public void AJob_KeepsItsValues_AndIsReplacedByItsId()
    {
        // Every property differs from its default, so that a swapped or missing column fails.
        var job = new JobRecord
        {
            JobId = "job-1",
            Name = "train",
            InstanceId = "inst_1",
            IntentId = Guid.NewGuid(),
            Command = "python train.py 'a\n\u00fc'",
            Directory = "/work/job-1",
            Download = "out/*",
            Destination = "/home/me/out",
            AtEnd = JobEnd.Keep,
            State = JobState.Completed,
            ExitCode = -7,
            CreatedAt = Noon,
            StartedAt = Noon.AddSeconds(1),
            EndedAt = Noon.AddSeconds(2),
            ExpiresAt = Noon.AddSeconds(3),
            OutOffset = 5_000_000_000,
            ErrOffset = 6,
        };
        Jobs.Write(TempFolder.Account, job);
        Assert.Equal(job, Assert.Single(Jobs.All(TempFolder.Account)));
        Assert.Empty(Jobs.All("another account"));

        JobRecord bare = Job("job-1", Noon) with { State = JobState.Lost };
        Jobs.Write(TempFolder.Account, bare);
        using IStore other = Folder.Open();
        Assert.Equal(bare, Assert.Single(other.Jobs.All(TempFolder.Account)));
    }

    [Fact]
    public void All_IsInTheOrderOfTheirCreation()
    {
        foreach (JobRecord job in new[] { Job("b", Noon), Job("c", Noon.AddSeconds(-1)), Job("a", Noon) })
            Jobs.Write(TempFolder.Account, job);
        Assert.Equal(["c", "a", "b"], Jobs.All(TempFolder.Account).Select(static job => job.JobId));
    }

    [Fact]
    public void AJobThatEnded_IsForgottenAfterThirtyDays()
    {
        Jobs.Write(TempFolder.Account, Job("old", Noon) with { EndedAt = Noon.AddMinutes(1) });
        Jobs.Write(TempFolder.Account, Job("open", Noon));
        Jobs.Write(TempFolder.Account, Job("before", Noon.AddDays(30)));
        Assert.Equal(3, Jobs.All(TempFolder.Account).Count);
        Jobs.Write(TempFolder.Account, Job("after", Noon.AddDays(30).AddMinutes(2)));
        Assert.Equal(["open", "before", "after"], Jobs.All(TempFolder.Account).Select(static job => job.JobId));
    }

    private static JobRecord Job(string id, DateTimeOffset createdAt) => new() { JobId = id, Name = "n", Command = "c", Directory = "d", CreatedAt = createdAt };
}
