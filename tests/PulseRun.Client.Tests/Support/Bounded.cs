using System;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Client.Tests.Support;

/// <summary>Limits what a test waits for, so that a fault fails the test instead of blocking it.</summary>
internal static class Bounded
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static async Task<T> WaitAsync30<T>(this Task<T> task)
    {
        Assert.True(task == await Task.WhenAny(task, Task.Delay(s_limit)), "It did not end within 30 s.");
        return await task;
    }

    public static async Task WaitAsync30(this Task task)
    {
        Assert.True(task == await Task.WhenAny(task, Task.Delay(s_limit)), "It did not end within 30 s.");
        await task;
    }
}
