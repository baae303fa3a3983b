using System;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Client.Tests.Support;

/// <summary>Limits what a test waits for, so that a fault fails the test instead of blocking it.</summary>
internal static class Bounded
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    public static async Task<T> WaitBoundedAsync<T>(this Task<T> task)
    {
        Assert.True(task == await Task.WhenAny(task, Task.Delay(s_limit)), "It did not end within 100 s.");
        return await task;
    }

    public static async Task WaitBoundedAsync(this Task task)
    {
        Assert.True(task == await Task.WhenAny(task, Task.Delay(s_limit)), "It did not end within 100 s.");
        await task;
    }
}
